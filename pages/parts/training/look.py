"""The look of runs and their results."""

from pathlib import Path

import streamlit as st


def apply() -> None:
    """Puts the style sheet into the page."""
    st.html(Path(__file__).with_name("runs.css"))
