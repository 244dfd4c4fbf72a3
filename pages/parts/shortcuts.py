"""Two shortcuts into the file uploader: pasting a photo, and a phone's own camera."""

from pathlib import Path

import streamlit as st

from vision.tasks import TaskSpec

HERE = Path(__file__).parent

# Both hand their file to the uploader on the page, so that its limits and its protection hold for them too.
_shortcuts = st.components.v2.component(
    "second_look_shortcuts",
    html=(HERE / "shortcuts.html").read_text(encoding="utf-8"),
    css=(HERE / "shortcuts.css").read_text(encoding="utf-8"),
    js=(HERE / "shortcuts.js").read_text(encoding="utf-8"),
)


def show(task: TaskSpec, uploader_key: str) -> None:
    """Draws a phone's camera button or, where there is a mouse, a word on pasting."""
    _shortcuts(key=f"{task.name}_shortcuts", data={"uploader": uploader_key})
