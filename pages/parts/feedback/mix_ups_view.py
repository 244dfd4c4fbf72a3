"""What people said the models took for what."""

import streamlit as st

from pages.parts import thumbnails, words
from pages.parts.thumbnails import escape
from vision.feedback.figures import MixUp, count_mix_ups
from vision.feedback.store import FeedbackStore
from vision.tasks import TaskSpec

SHOWN = 10
FULL_BAR = 5  # a mix-up that happened once should not look like a habit


def show(store: FeedbackStore, task_name: str, task: TaskSpec | None) -> None:
    """Draws the most frequent mix-ups, with drawings of the classes where there are some."""
    st.subheader("What was taken for what", anchor=False)
    mix_ups = count_mix_ups(store, task_name, SHOWN)
    if not mix_ups:
        st.caption("Nobody has said that an answer was wrong.")
        return
    most = max(FULL_BAR, *(each.count for each in mix_ups))
    st.html(f'<div class="sl-mix-ups">{"".join(row_html(each, most, task) for each in mix_ups)}</div>')


def row_html(mix_up: MixUp, most: int, task: TaskSpec | None) -> str:
    """A line for a mix-up: what was named, what it is, and how often, beside the most frequent one."""
    if mix_up.truth is None:
        truth = "something that nobody named"
    else:
        truth = escape(words.heading(mix_up.truth) if mix_up.true_key else mix_up.truth)
    pictures = _picture(task, mix_up.answer_key) + '<span aria-hidden="true">→</span>' + _picture(task, mix_up.true_key)
    shown = f'<div class="sl-mix-up-pictures">{pictures}</div>' if "<img" in pictures else ""
    return (
        f'<div class="sl-mix-up">{shown}<div><p>'
        f"<strong>{escape(words.heading(mix_up.answer))}</strong> was said, but it was "
        f"<strong>{truth}</strong>: {mix_up.count:,} ×</p>"
        f'<div class="sl-track"><div style="width:{mix_up.count / most:.2%}"></div></div></div></div>'
    )


def _picture(task: TaskSpec | None, class_key: str | None) -> str:
    uri = thumbnails.drawing_uri(task, class_key) if task is not None and class_key is not None else None
    return '<span class="sl-no-picture">?</span>' if uri is None else f'<img src="{uri}" alt="">'
