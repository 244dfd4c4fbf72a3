"""The photo, in which a person frames what is to be looked at: with the mouse, a finger, or two taps.

A component of our own, as those at hand draw no box while the mouse moves, know no touch, or are cut off on a phone.
"""

import base64
import math
from pathlib import Path

import streamlit as st

from pages.parts.answers import View
from pages.parts.photos import Desk, Photo
from vision.predictions import Box
from vision.tasks import TaskSpec

HERE = Path(__file__).parent

_framing = st.components.v2.component(
    "second_look_framing",
    html=(HERE / "framing.html").read_text(encoding="utf-8"),
    css=(HERE / "framing.css").read_text(encoding="utf-8"),
    js=(HERE / "framing.js").read_text(encoding="utf-8"),
)


def show(task: TaskSpec, desk: Desk, photo: Photo, view: View) -> None:
    """Draws the photo with its box; a new box is put on the desk."""
    box = desk.boxes.get(photo.digest)
    key = f"{task.name}_framing_{photo.digest[:16]}"

    def take() -> None:
        drawn = read_box(st.session_state[key].get("box"))
        if drawn is not None:
            desk.boxes[photo.digest] = drawn

    _framing(
        key=key,
        data={
            "jpeg": base64.b64encode(view.jpeg).decode(),
            "box": None if box is None else list(box.xyxy),
            "noun": task.noun,
        },
        on_box_change=take,
    )
    if box is not None:
        st.button(
            "Use the whole photo",
            icon=":material/fullscreen:",
            key=f"{task.name}_whole_photo",
            on_click=desk.forget_box,
            args=(photo,),
        )


def read_box(value: object) -> Box | None:
    """The box that a browser sent, in fractions of the photo; None where it is none."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    if not all(isinstance(part, int | float) and math.isfinite(part) for part in value):
        return None
    box = Box(*(float(part) for part in value)).clipped((1, 1))
    return box if box.width > 0 and box.height > 0 else None
