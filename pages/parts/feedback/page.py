"""The operator's page: how often people say that a model is right, what it took for what, and the photos they gave."""

from pathlib import Path

import streamlit as st

from pages.parts import loaders, style, thumbnails
from pages.parts.feedback import given_photos_view, mix_ups_view, shares_view, take_home_view
from vision.errors import VisionError
from vision.feedback.place import VARIABLE, database_url
from vision.feedback.store import FeedbackStore, open_store
from vision.tasks import TaskSpec

TASK_KEY = "feedback_task"


def show() -> None:
    """Draws the whole page."""
    style.apply()
    st.html(Path(__file__).with_name("feedback.css"))
    st.title("What people say", anchor=False)
    st.write("Below each answer, visitors say whether it is right. Here is what came of it.")
    url = database_url()
    if url is None:
        st.info(f"Feedback is switched off on this server ({VARIABLE}=off).", icon=":material/info:")
        return
    try:
        _show_feedback(open_store(url))
    except VisionError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")


def _show_feedback(store: FeedbackStore) -> None:
    names = store.tasks()
    if not names:
        st.info(
            "Nobody has said anything yet. Show a photo on one of the pages, and tap *Right* or *Wrong* below the "
            "answer.",
            icon=":material/info:",
        )
        return
    known = {task.name: task for task in loaders.known_tasks()}
    name = _choose_task(names, known)
    task = known.get(name)
    shares_view.show(store, name, task)
    mix_ups_view.show(store, name, task)
    given_photos_view.show(store, name)
    take_home_view.show(store, name)


def _choose_task(names: list[str], known: dict[str, TaskSpec]) -> str:
    """Draws the choice of task, where there is one; its models may be gone meanwhile."""
    if len(names) == 1:
        return names[0]
    chosen: str = st.segmented_control(
        "Task",
        names,
        default=names[0],
        required=True,
        format_func=lambda name: thumbnails.plain(known[name].title if name in known else name),
        key=TASK_KEY,
        label_visibility="collapsed",
    )
    return chosen
