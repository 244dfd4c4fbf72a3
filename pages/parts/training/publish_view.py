"""Publishing a run's model: selectable, or the one that answers; and taking that back."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.parts import thumbnails
from pages.parts.training import beside_view, notices, page_links, published, titles
from pages.parts.training.published import Standing
from vision import model_store, publishing
from vision.errors import VisionError
from vision.tasks import TASKS, TaskSpec
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder


def show(run: RunFolder, config: TrainingConfig) -> None:
    """Draws how the model stands, what can be done about it, and the model that visitors have now."""
    task = titles.task_of(config)
    if task is None:
        st.error(f"The run's task '{thumbnails.plain(config.task)}' is not described; it cannot have a page.")
        return
    try:
        standing = published.standing(run, task)
    except VisionError as error:
        st.error(thumbnails.plain(str(error)), icon=":material/error:")
        return
    st.markdown(f"**{_in_a_sentence(task, standing)}**")
    _show_buttons(run, task, standing)
    if standing.is_published:
        page_links.show(task)
    beside_view.show(standing)


def _in_a_sentence(task: TaskSpec, standing: Standing) -> str:
    page = thumbnails.plain(task.title)
    if standing.is_default:
        return f"Published: this model answers on the page “{page}”."
    if standing.is_published:
        return f"Published: on the page “{page}” it can be chosen under Advanced."
    if standing.twin is not None:
        return f"Another model of this name is published on the page “{page}”. Publishing this one replaces it."
    if task.name not in TASKS and standing.default is None:
        return f"Not published yet. Once it is, a page of its own, “{page}”, is in the navigation above."
    return f"Not published yet: nobody can use it on the page “{page}”."


def _show_buttons(run: RunFolder, task: TaskSpec, standing: Standing) -> None:
    root, name = model_store.MODELS_DIR, standing.card.name
    page = thumbnails.plain(task.title)
    with st.container(horizontal=True, key="training_publish_buttons"):
        if not standing.is_published:
            _button("Publish", "publish", partial(publishing.publish, run.model_dir, False, root), "Published.")
        if not standing.is_default and standing.default is not None:
            action = partial(publishing.publish, run.model_dir, True, root)
            label = "Make it the default" if standing.is_published else "Publish as default"
            _button(label, "default", action, "Published as the default.")
        if standing.is_published:
            done = "Unpublished: visitors no longer have it. Nothing is lost; publish it again whenever you like."
            _button("Unpublish", "unpublish", partial(publishing.unpublish, task.name, name, root), done)
        earlier = publishing.earlier_default(task.name, root)
        if earlier is not None:
            done = f"Rolled back: {thumbnails.plain(earlier)} answers on the page “{page}” again."
            label = f"Roll back to {thumbnails.plain(earlier)}"
            _button(label, "roll_back", partial(publishing.roll_back, task.name, root), done)


BUTTONS = {
    "publish": (":material/publish:", "Visitors can choose it under Advanced; the model that answers stays."),
    "default": (":material/star:", "It answers from now on, for every visitor who chooses no other."),
    "unpublish": (":material/unpublished:", "Takes it out of the page; it is kept in the run."),
    "roll_back": (":material/undo:", "Makes the model that answered before the current one answer again."),
}


def _button(label: str, name: str, action: Callable[[], object], done: str) -> None:
    icon, explanation = BUTTONS[name]
    st.button(
        label,
        icon=icon,
        help=explanation,
        type="primary" if name == "publish" else "secondary",
        key=f"training_{name}",
        on_click=notices.attempt,
        args=(action, done),
    )
