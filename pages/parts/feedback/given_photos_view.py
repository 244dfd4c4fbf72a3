"""The photos that people gave, a page at a time, and the way to delete one."""

from collections.abc import Callable

import streamlit as st

from pages.parts import delete_button, thumbnails, words
from pages.parts.thumbnails import escape
from vision import images
from vision.errors import VisionError
from vision.feedback.figures import count_photos
from vision.feedback.judgement import Judgement
from vision.feedback.store import MOST_PHOTO_BYTES, FeedbackStore
from vision.results.words import counted, megabytes

A_PAGE = 24
SIZE_PX = 240
KINDS: dict[str, bool | None] = {"All": None, "Said to be right": True, "Said to be wrong": False}
KIND_KEY, PAGE_KEY, PROBLEM_KEY = "feedback_kind", "feedback_page", "feedback_delete_problem"


def show(store: FeedbackStore, task_name: str) -> None:
    """Draws the newest photos, and the ways to older ones."""
    st.subheader("Photos that people gave", anchor=False)
    count = count_photos(store, task_name)
    if not count.total:
        st.caption("Nobody has given a photo yet. Visitors are asked for it, and it stays out unless they tick it.")
        return
    st.caption(
        f"{counted(count.total, 'photo')}, {megabytes(count.size_bytes)} of the {megabytes(MOST_PHOTO_BYTES)} that "
        "are kept at most. People may give anything: look before you train on it, and delete what does not belong."
    )
    page_key = f"{PAGE_KEY}_{task_name}"
    kind = st.segmented_control(
        "Which photos",
        list(KINDS),
        default="All",
        required=True,
        key=KIND_KEY,
        label_visibility="collapsed",
        on_change=lambda: st.session_state.pop(page_key, None),
    )
    problem = st.session_state.pop(PROBLEM_KEY, None)
    if problem is not None:
        st.error(thumbnails.plain(problem), icon=":material/error:")
    page = st.session_state.get(page_key, 0)
    found = store.with_photos(task_name, page * A_PAGE, A_PAGE + 1, KINDS[kind])
    with st.container(key="sl_given_photos"):
        for judgement in found[:A_PAGE]:
            with st.container(gap="xsmall"):
                st.html(photo_html(judgement, store.photo(judgement.id)))
                _offer_delete(store, judgement)
    _offer_delete_all(store, found[:A_PAGE])
    _turn_pages(page_key, page, is_more=len(found) > A_PAGE)


def photo_html(judgement: Judgement, jpeg: bytes | None) -> str:
    """The photo, and below it what the model said of it and what its giver said."""
    answer = f"{words.heading(judgement.answer)}, {words.percent(judgement.probability)}"
    if judgement.is_right:
        verdict = "right"
    elif judgement.truth is None:
        verdict = "wrong"
    else:
        verdict = f"no, {words.heading(judgement.truth) if judgement.true_key else judgement.truth}"
    return (
        f'<figure class="sl-given sl-given-{"right" if judgement.is_right else "wrong"}">{_picture(jpeg)}<figcaption>'
        f"<p>Model: <bdi>{escape(answer)}</bdi></p><p><strong>Visitor: <bdi>{escape(verdict)}</bdi></strong></p>"
        f"<p>{judgement.said_at:%d %B %Y}</p></figcaption></figure>"
    )


def _picture(jpeg: bytes | None) -> str:
    try:
        if jpeg is not None:
            small = thumbnails.view_jpeg(images.decode(jpeg, min_side=SIZE_PX), SIZE_PX)
            return f'<img src="{thumbnails.data_uri(small)}" alt="Photo that was given">'
    except VisionError:
        return '<div class="sl-given-gone">cannot be read</div>'
    return '<div class="sl-given-gone">taken back</div>'


def _offer_delete(store: FeedbackStore, judgement: Judgement) -> None:
    with st.popover("Delete", icon=":material/delete:", type="tertiary", key=f"feedback_delete_{judgement.id}"):
        for label, work in (("The photo alone", store.take_photo_back), ("What was said, too", store.take_back)):
            st.button(
                label,
                key=f"feedback_delete_{work.__name__}_{judgement.id}",
                on_click=_delete,
                args=(work, judgement.id),
                width="stretch",
            )


def _offer_delete_all(store: FeedbackStore, judgements: list[Judgement]) -> None:
    """Against a flood of rubbish, which one by one would take all day."""
    if len(judgements) < 2:
        return

    def delete_all() -> None:
        for judgement in judgements:
            _delete(store.take_back, judgement.id)

    delete_button.show(
        "Delete all of these",
        f"Delete these {len(judgements)} photos and what was said of them? They cannot be brought back.",
        "feedback_delete_all",
        delete_all,
        sure="Delete them",
        icon=":material/delete_sweep:",
        type="tertiary",
    )


def _delete(work: Callable[[str], None], judgement_id: str) -> None:
    try:
        work(judgement_id)
    except VisionError as error:
        st.session_state[PROBLEM_KEY] = str(error)


def _turn_pages(page_key: str, page: int, is_more: bool) -> None:
    if not page and not is_more:
        return
    with st.container(horizontal=True):
        for label, step, is_there in (("Newer", -1, page > 0), ("Older", 1, is_more)):
            st.button(
                label,
                key=f"feedback_{label.lower()}",
                disabled=not is_there,
                on_click=st.session_state.update,
                args=({page_key: page + step},),
            )
