"""What this visitor may do besides trying models: train and publish them, and see what others said.

An operator has switched that off for everybody with SECOND_LOOK_TRAINING=off; on a shared demo it is for operators, see
`operators`. Training also needs what trains.
"""

import importlib.util
import os

import streamlit as st

from pages.parts import hosted, operators

VARIABLE = "SECOND_LOOK_TRAINING"
TRAINER = "tensorflow"


def is_on() -> bool:
    """Whether this visitor can train and publish."""
    return _why_not_train() is None


def is_operators() -> bool:
    """Whether this visitor may see what is for whoever runs the app."""
    return _why_not_operate() is None


def stop_if_off() -> None:
    """Ends the training page with a sentence where this visitor may not train."""
    _stop(_why_not_train())


def stop_unless_operators() -> None:
    """Ends an operator's page with a sentence where this visitor is none."""
    _stop(_why_not_operate())


def _why_not_operate() -> str | None:
    if os.environ.get(VARIABLE, "").strip().lower() == "off":
        return "Training is switched off on this server."
    if hosted.is_on() and not operators.is_operator():
        return "This is a shared demo: models can be tried here, but not trained, and this page is for whoever runs it."
    return None


def _why_not_train() -> str | None:
    why = _why_not_operate()
    if why is None and importlib.util.find_spec(TRAINER) is None:
        return (
            "This server has only what shows models, not what trains them. "
            "To train here, run 'pip install -r requirements.txt' and start the app again."
        )
    return why


def _stop(why: str | None) -> None:
    if why is not None:
        st.info(why, icon=":material/info:")
    if hosted.is_on():
        operators.show_account()
    if why is not None:
        st.stop()
