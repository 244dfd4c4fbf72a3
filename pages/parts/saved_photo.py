"""An answer as a picture to keep or to send: the photo with its boxes, the names, and how sure the model is."""

from pathlib import Path

import streamlit as st

from pages.parts import words
from pages.parts.results import Answer, Found, PhotoAnswer, View
from pages.parts.setup import Setup
from vision import drawing, images, share_picture
from vision.lettering import Lettering
from vision.model_card import Sureness
from vision.share_picture import Caption
from vision.svg import render_svg

DRAWING_PX = 256
QUALITY = 92
NOTE = "Second Look: named by a small neural network, which can be wrong."
# As the page's badges have them.
COLOURS: dict[Sureness, drawing.Colour] = {
    Sureness.SURE: (26, 127, 55),
    Sureness.LIKELY: (154, 103, 0),
    Sureness.UNSURE: (93, 102, 112),
}
# The letters that Streamlit brings for the page.
FONTS = sorted((Path(st.__file__).parent / "static" / "static" / "media").glob("SourceSansVF-Upright*.woff2"))


def offer(setup: Setup, view: View, answer: PhotoAnswer) -> None:
    """Draws the button; the picture is made when it is pressed."""
    st.download_button(
        "Save as a picture",
        lambda: picture(setup, view, answer),
        file_name=f"{setup.task.name}.jpg",
        mime="image/jpeg",
        icon=":material/download:",
        key=f"{setup.task.name}_save",
        on_click="ignore",
        help="Your photo with the answer below it, to keep or to send. It says nothing of when or where it was taken.",
    )


def picture(setup: Setup, view: View, answer: PhotoAnswer) -> bytes:
    """A JPEG file without any metadata; `answer` has at least one part."""
    photo = images.decode(view.jpeg)
    height, width = photo.shape[:2]
    decoded_height, decoded_width = answer.decoded_hw
    boxes = [part.prediction.box for part in answer.parts]
    composed = share_picture.compose(
        photo,
        [box.scaled(width / decoded_width, height / decoded_height) for box in boxes if box is not None],
        [_caption(setup, part, answer.is_guess) for part in answer.parts],
        _heading(setup, answer),
        NOTE,
        Lettering(FONTS),
    )
    return images.encode_jpeg(composed, QUALITY)


def _caption(setup: Setup, part: Answer, is_guess: bool) -> Caption:
    best = part.prediction.best
    return Caption(
        words.heading(best.label),
        words.certainty(part.sureness, best.probability, is_guess),
        best.probability,
        COLOURS[Sureness.UNSURE if is_guess else part.sureness],
        _drawing(setup, best.index),
    )


def _heading(setup: Setup, answer: PhotoAnswer) -> str:
    noun = setup.task.noun
    if answer.is_guess:
        return words.guess_lead(noun)
    if answer.found is Found.DETECTED and len(answer.parts) > 1:
        return f"{words.counted(len(answer.parts), noun)} found"
    return words.lead(answer.parts[0].sureness, noun)


def _drawing(setup: Setup, index: int) -> share_picture.Pixels | None:
    folder, key = setup.task.drawings, setup.classifier.card.class_keys[index]
    if folder is None or not key.isdigit():
        return None
    try:
        return render_svg(folder / f"{int(key):02d}.svg", DRAWING_PX)
    except (OSError, ValueError):  # a picture without it is one still
        return None
