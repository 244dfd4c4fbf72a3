"""One choice of a few, in a row as wide as the page, each with its icon."""

from collections.abc import Mapping

import streamlit as st


def choose(
    question: str,
    icons: Mapping[str, str],
    key: str,
    default: str | None = None,
    required: bool = True,
    persists: bool = False,
) -> str | None:
    """Draws the row, and returns what is chosen.

    Args:
        question: what is asked, for those who hear the page; nobody else needs it.
        icons: what there is to choose from, with the icon of each.
        key: of the state; what stands there already is chosen.
        default: what is chosen at first.
        required: whether something is chosen always; then there is a default, or something in the state.
        persists: whether the choice outlives a visit to another page.
    """
    return st.segmented_control(
        question,
        list(icons),
        default=default,
        required=required,
        format_func=lambda name: f"{icons[name]} {name}",
        key=key,
        persist_state="session" if persists else None,
        label_visibility="collapsed",
        width="stretch",
    )
