"""The way from a model to the page on which visitors use it."""

import streamlit as st

from pages.parts import navigation, thumbnails
from vision.tasks import TaskSpec


def show(task: TaskSpec) -> None:
    """Draws a link to the page of a task."""
    label = f"Open the page “{thumbnails.plain(task.title)}”"
    st.page_link(navigation.page_of(task), label=label, icon=":material/arrow_forward:")
