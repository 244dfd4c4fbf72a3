"""The photo with the boxes and the names drawn into it, to take home."""

import streamlit as st

from pages.parts import words
from pages.parts.results import PhotoAnswer, View
from pages.parts.setup import Setup
from vision import drawing, images


def offer(setup: Setup, view: View, answer: PhotoAnswer) -> None:
    """Draws the button; the picture is made when it is pressed."""
    st.download_button(
        "Save the photo with its boxes",
        lambda: with_boxes(view, answer),
        file_name=f"{setup.task.name}.jpg",
        mime="image/jpeg",
        icon=":material/download:",
        key=f"{setup.task.name}_save",
        on_click="ignore",
    )


def with_boxes(view: View, answer: PhotoAnswer) -> bytes:
    """A JPEG file of the photo as the page shows it, with a numbered and named box for each part."""
    photo = images.decode(view.jpeg)
    height, width = photo.shape[:2]
    decoded_height, decoded_width = answer.decoded_hw
    found = [(part.prediction.box, part.prediction.best.label) for part in answer.parts]
    boxes = [box.scaled(width / decoded_width, height / decoded_height) for box, _ in found if box is not None]
    colours = [drawing.colour_at(position) for position in range(len(boxes))]
    names = [words.heading(label) for box, label in found if box is not None]
    return images.encode_jpeg(drawing.draw_boxes(photo, boxes, colours, names))
