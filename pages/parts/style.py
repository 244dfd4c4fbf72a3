"""The look of what Streamlit has no widget for."""

from pathlib import Path

import streamlit as st


def apply() -> None:
    """Puts the style sheet into the page."""
    st.html(Path(__file__).parent / "style.css")
