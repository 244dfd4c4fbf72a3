"""The demo page of a task: a photo goes in, an answer comes out."""

import contextlib

import streamlit as st

from pages.parts import answers, framing, many_view, model_choice, photo_input, result_view, style
from pages.parts.photos import Desk, Photo, desk_of
from vision.classifier import Classifier
from vision.errors import VisionError
from vision.tasks import TaskSpec


def show(task: TaskSpec) -> None:
    """Draws the whole page."""
    style.apply()
    st.title(f"Which {task.noun} is this?", anchor=False)
    st.write(f"Show a photo of a {task.noun}: you get its name, and how sure the model is.")
    body = st.container()
    classifier = model_choice.choose_classifier(task)
    st.caption("Photos are classified on this server, kept in memory while you look at them, and never stored.")
    if classifier is None:
        return
    with body:
        photo_input.ask_for_photos(task)
        desk = desk_of(task)
        if len(desk.photos) > 1:
            many_view.show(task, desk, classifier, show_one)
        elif desk.photos:
            show_one(task, desk, desk.photos[0], classifier)


def show_one(task: TaskSpec, desk: Desk, photo: Photo, classifier: Classifier) -> None:
    """Draws a photo and its answer: beside each other where there is room, else the answer first."""
    with st.container(key=f"{task.name}_photo_and_answer"):
        answer_area = st.container(key=f"{task.name}_answer_area")
        photo_area = st.container(key=f"{task.name}_photo_area")
        more_area = st.container(key=f"{task.name}_more_area")
    try:
        found = answers.answer(desk, photo, classifier, task)
    except VisionError as error:
        answer_area.error(str(error), icon=":material/error:")
    else:
        framed = photo.digest in desk.boxes
        with answer_area:
            result_view.show_answer(task, found, classifier.card, framed)
        with more_area:
            result_view.show_more(task, found, classifier, framed)
    with photo_area, contextlib.suppress(VisionError):  # what is wrong with the photo is said already
        framing.show(task, desk, photo, answers.view(desk, photo))
