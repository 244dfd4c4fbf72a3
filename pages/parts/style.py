"""The look of what Streamlit has no widget for."""

from pathlib import Path

import streamlit as st


def apply() -> None:
    """Puts the style sheets into the page."""
    for name in ("style.css", "parts.css", "figures.css"):
        st.html(Path(__file__).parent / name)
