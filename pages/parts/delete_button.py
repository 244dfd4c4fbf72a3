"""A button that deletes, with a question behind it."""

from collections.abc import Callable
from typing import Literal

import streamlit as st


def show(
    label: str,
    what: str,
    key: str,
    delete: Callable[[], None],
    sure: str = "Delete",
    icon: str = ":material/delete:",
    type: Literal["secondary", "tertiary"] = "secondary",
) -> None:
    """Draws the button; a press on it shows `what` it would do, and only the button `sure` below does it."""
    with st.popover(label, icon=icon, type=type, key=f"{key}_asked"):
        st.write(what)
        st.button(sure, icon=":material/delete_forever:", key=key, on_click=delete, width="stretch")
