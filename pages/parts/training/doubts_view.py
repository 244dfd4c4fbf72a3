"""Photos that probably lie in the wrong folder, as pictures."""

import streamlit as st

from pages.parts.training import cases
from vision.results.findings import Case, Findings
from vision.results.words import counted
from vision.training.config import TrainingConfig

RIGHT_ENOUGH = 0.5  # a model that is wrong more often than that tells nothing about labels


def show(config: TrainingConfig, findings: Findings) -> None:
    """Draws them, or that there are none."""
    st.subheader("Photos that may be in the wrong folder", anchor=False)
    if not findings.doubtful_labels:
        st.write("None: no photo that it did not learn from looks as if it were in the wrong folder.")
        return
    photos = counted(findings.doubtful_count, "photo")
    score = findings.score()
    if score is not None and score.share < RIGHT_ENOUGH:
        st.write(f"{photos} look out of place, but the model is wrong too often for that to mean much.")
        return
    st.write(f"{photos} it did not learn from may be labelled wrong. Look; move those that are, and train again.")

    def words_of(case: Case) -> tuple[str, ...]:
        return (
            f"Folder says: {findings.labels[case.truth]}",
            f"model says: {findings.labels[case.answer]}",
            case.file,
        )

    cases.show(config, findings.doubtful_labels, words_of, "doubts")
