"""Photos that are worth a look: mistakes, and labels in doubt."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from pages.parts.training import pictures
from pages.parts.training.pictures import Picture
from vision.results.findings import Case
from vision.results.outcome import TEST
from vision.training.config import TrainingConfig

SHOWN_FIRST = 12


def show(config: TrainingConfig, cases: Sequence[Case], words_of: Callable[[Case], tuple[str, ...]], key: str) -> None:
    """Draws the photos with their words, at first not more than `SHOWN_FIRST`."""
    all_key = f"training_all_{key}"
    shown = cases if st.session_state.get(all_key, False) else cases[:SHOWN_FIRST]
    pictures.show([Picture(path_of(config, case), words_of(case)) for case in shown])
    if len(shown) < len(cases):
        st.button(
            f"Show all {len(cases)}",
            icon=":material/expand_more:",
            key=f"training_show_all_{key}",
            on_click=lambda: st.session_state.update({all_key: True}),
            width="stretch",
        )


def path_of(config: TrainingConfig, case: Case) -> Path:
    """Where the photo lies."""
    return Path(config.test if case.part == TEST and config.test else config.data) / case.file
