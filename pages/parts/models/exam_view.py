"""A model on a folder of somebody's own photos: how far it is, and what came of it."""

import streamlit as st

from pages.parts import thumbnails
from pages.parts.models import exam_place, exam_result, exam_start
from pages.parts.models.choice import Chosen
from pages.parts.words import heading
from vision.errors import VisionError
from vision.exam.folder import AT_WORK, ExamFolder
from vision.exam.result import read_result
from vision.exam.shelf import find_exam, forget_old
from vision.jobs import FAILED, FINISHED, INTERRUPTED, STOPPED, JobStatus
from vision.results.words import duration

POLL_S = 0.7
ENDED = {
    STOPPED: "This was cancelled, and the photos are deleted.",
    INTERRUPTED: "This was cut off: its process ended without a word.",
}


def show(chosen: Chosen | None) -> None:
    """Draws the exam that is open, else how to begin one."""
    forget_old()
    name = exam_place.name()
    exam = None if name is None else find_exam(name)
    if name is not None and exam is None:
        exam_place.close()
        st.info(
            "What came of these photos is no longer here: it is kept for a day, or until it is deleted.",
            icon=":material/info:",
        )
    if exam is None:
        if chosen is not None:
            exam_start.show(chosen)
        return
    _show_exam(exam)


def _show_exam(exam: ExamFolder) -> None:
    try:
        request = exam.request()
    except VisionError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        _show_ways_out(exam, brought=True)
        return
    st.caption(
        f"{thumbnails.plain(request.photos_name)}, measured with {thumbnails.plain(request.model_dir.name)} as "
        f"{request.model_format}"
    )
    status = exam.look()
    if status.state in AT_WORK:
        st.fragment(_show_progress, run_every=POLL_S)(exam)
        st.caption("You can close this page; its address brings you back.")
        return
    if status.state == FINISHED:
        try:
            exam_result.show(read_result(exam.result_path))
        except VisionError as error:
            st.error(thumbnails.plain(str(error)), icon=":material/error:")
    else:
        _show_ended(exam, status)
    _show_ways_out(exam, brought=request.photos_dir is None)


def _show_progress(exam: ExamFolder) -> None:
    status = exam.look()
    if status.state not in AT_WORK:
        st.rerun()
    left = "" if status.seconds_left is None else f", {duration(status.seconds_left)} left"
    bar, button = st.columns([4, 1], vertical_alignment="center")
    bar.progress(status.progress, f"{heading(thumbnails.plain(status.message))}{left}")
    button.button(
        "Cancel",
        key="models_exam_cancel",
        on_click=exam.ask_to_stop,
        disabled=exam.is_asked_to_stop(),
        width="stretch",
    )


def _show_ended(exam: ExamFolder, status: JobStatus) -> None:
    said = thumbnails.plain(status.message) if status.state == FAILED else ENDED[status.state]
    st.warning(said, icon=":material/error:")
    if exam.can_begin_again and status.state != FAILED:
        st.button("Begin again", icon=":material/refresh:", key="models_exam_again", on_click=exam.start)


def _show_ways_out(exam: ExamFolder, brought: bool) -> None:
    with st.container(horizontal=True, key="models_exam_ways_out"):
        st.button("Other photos", icon=":material/upload:", key="models_exam_other", on_click=exam_place.close)
        st.button(
            "Delete this result", icon=":material/delete:", key="models_exam_delete", on_click=_delete, args=(exam,)
        )
    st.caption(
        f"{'Your photos are deleted already. ' if brought and not exam.can_begin_again else ''}This result, with the "
        "small pictures in it, stays for a day, for whoever has the address of this page, or until you delete it."
    )


def _delete(exam: ExamFolder) -> None:
    exam.delete()
    exam_place.close()
