"""A new run in three steps: which photos, how to train, start."""

from pathlib import Path

import streamlit as st

from pages.parts import loaders, thumbnails
from pages.parts.training import check_view, dataset_choice, dataset_counts, dataset_view, settings_form, start_view
from vision.errors import VisionError


def show() -> None:
    """Draws the steps; a later one appears once the one before is done."""
    st.html(Path(__file__).with_name("new_run.css"))
    _heading(1, "Your photos")
    place = dataset_choice.choose()
    if place is None:
        return
    prefix = f"training_set_{place.name}"
    try:
        counted = dataset_counts.count(place)
    except VisionError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        return
    task = dataset_counts.guessed_task(counted, loaders.known_tasks())
    dataset_view.show(counted, task, prefix)
    check = check_view.show(counted, task, prefix)
    _heading(2, "How to train")
    config = settings_form.ask_settings(counted, prefix)
    _heading(3, "Start")
    if config is not None:
        start_view.show(counted, config, check, prefix)


def _heading(number: int, text: str) -> None:
    st.html(f'<h2 class="sl-step"><span>{number}</span>{text}</h2>')
