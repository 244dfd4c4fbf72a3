"""The answer for one photo: a name, a drawing to compare with, and how sure the model is."""

import streamlit as st

from pages.parts import details_view, thumbnails, words
from pages.parts.results import Answer, Found, PhotoAnswer
from pages.parts.setup import Setup
from pages.parts.thumbnails import escape
from vision.model_card import ModelCard, Sureness
from vision.predictions import ClassScore
from vision.tasks import TaskSpec

BARS = 5


def show_answer(setup: Setup, answer: PhotoAnswer) -> None:
    """Draws the name, how sure the model is, and what to do where it is not."""
    (part,) = answer.parts
    st.html(answer_html(setup, part, answer.is_guess))
    if part.sureness is Sureness.UNSURE or answer.is_guess:
        st.warning(_advice(setup.task, answer.found), icon=":material/lightbulb:")
    elif answer.found is not Found.DRAWN:  # a model can be sure, and wrong, of what it sees in a whole street
        st.markdown(f":material/crop_free: {setup.task.framing_hint}")


def show_more(setup: Setup, answer: PhotoAnswer) -> None:
    """Draws the five best, what the model looked at, and figures for engineers."""
    (part,) = answer.parts
    card = setup.classifier.card
    st.html(bars_html(setup.task, part.prediction.top(BARS), card))
    st.html(_looked_at_html(setup, answer))
    details_view.show(setup, answer)


def answer_html(setup: Setup, part: Answer, is_guess: bool) -> str:
    """The card with the name, beside the drawing of what has that name."""
    best = part.prediction.best
    kind = Sureness.UNSURE if is_guess else part.sureness
    return (
        f'<div class="sl-answer sl-{kind.value}" role="status">{_drawing(setup.task, setup.classifier.card, best)}'
        f"<div>{name_html(setup.task, part, is_guess)}</div></div>"
    )


def name_html(task: TaskSpec, part: Answer, is_guess: bool) -> str:
    """The name with what else it is called, and how sure the model is of it."""
    best = part.prediction.best
    lead = words.guess_lead(task.noun) if is_guess else words.lead(part.sureness, task.noun)
    return (
        f'<p class="sl-lead">{escape(lead)}</p><p class="sl-name">{escape(words.heading(best.label))}</p>'
        f"{also_html(task, best.label)}{badge_html(part, is_guess)}"
    )


def also_html(task: TaskSpec, label: str) -> str:
    """What else a class is called; nothing where it has no other name."""
    other = task.other_names.get(label)
    return "" if other is None else f'<p class="sl-also">also called {escape(other)}</p>'


def badge_html(part: Answer, is_guess: bool) -> str:
    """How sure the model is, in words and in percent."""
    said = words.certainty(part.sureness, part.prediction.best.probability, is_guess)
    return f'<p class="sl-badge">{said}</p>'


def bars_html(task: TaskSpec, scores: tuple[ClassScore, ...], card: ModelCard) -> str:
    """A bar for each of the best classes."""
    rows = "".join(
        f'<div class="sl-row">{_drawing(task, card, score)}<div class="sl-grow">'
        f'<div class="sl-row-text"><span>{escape(words.heading(score.label))}</span>'
        f"<span>{words.percent(score.probability)}</span></div>"
        f'<div class="sl-track"><div style="width:{score.probability:.2%}"></div></div></div></div>'
        for score in scores
    )
    return f'<div class="sl-bars">{rows}</div>'


def _drawing(task: TaskSpec, card: ModelCard, score: ClassScore) -> str:
    uri = thumbnails.drawing_uri(task, card.class_keys[score.index])
    return "" if uri is None else f'<img src="{uri}" alt="Drawing: {escape(score.label)}">'


def _advice(task: TaskSpec, found: Found) -> str:
    if found is Found.DRAWN:
        return f"Draw the box closer around the {task.noun}, or take a photo from nearer by."
    if found is Found.DETECTED:
        return f"If the box misses the {task.noun}, draw one yourself. Else try a photo from nearer by."
    return f"Drag a box around the {task.noun} in the photo, or take a photo from nearer by."


def _looked_at_html(setup: Setup, answer: PhotoAnswer) -> str:
    card = setup.classifier.card
    whole = "the middle of the photo" if card.resize == "center_crop" else "the whole photo"
    part = {Found.DRAWN: "your box", Found.DETECTED: f"the {setup.task.noun} that was found"}.get(answer.found, whole)
    uri = thumbnails.data_uri(answer.parts[0].looked_at_jpeg)
    return (
        f'<div class="sl-looked"><img src="{uri}" alt="What the model looked at"><p>This is what the model looked at: '
        f"{part}. It took {answer.total_ms:.0f} ms.</p></div>"
    )
