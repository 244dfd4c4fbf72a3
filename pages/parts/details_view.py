"""Figures for engineers, folded away below an answer."""

import streamlit as st

from pages.parts.results import PhotoAnswer
from pages.parts.setup import Setup
from pages.parts.thumbnails import escape
from vision.spreadsheets import harmless


def show(setup: Setup, answer: PhotoAnswer) -> None:
    """Draws what was measured, and the scores of each part."""
    with st.expander("Details for engineers", icon=":material/data_object:"):
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in _facts(setup, answer)
        )
        st.html(f'<table class="sl-facts">{rows}</table>')
        if len(answer.parts) == 1:
            _show_scores(setup, answer)
        else:
            _show_parts(setup, answer)


def _facts(setup: Setup, answer: PhotoAnswer) -> list[tuple[str, str]]:
    card = setup.classifier.card
    height, width = answer.decoded_hw
    network_ms = sum(part.prediction.latency_ms for part in answer.parts)
    facts = [
        ("Model", card.name),
        ("Format", setup.classifier.model_format),
        ("Network input", f"{card.image_size} x {card.image_size} px, {card.resize}"),
        ("Photo decoded at", f"{width} x {height} px"),
        ("Network and resizing", f"{network_ms:.1f} ms"),
        ("From file to answer", f"{answer.total_ms:.1f} ms"),
    ]
    if answer.finding_ms is not None and setup.finder is not None:
        facts.append(("Detector", f"{setup.finder.detector.card.name}, {answer.finding_ms:.1f} ms"))
    if len(answer.parts) == 1:
        (part,) = answer.parts
        if part.prediction.box is not None:
            corners = ", ".join(f"{value:.0f}" for value in part.prediction.box.xyxy)
            facts.append(("Box in pixels (x1, y1, x2, y2)", corners))
        if part.confidence is not None:
            facts.append(("Detector's confidence", f"{part.confidence:.3f}"))
    return facts


# Both tables offer themselves as CSV files, in which Streamlit leaves formulas as they are.
def _show_scores(setup: Setup, answer: PhotoAnswer) -> None:
    scores = answer.parts[0].prediction.scores
    st.dataframe(
        {
            "class": [harmless(setup.classifier.card.class_keys[score.index]) for score in scores],
            "label": [harmless(score.label) for score in scores],
            "probability": [score.probability for score in scores],
        },
        column_config={"probability": st.column_config.NumberColumn(format="%.6f")},
        height=240,
        hide_index=True,
    )


def _show_parts(setup: Setup, answer: PhotoAnswer) -> None:
    boxes = [part.prediction.box for part in answer.parts]
    st.dataframe(
        {
            setup.task.noun: range(1, len(answer.parts) + 1),
            "box in pixels": ["" if box is None else ", ".join(f"{value:.0f}" for value in box.xyxy) for box in boxes],
            "detector's confidence": [part.confidence for part in answer.parts],
            "label": [harmless(part.prediction.best.label) for part in answer.parts],
            "probability": [part.prediction.best.probability for part in answer.parts],
            "network, ms": [part.prediction.latency_ms for part in answer.parts],
        },
        column_config={
            "detector's confidence": st.column_config.NumberColumn(format="%.3f"),
            "probability": st.column_config.NumberColumn(format="%.6f"),
            "network, ms": st.column_config.NumberColumn(format="%.1f"),
        },
        hide_index=True,
    )
