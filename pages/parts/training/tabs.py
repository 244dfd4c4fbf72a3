"""The parts of the training page, and the way from one to another."""

import streamlit as st

from pages.parts.training import run_actions

NEW, RUNS, COMPARE = "New run", "Runs", "Compare"
PART_KEY = "training_part"
_NEXT_KEY = "training_next_part"


def open_runs(name: str | None) -> None:
    """Draws the page anew with its runs: the one of that name, or the list of all."""
    run_actions.choose(name)
    st.session_state[_NEXT_KEY] = RUNS
    st.rerun()


def turn() -> None:
    """Goes to the part that was asked for, if any. Called before the choice of parts is drawn: after, it is fixed."""
    if (part := st.session_state.pop(_NEXT_KEY, None)) is not None:
        st.session_state[PART_KEY] = part
