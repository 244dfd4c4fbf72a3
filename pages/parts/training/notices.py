"""What came of the last press of a button, said until the next one."""

from collections.abc import Callable

import streamlit as st

from pages.parts import thumbnails
from vision.errors import VisionError
from vision.jobs import Busy

KEY = "training_notice"


def attempt(action: Callable[[], object], done: str = "") -> bool:
    """Does what a button asks for and keeps a sentence for `show`: `done`, or why it could not be done."""
    try:
        action()
    except Busy:
        st.session_state[KEY] = (
            False,
            "Another process is at it just now, from another window perhaps. Try again later.",
        )
    except VisionError as error:
        st.session_state[KEY] = False, str(error)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        st.session_state[KEY] = False, f"That could not be done ({reason}). Look at the run again, then try once more."
    else:
        st.session_state[KEY] = True, done
        return True
    return False


def forget() -> None:
    st.session_state.pop(KEY, None)


def show() -> None:
    """Draws the sentence, if there is one."""
    is_good, text = st.session_state.get(KEY, (True, ""))
    if text and is_good:
        st.success(text, icon=":material/check:")
    elif text:
        st.error(thumbnails.plain(text), icon=":material/error:")
