"""Several photos with any number of answers each, as a table with a line for each."""

import streamlit as st

from pages.parts import answers, result_view, tags, thumbnails, words
from pages.parts.csv_export import Outcome
from pages.parts.photos import Desk, Photo
from pages.parts.results import Answer, Found, PhotoAnswer
from pages.parts.setup import Setup
from pages.parts.thumbnails import escape
from vision.model_card import Sureness

SHOWN_FIRST = 60


def show(setup: Setup, desk: Desk, outcomes: list[Outcome]) -> None:
    """Draws the table, at first not more than `SHOWN_FIRST` lines of it."""
    lines = [
        line
        for photo, outcome in zip(desk.photos, outcomes, strict=True)
        for line in _lines(setup, desk, photo, outcome)
    ]
    all_key = f"{setup.task.name}_all_lines_{desk.photos[0].digest[:16]}"
    shown = lines if st.session_state.get(all_key, False) else lines[:SHOWN_FIRST]
    noun = words.heading(setup.task.noun)
    head = f"<thead><tr><th>{noun}</th><th>Answer</th><th>How sure</th><th>Photo</th></tr></thead>"
    st.html(f'<table class="sl-table">{head}<tbody>{"".join(shown)}</tbody></table>')
    if len(shown) < len(lines):
        st.button(
            f"Show all {len(lines)} lines",
            icon=":material/expand_more:",
            key=f"{setup.task.name}_show_all_lines",
            on_click=lambda: st.session_state.update({all_key: True}),
            width="stretch",
        )


def _lines(setup: Setup, desk: Desk, photo: Photo, outcome: Outcome) -> list[str]:
    answer = outcome.answer
    if answer is None:
        return [_problem_line(photo, None, outcome.problem or "")]
    if not answer.parts:
        thumbnail = answers.view(desk, photo).thumbnail_jpeg
        return [_problem_line(photo, thumbnail, f"No {setup.task.noun} found in this photo.")]
    return [_line(setup, photo, answer, part, number) for number, part in enumerate(answer.parts, start=1)]


def _line(setup: Setup, photo: Photo, answer: PhotoAnswer, part: Answer, number: int) -> str:
    label = part.prediction.best.label
    kind = Sureness.UNSURE if answer.is_guess else part.sureness
    tag = tags.tag_html(number) if answer.found is Found.DETECTED else ""
    guess = '<p class="sl-also">a guess from the whole photo</p>' if answer.is_guess else ""
    name = f'<p class="sl-name">{escape(words.heading(label))}</p>{result_view.also_html(setup.task, label)}'
    return (
        f'<tr class="sl-line sl-{kind.value}"><td>{_picture(part.looked_at_jpeg, tag)}</td>'
        f"<td>{name}{guess}</td><td>{result_view.badge_html(part, answer.is_guess)}</td><td>{_file(photo)}</td></tr>"
    )


def _problem_line(photo: Photo, thumbnail: bytes | None, problem: str) -> str:
    picture = "" if thumbnail is None else _picture(thumbnail, "")
    return (
        f'<tr class="sl-line sl-unsure"><td>{picture}</td>'
        f'<td colspan="2"><p class="sl-problem">{escape(problem)}</p></td><td>{_file(photo)}</td></tr>'
    )


def _picture(jpeg: bytes, tag: str) -> str:
    return f'<div class="sl-part-picture"><img src="{thumbnails.data_uri(jpeg)}" alt="">{tag}</div>'


def _file(photo: Photo) -> str:
    return f'<p class="sl-file"><bdi>{escape(photo.name)}</bdi></p>'
