"""The demo page of a task: a photo goes in, an answer comes out."""

import streamlit as st

from pages.parts import (
    compare_view,
    copy_link,
    finder_choice,
    line,
    many_view,
    one_view,
    photo_input,
    setup_choice,
    style,
    view_link,
)
from pages.parts.feedback import switch
from pages.parts.photos import desk_of
from pages.parts.setup import Setup
from vision.tasks import TaskSpec


def show(task: TaskSpec) -> None:
    """Draws the whole page."""
    style.apply()
    st.title(task.question, anchor=False)
    st.write(task.promise)
    problem_area = st.container()
    body = st.container()
    link = view_link.of_this_run()
    chosen = setup_choice.choose(task, link)
    link_area = st.container()
    st.caption(
        "Photos are classified on this server, kept in memory while you look at them, and never stored"
        f"{switch.exception()}."
    )
    if chosen is None:
        return
    classifier, settings = chosen
    with body:
        photo_input.ask_for_photos(task)
        desk = desk_of(task)
        crop_first, compare = False, False
        if task.finder is not None:
            with st.container(key=f"{task.name}_switches", horizontal=True):
                crop_first = finder_choice.ask_crop_first(task, settings.finder, desk, link)
                compare = len(desk.photos) == 1 and compare_view.ask(task, settings.finder, link)
        setup = Setup(task, classifier, settings.finder, crop_first, settings.margin)
        with line.shown_here(task):
            if len(desk.photos) > 1:
                many_view.show(setup, desk, link)
            elif desk.photos:
                one_view.show(setup, desk, desk.photos[0], compare)
    finder_choice.show_timing(settings, desk)
    with link_area:
        copy_link.show(task, link.write())
    problem = link.take_problem()
    if problem is not None:
        problem_area.warning(problem, icon=":material/link_off:")
