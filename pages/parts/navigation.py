"""The app's pages: those that come with it, and one for each task that published models bring."""

from functools import partial
from typing import Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.parts import brought_task, entry, loaders, training_switch
from vision.tasks import TASKS, TaskSpec

ICON = ":material/image_search:"
ICONS = {"traffic_signs": ":material/traffic:", "dog_breeds": ":material/pets:"}


def build_pages() -> list[StreamlitPage]:
    """All pages, the front page first; of tasks that are gone, only those that this visitor has open."""
    pages = [st.Page(entry.PAGES / "home.py", title="Second Look", icon=":material/home:", default=True)]
    tasks = loaders.known_tasks()
    pages += [page_of(task) for task in tasks]
    pages += [page_of_models(), page_of_training(), page_of_feedback()]
    names = {task.name for task in tasks}
    return pages + [_page_of_gone(task) for task in brought_task.opened() if task.name not in names]


def page_of(task: TaskSpec) -> StreamlitPage:
    """The page of a task."""
    if task.name in TASKS:
        return st.Page(entry.PAGES / f"{task.name}.py", title=task.title, icon=ICONS.get(task.name, ICON))
    return st.Page(partial(brought_task.show, task), title=task.title, icon=ICON, url_path=task.name)


def page_of_models() -> StreamlitPage:
    """The page on which models are compared, downloaded and put to the test."""
    return st.Page(entry.PAGES / "models.py", title="Models", icon=":material/phone_android:")


def page_of_training() -> StreamlitPage:
    """The page on which models are trained."""
    # Where it is not for this visitor the page is there still, and says so to whoever has a link to it.
    visible: Literal["visible", "hidden"] = "visible" if training_switch.is_on() else "hidden"
    return st.Page(entry.PAGES / "training.py", title="Training", icon=":material/model_training:", visibility=visible)


def page_of_feedback() -> StreamlitPage:
    """The page with what visitors said of the answers."""
    visible: Literal["visible", "hidden"] = "visible" if training_switch.is_operators() else "hidden"
    return st.Page(entry.PAGES / "feedback.py", title="Feedback", icon=":material/forum:", visibility=visible)


def _page_of_gone(task: TaskSpec) -> StreamlitPage:
    return st.Page(partial(brought_task.show_gone, task), title=task.title, url_path=task.name, visibility="hidden")
