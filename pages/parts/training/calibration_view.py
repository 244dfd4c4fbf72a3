"""Whether the model is as sure as it is right."""

import streamlit as st

from pages.parts.training import result_words
from pages.parts.training.calibration_chart import calibration_chart
from vision.results.findings import Findings


def show(findings: Findings) -> None:
    """Draws the sentence and the curve."""
    st.subheader("Is it as sure as it is right?", anchor=False)
    st.write(result_words.calibration(findings))
    bins = findings.calibration
    curve, explanation = st.columns([3, 2], gap="medium")
    curve.altair_chart(
        calibration_chart(
            [each.sureness for each in bins], [each.share_right for each in bins], [each.photos for each in bins]
        ),
        key="training_calibration",
        alt="How often it is right, by how sure it says it is",
    )
    explanation.caption(
        "Each dot is a group of photos; on the dashed line it is as sure as it is right. "
        f"Expected calibration error: {findings.calibration_error:.3f}."
    )
