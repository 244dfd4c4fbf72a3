"""Which exam a visitor has open: in their session, and in the page's address, so that it survives both."""

import streamlit as st

WORD = "exam"
KEY = "models_exam"


def take_from_address() -> None:
    """Opens the exam that the address names, and keeps the address saying which is open."""
    asked = st.query_params.get(WORD)
    if asked and asked != st.session_state.get(KEY) and asked != st.session_state.get(f"{KEY}_closed"):
        st.session_state[KEY] = asked
    _write()


def name() -> str | None:
    """The open exam."""
    return st.session_state.get(KEY)


def put(exam_name: str) -> None:
    """Opens an exam."""
    st.session_state[KEY] = exam_name


def close() -> None:
    """Leaves the exam; it goes on, or stays, without this visitor."""
    st.session_state[f"{KEY}_closed"] = st.session_state.pop(KEY, None)


def _write() -> None:
    now = name()
    if now is None:
        if WORD in st.query_params:
            del st.query_params[WORD]
    elif st.query_params.get(WORD) != now:
        st.query_params[WORD] = now
