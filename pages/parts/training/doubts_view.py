"""Photos that probably lie in the wrong folder, as pictures."""

import streamlit as st

from pages.parts.training import cases
from vision.results.findings import Case, Findings
from vision.results.words import counted
from vision.training.config import TrainingConfig


def show(config: TrainingConfig, findings: Findings) -> None:
    """Draws them, or that there are none."""
    st.subheader("Photos that may be in the wrong folder", anchor=False)
    if not findings.doubtful_labels:
        st.write("None: no photo that it did not learn from looks as if it were in the wrong folder.")
        return
    photos = counted(findings.doubtful_count, "photo")
    st.write(f"{photos} it did not learn from may be labelled wrong. Look; move those that are, and train again.")

    def words_of(case: Case) -> tuple[str, ...]:
        return (
            f"Folder says: {findings.labels[case.truth]}",
            f"model says: {findings.labels[case.answer]}",
            case.file,
        )

    cases.show(config, findings.doubtful_labels, words_of, "doubts")
