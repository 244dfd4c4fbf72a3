"""Whether models can be trained here; an operator switches it off with SECOND_LOOK_TRAINING=off."""

import os

import streamlit as st

VARIABLE = "SECOND_LOOK_TRAINING"


def is_on() -> bool:
    return os.environ.get(VARIABLE, "").strip().lower() != "off"


def stop_if_off() -> None:
    """Ends the page with a sentence where nothing may be trained."""
    if not is_on():
        st.info("Training is switched off on this server.", icon=":material/info:")
        st.stop()
