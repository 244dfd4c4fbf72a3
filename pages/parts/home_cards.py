"""What the front page shows."""

from pathlib import Path

import streamlit as st

from pages.parts import loaders, navigation, thumbnails, training_switch, words
from pages.parts.feedback import switch
from pages.parts.thumbnails import escape
from vision.model_card import ModelCard
from vision.tasks import TaskSpec

PICTURES = Path(__file__).parent
COLLAGE = ("14", "1", "12", "17", "31", "40")
KINDS = 8


def show_introduction() -> None:
    """Draws what this is."""
    st.title("Second Look", anchor=False)
    st.write(
        "Show a photo, and a small neural network tells you what is in it and how sure it is. "
        "Try it with a picture from your phone; nothing has to be installed, and you need to know nothing about it."
    )


def show_task(task: TaskSpec) -> None:
    """Draws the card that leads to a task's page."""
    card = _usable_card(task)
    with st.container(border=True, key=f"home_{task.name}", height="stretch"):
        st.html(f'<div class="sl-collage">{collage_html(task) or kinds_html(card)}</div>')
        st.subheader(task.question, anchor=False)
        said = how_good(task, card) if card else "The model is still missing here; the page says how to get one."
        st.html(f"<p>{escape(said)}</p>")
        st.page_link(
            navigation.page_of(task),
            label=f"Try it: {words.inside(task.title)}",
            icon=":material/arrow_forward:",
            width="stretch",
        )


def collage_html(task: TaskSpec) -> str:
    """Drawings of some classes; where a task has none, the picture that is there for it."""
    if task.drawings is None:
        uri = thumbnails.svg_uri(PICTURES / f"home_{task.name}.svg")
        return "" if uri is None else f'<img class="sl-wide" src="{uri}" alt="">'
    drawings = (thumbnails.drawing_uri(task, key) for key in COLLAGE)
    return "".join(f'<img src="{uri}" alt="">' for uri in drawings if uri is not None)


def kinds_html(card: ModelCard | None) -> str:
    """Names of some classes, for a task without a picture."""
    labels = card.labels[:KINDS] if card else ()
    return f'<div class="sl-kinds">{"".join(f"<span>{escape(words.heading(label))}</span>" for label in labels)}</div>'


def show_training() -> None:
    """Draws the way to models of one's own, where they can be trained."""
    if training_switch.is_on():
        st.page_link(
            navigation.page_of_training(),
            label="Train your own: turn a folder of photos into a model that names them",
            icon=":material/model_training:",
        )


def show_privacy() -> None:
    """Draws what happens to a visitor's photos."""
    st.caption(
        f"Your photos are classified on this server and never stored{switch.exception()}. "
        "They are gone when you close the page."
    )


def _usable_card(task: TaskSpec) -> ModelCard | None:
    cards = (model.card for model in loaders.installed_models(task) if model.problem is None)
    return next((card for card in cards if card is not None), None)


def how_good(task: TaskSpec, card: ModelCard) -> str:
    """What a model knows and how well, by its card."""
    known = f"It knows {len(card.labels)} kinds of {task.noun}"
    try:
        found = card.content["test"][card.default_format]
        photos, right = int(found["photos"]), float(found["top1"])
    except (KeyError, TypeError, ValueError):
        return f"{known}."
    named = f"{known}, and named {words.percent(right)} of {photos:,} test photos right"
    if task.tests_were_seen:
        return f"{named}. That flatters it: the network it was made from had seen these photos before."
    return f"{named} that it had never seen."
