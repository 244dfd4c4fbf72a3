"""Curves of several runs over each other, and how right against how fast."""

import streamlit as st

from pages.parts.training import compare_words, curves
from pages.parts.training.speed_chart import Speed, speed_chart
from vision.names import shortened
from vision.results.compare import ComparedRun, Comparison


def show(comparison: Comparison) -> None:
    """Draws the curves of the photos held back, and a dot for each run that was measured."""
    runs = [run for run in comparison.runs if run.history]
    if runs:
        st.subheader("How they learnt", anchor=False)
        st.caption("On the photos held back.")
        passes = max(run.epochs for run in runs)
        right, wrong = st.columns(2, gap="medium")
        right.altair_chart(
            curves.right_answers([_curve(run, "val_accuracy") for run in runs], passes),
            key="training_compared_right",
            alt="Right answers of each run on the photos held back",
        )
        wrong.altair_chart(
            curves.error([_curve(run, "val_loss") for run in runs], passes),
            key="training_compared_error",
            alt="Error of each run on the photos held back",
        )
    measured = [
        Speed(shortened(run.name), run.median_ms, score.share, score.low, score.high)
        for run in comparison.runs
        if run.median_ms is not None and (score := compare_words.headline_score(run)) is not None
    ]
    if measured:
        st.subheader("How right, how fast", anchor=False)
        st.altair_chart(
            speed_chart(measured), key="training_compared_speed", alt="Right answers by time for a photo, for each run"
        )
        st.caption("Higher is better, further left is faster. The line of a dot is its 95\u00a0% confidence interval.")


def _curve(run: ComparedRun, column: str) -> curves.Curve:
    return curves.curve(shortened(run.name), run.history, column)
