"""The mistakes of which the model was surest, as pictures."""

import streamlit as st

from pages.parts import words
from pages.parts.training import cases
from vision.results.findings import Case, Findings
from vision.training.config import TrainingConfig


def show(config: TrainingConfig, findings: Findings) -> None:
    """Draws them, or that there are none."""
    st.subheader("Its surest mistakes", anchor=False)
    if not findings.mistakes:
        st.write("None: all photos were named right.")
        return

    def words_of(case: Case) -> tuple[str, ...]:
        return (
            f"It says {findings.labels[case.answer]}",
            f"{words.percent(case.probability)} sure",
            f"the folder says {findings.labels[case.truth]}",
        )

    cases.show(config, findings.mistakes, words_of, "mistakes")
