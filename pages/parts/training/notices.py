"""What came of the last press of a button, said until the next one."""

from collections.abc import Callable

import streamlit as st

from pages.parts import thumbnails
from vision.errors import VisionError
from vision.jobs import Busy

KEY = "training_notice"


def attempt(action: Callable[[], object], done: str = "", key: str = KEY) -> None:
    """Does what a button asks for and keeps a sentence for `show`: `done`, or why it could not be done."""
    try:
        action()
    except Busy:
        _keep(key, False, "Somebody is at it already, in another window perhaps. Try again a little later.")
    except VisionError as error:
        _keep(key, False, thumbnails.plain(str(error)))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        _keep(key, False, f"That could not be done ({reason}). Look at the run again, then try once more.")
    else:
        _keep(key, True, done)


def forget(key: str = KEY) -> None:
    st.session_state.pop(key, None)


def show(key: str = KEY) -> None:
    """Draws the sentence, if there is one."""
    is_good, text = st.session_state.get(key, (True, ""))
    if text and is_good:
        st.success(text, icon=":material/check:")
    elif text:
        st.error(text, icon=":material/error:")


def _keep(key: str, is_good: bool, text: str) -> None:
    st.session_state[key] = is_good, text
