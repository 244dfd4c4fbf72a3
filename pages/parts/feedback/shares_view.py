"""How often people said that each model was right, as bars, beside what was measured."""

import streamlit as st

from pages.parts import loaders
from pages.parts.thumbnails import escape
from vision.feedback.figures import Tally, count_examples, count_right
from vision.feedback.store import FeedbackStore
from vision.model_card import ModelCard
from vision.results.words import counted, percent, whole_percent
from vision.tasks import TaskSpec

FEW = 30
SHOWN = 12


def show(store: FeedbackStore, task_name: str, task: TaskSpec | None) -> None:
    """Draws a bar for each file of a model that people judged, the latest first."""
    st.subheader("How often it was right", anchor=False)
    tallies = count_right(store, task_name)
    cards = [] if task is None else [model.card for model in loaders.installed_models(task) if model.card is not None]
    if tallies:
        st.html(f'<div class="sl-shares">{"".join(bar_html(each, cards) for each in tallies[:SHOWN])}</div>')
        st.caption(
            "The pale band is where the share may truly lie (95 % confidence); the orange line is what was measured on "
            "test photos. People speak up when something is wrong, and show other photos: take it as a hint."
        )
    if len(tallies) > SHOWN:
        st.caption(f"And {counted(len(tallies) - SHOWN, 'older version')}; the table below has them all.")
    examples = count_examples(store, task_name)
    if examples:
        st.caption(f"Left out: {counted(examples, 'answer')} to our own example photos.")


def bar_html(tally: Tally, cards: list[ModelCard]) -> str:
    """A bar with the share, its interval, and the share that was measured, if that file of a model is still here."""
    low, high = tally.interval
    card = next((card for card in cards if _is_of(card, tally)), None)
    measured = None if card is None else _measured(card, tally.model_format)
    line = "" if measured is None else f'<i style="left:{measured:.2%}" title="measured: {percent(measured)}"></i>'
    test = "" if measured is None else f" Measured on test photos: {percent(measured)}."
    version = "" if card is not None else f" (a version that is no longer here, {escape(tally.model_sha256[:8])})"
    few = " That is few." if tally.total < FEW else ""
    return (
        f'<div class="sl-share"><p><strong>{percent(tally.share)} right</strong>, {tally.right:,} of '
        f"{counted(tally.total, 'answer')} from {escape(tally.model)}, {escape(tally.model_format)}{version}</p>"
        f'<div class="sl-share-track"><div style="width:{tally.share:.2%}"></div>'
        f'<b style="left:{low:.2%};width:{high - low:.2%}"></b>{line}</div>'
        f"<p>Between {whole_percent(low)} and {whole_percent(high)}.{few}{test}</p></div>"
    )


def _is_of(card: ModelCard, tally: Tally) -> bool:
    entry = card.formats.get(tally.model_format)
    return entry is not None and entry.sha256 == tally.model_sha256


def _measured(card: ModelCard, model_format: str) -> float | None:
    try:
        share = float(card.content["test"][model_format]["top1"])
    except (KeyError, TypeError, ValueError):
        return None
    return share if 0 <= share <= 1 else None
