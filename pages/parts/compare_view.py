"""The whole photo and the parts cut out of it, side by side: what cropping changes."""

import dataclasses

import streamlit as st

from pages.parts import answers, cards_view, thumbnails, view_link, words
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


def show(setup: Setup, whole: PhotoAnswer, parts: PhotoAnswer) -> None:
    """Draws the answer for the whole photo beside those for its parts."""
    noun = setup.task.noun
    columns = [_column_html("Whole photo", [cards_view.card_html(setup, whole.parts[0], None)])]
    if parts.found is Found.NOTHING:
        st.info(f"No {noun} found in this photo, so nothing could be cropped.", icon=":material/info:")
    else:
        several = len(parts.parts) > 1
        if several:
            st.write(f"The whole photo gets one answer. Cropped, each of the {len(parts.parts)} {noun}s gets its own.")
        else:
            st.write(thumbnails.plain(difference(whole.parts[0].prediction.best, parts.parts[0].prediction.best)))
        cards = [
            cards_view.card_html(setup, part, number if several else None)
            for number, part in enumerate(parts.parts, start=1)
        ]
        title = "Your box" if parts.found is Found.DRAWN else f"Cropped to the {noun}"
        columns.append(_column_html(title, cards))
    st.html(f'<div class="sl-compare">{"".join(columns)}</div>')


def difference(whole: ClassScore, part: ClassScore) -> str:
    """What cropping changed about the best answer, in a sentence."""
    before, after = words.percent(whole.probability), words.percent(part.probability)
    if whole.index == part.index:
        return f"Cropping leaves the answer as it is. How sure the model is of it goes from {before} to {after}."
    return (
        f"Cropping changes the answer: from {words.heading(whole.label)} ({before}) "
        f"to {words.heading(part.label)} ({after})."
    )


def _column_html(title: str, cards: list[str]) -> str:
    return f'<div class="sl-compared"><h3>{title}</h3>{"".join(cards)}</div>'
