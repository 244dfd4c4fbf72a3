"""Several photos: a grid of answers, a table to take home, and a closer look at one of them."""

from collections import Counter
from collections.abc import Callable
from html import escape

import streamlit as st

from pages.parts import answers, thumbnails, words
from pages.parts.answers import Answer
from pages.parts.csv_export import Outcome, to_csv
from pages.parts.photos import MAX_PHOTOS, Desk, Photo
from vision.classifier import Classifier
from vision.errors import VisionError
from vision.model_card import ModelCard, Sureness
from vision.tasks import TaskSpec

ShowOne = Callable[[TaskSpec, Desk, Photo, Classifier], None]


def show(task: TaskSpec, desk: Desk, classifier: Classifier, show_one: ShowOne) -> None:
    """Draws the answers for all photos on the desk."""
    outcomes = _ask_all(task, desk, classifier)
    st.subheader(_summary(outcomes), anchor=False)
    if desk.left_out:
        st.warning(f"{desk.left_out} photos were left out: at most {MAX_PHOTOS} are looked at together.")
    cards = "".join(
        _card_html(task, desk, photo, outcome, classifier.card)
        for photo, outcome in zip(desk.photos, outcomes, strict=True)
    )
    st.html(f'<div class="sl-grid">{cards}</div>')
    st.download_button(
        "Download as CSV",
        to_csv(outcomes),
        file_name=f"{task.name}.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"{task.name}_csv",
        on_click="ignore",
    )
    chosen = st.selectbox(
        "Look closer at one photo",
        range(len(desk.photos)),
        index=None,
        format_func=lambda position: f"{position + 1}. {desk.photos[position].name}",
        placeholder="Choose a photo",
        key=f"{task.name}_closer_{desk.photos[0].digest[:16]}_{len(desk.photos)}",
    )
    if chosen is not None:
        show_one(task, desk, desk.photos[chosen], classifier)


def _ask_all(task: TaskSpec, desk: Desk, classifier: Classifier) -> list[Outcome]:
    outcomes = []
    bar = st.progress(0.0, text="Looking at the photos ...")
    for position, photo in enumerate(desk.photos, start=1):
        answer, problem = None, None
        try:
            answer = answers.answer(desk, photo, classifier, task)
        except VisionError as error:
            problem = str(error)
        outcomes.append(Outcome(photo.name, answer, problem))
        bar.progress(position / len(desk.photos), text=f"{position} of {len(desk.photos)} photos")
    bar.empty()
    return outcomes


def _summary(outcomes: list[Outcome]) -> str:
    counts = Counter(words.BADGES[outcome.answer.sureness] for outcome in outcomes if outcome.answer is not None)
    parts = [f"{counts[badge]} {badge.lower()}" for badge in words.BADGES.values() if counts[badge]]
    unread = sum(outcome.answer is None for outcome in outcomes)
    if unread:
        parts.append(f"{unread} not read")
    return f"{len(outcomes)} photos: {', '.join(parts)}"


def _card_html(task: TaskSpec, desk: Desk, photo: Photo, outcome: Outcome, card: ModelCard) -> str:
    kind = Sureness.UNSURE
    shown = f'<p class="sl-problem">{escape(outcome.problem or "")}</p>'
    if outcome.answer is not None:
        kind = outcome.answer.sureness
        shown = _answer_html(task, desk, photo, outcome.answer, card)
    return f'<div class="sl-card sl-{kind.value}">{shown}<p class="sl-file"><bdi>{escape(photo.name)}</bdi></p></div>'


def _answer_html(task: TaskSpec, desk: Desk, photo: Photo, answer: Answer, card: ModelCard) -> str:
    best = answer.prediction.best
    framed = photo.digest in desk.boxes
    shown = answer.looked_at_jpeg if framed else answers.view(desk, photo).thumbnail_jpeg
    uri = thumbnails.drawing_uri(task, card.class_keys[best.index])
    drawing = "" if uri is None else f'<img src="{uri}" alt="Drawing: {escape(best.label)}">'
    return (
        f'<div class="sl-pair"><img src="{thumbnails.data_uri(shown)}" alt="Photo">{drawing}</div>'
        f'<p class="sl-name">{escape(best.label)}</p>'
        f'<p class="sl-badge">{words.BADGES[answer.sureness]}, {words.percent(best.probability)}</p>'
    )
