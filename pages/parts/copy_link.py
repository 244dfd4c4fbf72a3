"""A button that copies a link to the view on the screen: the page and its settings, never the photo."""

from pathlib import Path

import streamlit as st

from vision.tasks import TaskSpec

HERE = Path(__file__).parent

# The browser alone knows under which address visitors reach the page.
_copy_link = st.components.v2.component(
    "second_look_copy_link",
    html=(HERE / "copy_link.html").read_text(encoding="utf-8"),
    css=(HERE / "copy_link.css").read_text(encoding="utf-8"),
    js=(HERE / "copy_link.js").read_text(encoding="utf-8"),
)


def show(task: TaskSpec, query: str) -> None:
    """Draws the button; `query` is what stands behind the question mark."""
    _copy_link(key=f"{task.name}_copy_link", data={"query": query})
