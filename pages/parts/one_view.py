"""One photo with what is said of it."""

import contextlib

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts import (
    answers,
    cards_view,
    compare_view,
    details_view,
    framing,
    result_view,
    saved_photo,
    thumbnails,
    words,
)
from pages.parts.feedback import ask_view
from pages.parts.feedback.question import Question
from pages.parts.photos import Desk, Photo
from pages.parts.results import PhotoAnswer
from pages.parts.setup import Setup
from vision.errors import BusyError, VisionError


def show(setup: Setup, desk: Desk, photo: Photo, compare: bool) -> None:
    """Draws a photo and its answers, or why there are none.

    Raises:
        BusyError: too many are waiting in line.
    """
    whole = None
    try:
        if compare:
            found, whole = compare_view.cropped(setup, desk, photo), answers.whole(desk, photo, setup)
        else:
            found = answers.answer(desk, photo, setup)
    except BusyError:
        raise
    except VisionError as error:
        answer_area, photo_area, _ = _areas(setup)
        answer_area.error(thumbnails.plain(str(error)), icon=":material/error:")
        with photo_area, contextlib.suppress(VisionError):  # what is wrong with the photo is said already
            framing.show(setup, desk, photo, answers.view(desk, photo), None)
        return
    if whole is not None:
        _show_photo(setup, desk, photo, found)
        compare_view.show(setup, photo, whole, found)
    elif len(found.parts) > 1:
        _show_several(setup, desk, photo, found)
    else:
        _show_single(setup, desk, photo, found)


def _show_single(setup: Setup, desk: Desk, photo: Photo, found: PhotoAnswer) -> None:
    """Photo and answer beside each other where there is room, else the answer first."""
    answer_area, photo_area, more_area = _areas(setup)
    with answer_area:
        if found.parts:
            result_view.show_answer(setup, found)
            ask_view.show(Question(setup, photo, found, found.parts[0]))
        else:
            _offer_guess(setup, desk, photo)
    if found.parts:
        with more_area:
            saved_photo.offer(setup, answers.view(desk, photo), found)
            result_view.show_more(setup, found)
    with photo_area:
        _show_photo(setup, desk, photo, found)


def _show_several(setup: Setup, desk: Desk, photo: Photo, found: PhotoAnswer) -> None:
    """The photo, and below it the cards."""
    noun, count = setup.task.noun, len(found.parts)
    st.subheader(f"{words.counted(count, noun)} found", anchor=False)
    if found.left_out:
        st.caption(f"There may be {found.left_out} more: at most {count} are looked at in a photo, the clearest ones.")
    _show_photo(setup, desk, photo, found)
    st.caption(f"Is a {noun} missing, or a box wrong? Draw a box around the {noun} yourself.")
    cards_view.show(setup, photo, found)
    saved_photo.offer(setup, answers.view(desk, photo), found)
    details_view.show(setup, found)


def _show_photo(setup: Setup, desk: Desk, photo: Photo, found: PhotoAnswer) -> None:
    framing.show(setup, desk, photo, answers.view(desk, photo), found)


def _offer_guess(setup: Setup, desk: Desk, photo: Photo) -> None:
    noun = setup.task.noun
    st.warning(
        f"No {noun} found in this photo. Draw a box around the {noun}, or let the model guess from the whole photo.",
        icon=":material/search_off:",
    )
    st.button(
        "Guess from the whole photo",
        icon=":material/fullscreen:",
        key=f"{setup.task.name}_guess",
        on_click=desk.guesses.add,
        args=(photo.digest,),
        type="primary",
        width="stretch",
    )


def _areas(setup: Setup) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Where the answer, the photo, and what more there is to say go."""
    name = setup.task.name
    with st.container(key=f"{name}_photo_and_answer"):
        return (
            st.container(key=f"{name}_answer_area"),
            st.container(key=f"{name}_photo_area"),
            st.container(key=f"{name}_more_area"),
        )
