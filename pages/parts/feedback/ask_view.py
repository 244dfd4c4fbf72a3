"""Below an answer: is it right? And if it is not, what is it?"""

import streamlit as st

from pages.parts import words
from pages.parts.feedback import said, switch
from pages.parts.feedback.question import Question
from pages.parts.feedback.said import Said
from vision.feedback.judgement import SOMETHING_ELSE
from vision.tasks import TaskSpec

ELSE = ""  # no class has an empty key
CONSENT = "Also give the photo, so that the model can learn from it"


def show(question: Question) -> None:
    """Draws the question, or thanks and the way to take it back; nothing where the operator keeps no feedback."""
    if switch.is_on():
        _ask(question)


@st.fragment  # a tap draws this row anew, and nothing else of the page
def _ask(question: Question) -> None:
    spoken = said.of(question)
    with st.container(key=f"feedback_{question.key}", gap="small"):
        if spoken is None:
            _ask_whether_right(question)
        else:
            _thank(question, spoken)
        problem = said.problem_with(question)
        if problem is not None:
            st.warning(problem, icon=":material/error:")


def _ask_whether_right(question: Question) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.caption("Is that so?", width="content")
        for label, icon, is_right in (("Right", "thumb_up", True), ("Wrong, it is …", "thumb_down", False)):
            st.button(
                label,
                icon=f":material/{icon}:",
                type="tertiary",
                key=f"feedback_{'right' if is_right else 'wrong'}_{question.key}",
                on_click=said.judge,
                args=(question, is_right),
            )


def _thank(question: Question, spoken: Said) -> None:
    judgement = spoken.judgement
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        spoken_of = "right" if judgement.is_right else "wrong"
        st.caption(f":material/check: Thank you! You said it is {spoken_of}.", width="content")
        st.button(
            "Undo",
            icon=":material/undo:",
            type="tertiary",
            key=f"feedback_undo_{judgement.id}",
            on_click=said.undo,
            args=(question,),
        )
    if not judgement.is_right:
        _ask_what_it_is(question, spoken)
    if not judgement.is_example:
        _ask_for_photo(question, spoken)


def _ask_what_it_is(question: Question, spoken: Said) -> None:
    task, others = question.setup.task, question.others()
    key = f"feedback_truth_{spoken.judgement.id}"

    if spoken.judgement.correction is not None:  # after a visit to another page, which widgets forget
        st.session_state.setdefault(key, spoken.judgement.correction_key or ELSE)

    def take() -> None:
        chosen = st.session_state[key]
        if chosen == ELSE:
            said.correct(question, None, SOMETHING_ELSE)
        else:  # nothing is chosen any more, if the choice was cleared
            said.correct(question, chosen, others.get(chosen))

    st.selectbox(
        "It is …",
        [ELSE, *others],
        index=None,
        format_func=lambda each: _in_words(task, others.get(each)),
        placeholder="Type or choose what it is",
        key=key,
        on_change=take,
        filter_mode="contains",
    )


def _ask_for_photo(question: Question, spoken: Said) -> None:
    noun = question.setup.task.noun
    key = f"feedback_photo_{spoken.judgement.id}"
    is_ticked = st.session_state.setdefault(key, spoken.has_photo)
    if is_ticked != spoken.has_photo:  # not in a callback: reading the photo again may show a place in line
        st.session_state[key] = said.give_photo(question, is_ticked)
    st.checkbox(CONSENT, key=key)
    part = "The photo" if question.part.prediction.box is None else f"The part with this {noun}"
    st.caption(
        f"{part} is then kept on this server, made smaller, without its name, place or date. Those who may train "
        "here see it and can use it. Untick to have it deleted."
    )


def _in_words(task: TaskSpec, label: str | None) -> str:
    if label is None:
        return f"{words.heading(SOMETHING_ELSE)}, or no {task.noun} at all"
    other = task.other_names.get(label)
    return words.heading(label) if other is None else f"{words.heading(label)} ({other})"
