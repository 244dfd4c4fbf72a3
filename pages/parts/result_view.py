"""The answer for one photo: a name, a drawing to compare with, and how sure the model is."""

from html import escape

import streamlit as st

from pages.parts import thumbnails, words
from pages.parts.answers import Answer
from vision.classifier import Classifier
from vision.model_card import ModelCard, Sureness
from vision.predictions import ClassScore
from vision.tasks import TaskSpec

BARS = 5


def show_answer(task: TaskSpec, answer: Answer, card: ModelCard, framed: bool) -> None:
    """Draws the name, how sure the model is, and what to do where it is not."""
    st.html(answer_html(task, answer, card))
    if answer.sureness is Sureness.UNSURE:
        st.warning(_advice(task, framed), icon=":material/lightbulb:")
    elif not framed:  # a model can be sure, and wrong, of what it sees in a whole street
        st.markdown(f":material/crop_free: {task.framing_hint}")


def show_more(task: TaskSpec, answer: Answer, classifier: Classifier, framed: bool) -> None:
    """Draws the five best, what the model looked at, and figures for engineers."""
    st.html(bars_html(task, answer.prediction.top(BARS), classifier.card))
    st.html(_looked_at_html(answer, classifier.card, framed))
    with st.expander("Details for engineers", icon=":material/data_object:"):
        _show_details(answer, classifier)


def answer_html(task: TaskSpec, answer: Answer, card: ModelCard) -> str:
    """The card with the name, beside the drawing of what has that name."""
    best = answer.prediction.best
    badge = f"{words.BADGES[answer.sureness]}, {words.percent(best.probability)}"
    return (
        f'<div class="sl-answer sl-{answer.sureness.value}" role="status">{_drawing(task, card, best)}'
        f'<div><p class="sl-lead">{words.lead(answer.sureness, task.noun)}</p>'
        f'<p class="sl-name">{escape(best.label)}</p><p class="sl-badge">{badge}</p></div></div>'
    )


def bars_html(task: TaskSpec, scores: tuple[ClassScore, ...], card: ModelCard) -> str:
    """A bar for each of the best classes."""
    rows = "".join(
        f'<div class="sl-row">{_drawing(task, card, score)}<div class="sl-grow">'
        f'<div class="sl-row-text"><span>{escape(score.label)}</span>'
        f"<span>{words.percent(score.probability)}</span></div>"
        f'<div class="sl-track"><div style="width:{score.probability:.2%}"></div></div></div></div>'
        for score in scores
    )
    return f'<div class="sl-bars">{rows}</div>'


def _drawing(task: TaskSpec, card: ModelCard, score: ClassScore) -> str:
    uri = thumbnails.drawing_uri(task, card.class_keys[score.index])
    return "" if uri is None else f'<img src="{uri}" alt="Drawing: {escape(score.label)}">'


def _advice(task: TaskSpec, framed: bool) -> str:
    if framed:
        return f"Draw the box closer around the {task.noun}, or take a photo from nearer by."
    return f"Drag a box around the {task.noun} in the photo, or take a photo from nearer by."


def _looked_at_html(answer: Answer, card: ModelCard, framed: bool) -> str:
    part = "the middle of the photo" if card.resize == "center_crop" else "the whole photo"
    part = "your box" if framed else part
    uri = thumbnails.data_uri(answer.looked_at_jpeg)
    return (
        f'<div class="sl-looked"><img src="{uri}" alt="What the model looked at"><p>This is what the model looked at: '
        f"{part}. It took {answer.total_ms:.0f} ms.</p></div>"
    )


def _show_details(answer: Answer, classifier: Classifier) -> None:
    card = classifier.card
    height, width = answer.decoded_hw
    facts = {
        "Model": card.name,
        "Format": classifier.model_format,
        "Network input": f"{card.image_size} x {card.image_size} px, {card.resize}",
        "Photo decoded at": f"{width} x {height} px",
        "Network and resizing": f"{answer.prediction.latency_ms:.1f} ms",
        "From file to answer": f"{answer.total_ms:.1f} ms",
    }
    if answer.prediction.box is not None:
        facts["Box in pixels (x1, y1, x2, y2)"] = ", ".join(f"{value:.0f}" for value in answer.prediction.box.xyxy)
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts.items())
    st.html(f'<table class="sl-facts">{rows}</table>')
    st.dataframe(
        {
            "class": [card.class_keys[score.index] for score in answer.prediction.scores],
            "label": [score.label for score in answer.prediction.scores],
            "probability": [score.probability for score in answer.prediction.scores],
        },
        column_config={"probability": st.column_config.NumberColumn(format="%.6f")},
        height=240,
        hide_index=True,
    )
