"""Several photos with one answer each, as a grid of cards."""

import streamlit as st

from pages.parts import answers, thumbnails, words
from pages.parts.csv_export import Outcome
from pages.parts.photos import Desk, Photo
from pages.parts.results import Found, PhotoAnswer
from pages.parts.setup import Setup
from pages.parts.thumbnails import escape
from vision.model_card import Sureness


def show(setup: Setup, desk: Desk, outcomes: list[Outcome]) -> None:
    """Draws a card for each photo."""
    cards = "".join(
        _card_html(setup, desk, photo, outcome) for photo, outcome in zip(desk.photos, outcomes, strict=True)
    )
    st.html(f'<div class="sl-grid">{cards}</div>')


def _card_html(setup: Setup, desk: Desk, photo: Photo, outcome: Outcome) -> str:
    kind = Sureness.UNSURE
    shown = f'<p class="sl-problem">{escape(outcome.problem or "")}</p>'
    if outcome.answer is not None:
        kind = outcome.answer.parts[0].sureness
        shown = _answer_html(setup, desk, photo, outcome.answer)
    return f'<div class="sl-card sl-{kind.value}">{shown}<p class="sl-file"><bdi>{escape(photo.name)}</bdi></p></div>'


def _answer_html(setup: Setup, desk: Desk, photo: Photo, answer: PhotoAnswer) -> str:
    (part,) = answer.parts
    best = part.prediction.best
    shown = part.looked_at_jpeg if answer.found is Found.DRAWN else answers.view(desk, photo).thumbnail_jpeg
    uri = thumbnails.drawing_uri(setup.task, setup.classifier.card.class_keys[best.index])
    drawing = "" if uri is None else f'<img src="{uri}" alt="Drawing: {escape(best.label)}">'
    return (
        f'<div class="sl-pair"><img src="{thumbnails.data_uri(shown)}" alt="Photo">{drawing}</div>'
        f'<p class="sl-name">{escape(words.heading(best.label))}</p>'
        f'<p class="sl-badge">{words.BADGES[part.sureness]}, {words.percent(best.probability)}</p>'
    )
