"""The way from a model to the page on which visitors use it."""

import streamlit as st

from pages.parts import thumbnails
from vision.tasks import TASKS, TaskSpec


def show(task: TaskSpec) -> None:
    """Draws a link to the page of a task."""
    label = f"Open the page “{thumbnails.plain(task.title)}”"
    if task.name in TASKS:
        st.page_link(f"pages/{task.name}.py", label=label, icon=":material/arrow_forward:")
    else:
        st.link_button(label, f"./{task.name}", icon=":material/arrow_forward:")
