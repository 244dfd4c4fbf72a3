"""What came of the last press of a button, said until the next one."""

from collections.abc import Callable

import streamlit as st

from pages.parts import thumbnails
from vision.errors import VisionError
from vision.jobs import Busy

KEY = "training_notice"


def attempt(action: Callable[[], object], done: str = "") -> None:
    """Does what a button asks for and keeps a sentence for `show`: `done`, or why it could not be done."""
    try:
        action()
    except Busy:
        _keep(False, "Somebody is at it already, in another window perhaps. Try again a little later.")
    except VisionError as error:
        _keep(False, thumbnails.plain(str(error)))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        _keep(False, f"That could not be done ({reason}). Look at the run again, then try once more.")
    else:
        _keep(True, done)


def forget() -> None:
    st.session_state.pop(KEY, None)


def show() -> None:
    """Draws the sentence, if there is one."""
    is_good, text = st.session_state.get(KEY, (True, ""))
    if text and is_good:
        st.success(text, icon=":material/check:")
    elif text:
        st.error(text, icon=":material/error:")


def _keep(is_good: bool, text: str) -> None:
    st.session_state[KEY] = is_good, text
