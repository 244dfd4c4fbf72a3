"""The models page: formats and networks side by side, one photo through all formats, a whole folder through one."""

from pathlib import Path

import streamlit as st

from pages.parts import icon_choice, style
from pages.parts.models import choice, exam_place, exam_view, formats_view, networks_view, photo_view

FORMATS, PHOTO, EXAM = "Formats", "One photo", "Many photos"
ICONS = {FORMATS: ":material/phone_android:", PHOTO: ":material/image:", EXAM: ":material/rule_folder:"}
PART_KEY = "models_part"


def show() -> None:
    """Draws the whole page."""
    style.apply()
    st.html(Path(__file__).with_name("models.css"))
    st.title("Small enough for a phone", anchor=False)
    st.write(
        "Each model comes in several formats: the same network, with its numbers stored more or less finely. Here you "
        "see what that costs, take a model home for an app of your own, and put it to the test with photos of yours."
    )
    exam_place.take_from_address()
    chosen = choice.choose()
    if PART_KEY not in st.session_state:
        st.session_state[PART_KEY] = EXAM if exam_place.name() else FORMATS
    part = icon_choice.choose("Part of this page", ICONS, PART_KEY, persists=True)
    if part == EXAM:
        exam_view.show(chosen)
    elif chosen is not None and part == PHOTO:
        photo_view.show(chosen)
    elif chosen is not None:
        formats_view.show(chosen)
        networks_view.show(chosen.task)
