"""The photo, in which a person frames what is to be looked at: with the mouse, a finger, or two taps.

A component of our own, as those at hand draw no box while the mouse moves, know no touch, or are cut off on a phone.
"""

import base64
import math

import streamlit as st

from pages.parts import tags
from pages.parts.component import component
from pages.parts.photos import Desk, Photo
from pages.parts.results import Found, PhotoAnswer, View
from pages.parts.setup import Setup
from vision import drawing
from vision.predictions import Box

TAGS_APART = 0.08  # as part of the photo: on a phone, a number is about that wide

_framing = component("framing")


def show(setup: Setup, desk: Desk, photo: Photo, view: View, answer: PhotoAnswer | None) -> None:
    """Draws the photo with the boxes found in it, or with the one drawn by hand; a new box is put on the desk."""
    box = desk.boxes.get(photo.digest)
    key = f"{setup.task.name}_framing_{photo.digest[:16]}"

    def take() -> None:
        drawn = read_box(st.session_state[key].get("box"))
        if drawn is not None:
            desk.boxes[photo.digest] = drawn

    _framing(
        key=key,
        data={
            "jpeg": base64.b64encode(view.jpeg).decode(),
            "box": None if box is None else list(box.xyxy),
            "found": found_boxes(answer),
            "noun": setup.task.noun,
        },
        on_box_change=take,
    )
    if box is not None:
        looks = setup.crop_first and setup.finder is not None
        st.button(
            f"Look for {setup.task.noun}s again" if looks else "Use the whole photo",
            icon=":material/undo:" if looks else ":material/fullscreen:",
            key=f"{setup.task.name}_whole_photo",
            on_click=desk.forget_box,
            args=(photo,),
        )


def found_boxes(answer: PhotoAnswer | None) -> list[dict[str, object]]:
    """What is drawn over the photo for each part that was found: its box in fractions, its number and its colours."""
    if answer is None or answer.found is not Found.DETECTED:
        return []
    height, width = answer.decoded_hw
    boxes = [part.prediction.box for part in answer.parts]
    in_fractions = [box.scaled(1 / width, 1 / height) for box in boxes if box is not None]
    corners = drawing.tag_corners(in_fractions, TAGS_APART)
    return [
        {
            "box": list(box.xyxy),
            "number": number,
            "corner": list(corner),
            "colour": tags.ground_of(number),
            "text": tags.text_of(number),
        }
        for number, (box, corner) in enumerate(zip(in_fractions, corners, strict=True), start=1)
    ]


def read_box(value: object) -> Box | None:
    """The box that a browser sent, in fractions of the photo; None where it is none."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    if not all(isinstance(part, int | float) and math.isfinite(part) for part in value):
        return None
    box = Box(*(float(part) for part in value)).clipped((1, 1))
    return box if box.width > 0 and box.height > 0 else None
