"""A run's model beside the one that visitors have now, in figures."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.parts.thumbnails import escape
from pages.parts.training.published import Standing
from vision.model_card import ModelCard
from vision.results.words import megabytes, percent


def show(standing: Standing) -> None:
    """Draws the table; nothing where there is no other model to stand beside."""
    now = standing.default
    if now is None or now.card is None or standing.is_default:
        return
    ours, theirs = _facts(standing.card), _facts(now.card)
    rows = "".join(
        f"<tr><th>{name}</th><td>{escape(ours[name])}</td><td>{escape(theirs[name])}</td></tr>" for name in ours
    )
    head = f"<tr><th></th><th>This run</th><th>Answers now: {escape(now.card.name)}</th></tr>"
    st.html(f'<div class="sl-wide-table"><table>{head}{rows}</table></div>')
    lacking = set(now.card.class_keys) - set(standing.card.class_keys)
    if lacking:
        classes = "one class" if len(lacking) == 1 else f"{len(lacking):,} classes"
        st.caption(f"This run does not know {classes} that the other one names.")
    if _tested_on(standing.card) != _tested_on(now.card):
        st.caption("The two were tested on different photos, so their figures are hard to compare.")


def _facts(card: ModelCard) -> dict[str, str]:
    test = _test(card)
    unknown = "not measured"
    return {
        "Test photos named right": percent(test["top1"]) if "top1" in test else unknown,
        "Test photos": f"{test['photos']:,}" if "photos" in test else unknown,
        "Classes": f"{len(card.labels):,}",
        "Size": megabytes(card.formats[card.default_format].size_bytes),
        "Time for a photo": f"{test['median_ms']:.1f} ms" if "median_ms" in test else unknown,
        "Photo is looked at in": f"{card.image_size} × {card.image_size} pixels",
    }


def _test(card: ModelCard) -> Mapping[str, Any]:
    """What the card says of the test; without entries that are no figures."""
    tests = card.content.get("test")
    found = tests.get(card.default_format) if isinstance(tests, Mapping) else None
    figures = found if isinstance(found, Mapping) else {}
    return {name: value for name, value in figures.items() if isinstance(value, int | float)}


def _tested_on(card: ModelCard) -> object:
    tests = card.content.get("test")
    found = tests.get(card.default_format) if isinstance(tests, Mapping) else None
    return found.get("data") if isinstance(found, Mapping) else None
