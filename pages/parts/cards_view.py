"""Several answers for one photo: a numbered card for each part, in the colour of its box."""

import streamlit as st

from pages.parts import result_view, tags, thumbnails
from pages.parts.feedback import ask_view
from pages.parts.feedback.question import Question
from pages.parts.photos import Photo
from pages.parts.results import Answer, PhotoAnswer
from pages.parts.setup import Setup

SHOWN_FIRST = 12


def show(setup: Setup, photo: Photo, answer: PhotoAnswer) -> None:
    """Draws the cards, at first not more than `SHOWN_FIRST`."""
    count = len(answer.parts)
    all_key = f"{setup.task.name}_all_{photo.digest[:16]}"
    shown = count if st.session_state.get(all_key, False) else min(count, SHOWN_FIRST)
    with st.container(key=f"sl_parts_{min(count, 3)}_{setup.task.name}"):
        for number, part in enumerate(answer.parts[:shown], start=1):
            with st.container(gap="small"):
                st.html(f'<div role="status">{card_html(setup, part, number)}</div>')
                ask_view.show(Question(setup, photo, answer, part))
    if shown < count:
        st.button(
            f"Show all {count} {setup.task.noun}s",
            icon=":material/expand_more:",
            key=f"{setup.task.name}_show_all",
            on_click=lambda: st.session_state.update({all_key: True}),
            width="stretch",
        )


def card_html(setup: Setup, part: Answer, number: int | None, is_guess: bool = False) -> str:
    """What the model looked at, the name, how sure it is and the five best; with a number, in that number's colour."""
    tag, border, what = "", "", "The photo"
    if number is not None:
        tag, border = tags.tag_html(number), f' style="border-color:{tags.ground_of(number)}"'
        what = f"{setup.task.noun.capitalize()} {number}"
    picture = f'<img src="{thumbnails.data_uri(part.looked_at_jpeg)}" alt="{what}, as the model saw it">'
    kind = "unsure" if is_guess else part.sureness.value
    bars = result_view.bars_html(setup.task, part.prediction.top(result_view.BARS), setup.classifier.card)
    return (
        f'<div class="sl-part sl-{kind}"{border}><div class="sl-part-head">'
        f'<div class="sl-part-picture">{picture}{tag}</div>'
        f"<div>{result_view.name_html(setup.task, part, is_guess)}</div></div>{bars}</div>"
    )
