"""The whole photo and the parts cut out of it, side by side: what cropping changes."""

import dataclasses

import streamlit as st

from pages.parts import answers, cards_view, thumbnails, view_link, words
from pages.parts.feedback import ask_view
from pages.parts.feedback.question import Question
from pages.parts.photos import Desk, Photo
from pages.parts.results import Found, PhotoAnswer
from pages.parts.setup import Finder, Setup
from pages.parts.view_link import ViewLink
from vision.predictions import ClassScore
from vision.tasks import TaskSpec


def ask(task: TaskSpec, finder: Finder | None, link: ViewLink) -> bool:
    """Draws the switch, where there is something to compare."""
    if finder is None:
        return False
    key = f"{task.name}_compare"
    link.switch(view_link.COMPARE, key, usual=False)
    return st.toggle(
        "Compare with the whole photo",
        key=key,
        help="Shows both answers side by side: for the whole photo, and for what is cut out of it.",
    )


def cropped(setup: Setup, desk: Desk, photo: Photo) -> PhotoAnswer:
    """The answer to compare with: for the box drawn by hand, or for what is found.

    Raises:
        ImageError: the photo cannot be read, or the box is too small.
    """
    return answers.answer(desk, photo, dataclasses.replace(setup, crop_first=True))


def show(setup: Setup, photo: Photo, whole: PhotoAnswer, parts: PhotoAnswer) -> None:
    """Draws the answer for the whole photo beside those for its parts, and asks of each whether it is right."""
    noun, several = setup.task.noun, len(parts.parts) > 1
    if parts.found is Found.NOTHING:
        st.info(f"No {noun} found in this photo, so nothing could be cropped.", icon=":material/info:")
    else:
        if several:
            st.write(f"The whole photo gets one answer. Cropped, each of the {len(parts.parts)} {noun}s gets its own.")
        else:
            st.write(thumbnails.plain(difference(whole.parts[0].prediction.best, parts.parts[0].prediction.best)))
    with st.container(key=f"sl_compare_{setup.task.name}"):
        _show_column("Whole photo", dataclasses.replace(setup, crop_first=False), photo, whole, numbered=False)
        if parts.found is not Found.NOTHING:
            title = "Your box" if parts.found is Found.DRAWN else f"Cropped to the {noun}"
            _show_column(title, dataclasses.replace(setup, crop_first=True), photo, parts, numbered=several)


def difference(whole: ClassScore, part: ClassScore) -> str:
    """What cropping changed about the best answer, in a sentence."""
    before, after = words.percent(whole.probability), words.percent(part.probability)
    if whole.index == part.index:
        return f"Cropping leaves the answer as it is. How sure the model is of it goes from {before} to {after}."
    return (
        f"Cropping changes the answer: from {words.heading(whole.label)} ({before}) "
        f"to {words.heading(part.label)} ({after})."
    )


def _show_column(title: str, setup: Setup, photo: Photo, answer: PhotoAnswer, numbered: bool) -> None:
    which = "parts" if setup.crop_first else "whole"
    with st.container(key=f"{setup.task.name}_compared_{which}", gap="small"):
        st.html(f'<h3 class="sl-compared">{title}</h3>')
        for number, part in enumerate(answer.parts, start=1):
            st.html(cards_view.card_html(setup, part, number if numbered else None))
            ask_view.show(Question(setup, photo, answer, part))
