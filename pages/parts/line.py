"""The line in which visitors wait while others' photos are looked at: their place in it, and the way out of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts import thumbnails, words
from vision.errors import BusyError, GoneError
from vision.heap import Housekeeper
from vision.operations.metrics import watch_line
from vision.tasks import TaskSpec
from vision.turns import Turns

UNSEEN_S = 0.3  # a shorter wait needs no word
POLL_S = 0.5

TURNS = Turns.from_environment()
HOUSEKEEPER = Housekeeper()
watch_line(lambda: TURNS.waiting, lambda: TURNS.having)

Result = TypeVar("Result")
_area: ContextVar[DeltaGenerator | None] = ContextVar("line_area", default=None)


def in_turn(work: Callable[[], Result]) -> Result:
    """Does the work as soon as it is this visitor's turn, and shows their place in line until then.

    Raises:
        BusyError: too many are waiting already.
    """
    with TURNS.join() as place:
        if not place.wait(UNSEEN_S):
            known = _area.get()
            area = st.empty() if known is None else known
            while True:
                # Said again each time: that is when Streamlit ends the run of a visitor who left, and frees the place.
                area.info(waiting_words(place.position), icon=":material/hourglass_top:")
                if place.wait(POLL_S):
                    break
            area.empty()
        HOUSEKEEPER.note_work()
        return work()


@contextmanager
def shown_here(task: TaskSpec) -> Iterator[None]:
    """Shows the place in line where this is called; past the line's end, a sentence, and a button that tries again."""
    token = _area.set(st.empty())
    try:
        yield
    except BusyError as error:
        st.warning(thumbnails.plain(str(error)), icon=":material/hourglass_disabled:")
        offer_again(task, "Try again")
    except GoneError as error:  # while the page was being drawn
        st.warning(thumbnails.plain(str(error)), icon=":material/image_not_supported:")
    finally:
        _area.reset(token)


def offer_again(task: TaskSpec, label: str) -> None:
    """Draws the button; a new run of the page asks for all that is missing."""
    st.button(label, icon=":material/refresh:", key=f"{task.name}_try_again", type="primary")


def waiting_words(position: int) -> str:
    """What who waits is told; from 1 for who is next."""
    if position <= 1:
        return "You are next in line: others' photos are being looked at just now."
    return f"You are {words.ordinal(position)} in line: others' photos are being looked at just now."
