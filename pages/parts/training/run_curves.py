"""The learning curves of one run."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.training import curves
from pages.parts.training.curves import Curve, Row
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder


def show(run: RunFolder, config: TrainingConfig) -> None:
    """Draws how right answers grow and the error shrinks; a sentence where there is nothing to draw yet."""
    rows, points = run.read_history(), run.read_points()
    if not rows and len(points) < 2:
        if config.epochs:
            st.caption("The curves begin with the first pass through the photos.")
        return
    right, wrong = st.columns(2, gap="medium")
    learnt = [_training(rows, points, "accuracy"), curves.curve(curves.HELD_BACK, rows, "val_accuracy")]
    missed = [_training(rows, points, "loss"), curves.curve(curves.HELD_BACK, rows, "val_loss")]
    with right:
        st.altair_chart(
            curves.right_answers(learnt, config.epochs),
            key="training_curve_right",
            alt="Right answers on the photos it learns from, and on those held back",
        )
    with wrong:
        st.altair_chart(
            curves.error(missed, config.epochs),
            key="training_curve_error",
            alt="Error on the photos it learns from, and on those held back",
        )


def _training(rows: Sequence[Row], points: Sequence[Row], column: str) -> Curve:
    within = curves.curve_within(curves.TRAINING, points, column)
    return within if within.values else curves.curve(curves.TRAINING, rows, column)
