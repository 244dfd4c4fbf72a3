"""Which task, and which of its models."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.parts import loaders, thumbnails
from pages.parts.model_choice import usable_models
from vision import names
from vision.model_card import ModelCard
from vision.tasks import TaskSpec

TASK_KEY = "models_task"


@dataclass(frozen=True)
class Chosen:
    """The model that the page is about."""

    task: TaskSpec
    model_dir: Path
    card: ModelCard


def choose() -> Chosen | None:
    """Draws the choice; None, and a sentence, where the task has no model that can be used."""
    tasks = {task.name: task for task in loaders.known_tasks()}
    if st.session_state.get(TASK_KEY) not in tasks:
        st.session_state[TASK_KEY] = next(iter(tasks))
    if len(tasks) > 1:
        st.segmented_control(
            "What is in the photos?",
            list(tasks),
            required=True,
            format_func=lambda name: thumbnails.plain(tasks[name].title),
            key=TASK_KEY,
            persist_state="session",
            width="stretch",
        )
    task = tasks[st.session_state[TASK_KEY]]
    usable = usable_models(task)
    if not usable:
        return None
    name = next(iter(usable))
    if len(usable) > 1:
        name = st.selectbox(
            "Model",
            list(usable),
            format_func=names.told_apart(usable).__getitem__,
            key=f"models_model_{task.name}",
            persist_state="session",
        )
    return Chosen(task, *usable[name])
