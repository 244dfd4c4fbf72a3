"""The page of a task that published models bring; it is there for as long as one of them is."""

import streamlit as st

from pages.parts import entry, style, words
from vision.tasks import TaskSpec

OPENED = "brought_tasks_opened"


def show(task: TaskSpec) -> None:
    """Draws the demo page."""
    st.session_state.setdefault(OPENED, {})[task.name] = task
    from pages.parts import demo  # only here: the front page comes sooner without it

    demo.show(task)


def opened() -> list[TaskSpec]:
    """The tasks of such pages that this visitor has opened."""
    return list(st.session_state.get(OPENED, {}).values())


def show_gone(task: TaskSpec) -> None:
    """Says what became of the page."""
    style.apply()
    st.title(task.title, anchor=False)
    st.info(
        f"There is no model for {words.inside(task.title)} here any more, so photos cannot be named. "
        "It was taken out of the app while you had this page open.",
        icon=":material/info:",
    )
    st.page_link(entry.PAGES / "home.py", label="To the front page", icon=":material/home:")
