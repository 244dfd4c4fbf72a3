"""What the photos are of: a task that is there, or a new one that gets a page of its own."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts import loaders, thumbnails
from pages.parts.training.dataset_counts import Counted, guessed_task
from pages.parts.words import heading
from vision.errors import SettingsError
from vision.tasks import MOST_NOUN, MOST_TITLE, TASKS, TaskSpec, custom_task

NEW = ""  # no task is called so


@dataclass(frozen=True)
class ChosenTask:
    """The task, and what `TrainingConfig.new_task` takes; None for a task that comes with the app."""

    spec: TaskSpec
    new_task: dict[str, Any] | None


def ask_task(counted: Counted, prefix: str) -> ChosenTask | None:
    """Draws the choice; None, and a sentence, while a new task has no usable name."""
    tasks = {task.name: task for task in loaders.known_tasks()}
    guess = guessed_task(counted, list(tasks.values()))
    options = [*tasks, NEW]
    name = st.selectbox(
        "What are these photos of?",
        options,
        index=options.index(guess.name if guess else NEW),
        format_func=lambda option: tasks[option].title if option in tasks else "Something new",
        key=f"{prefix}_task",
        persist_state="session",
    )
    if name in tasks:
        return ChosenTask(tasks[name], None if name in TASKS else description_of(tasks[name]))
    return _ask_new(counted, prefix)


def description_of(task: TaskSpec) -> dict[str, Any]:
    """The arguments of `custom_task` besides the name."""
    return {"title": task.title, "noun": task.noun, "mirror_safe": task.mirror_safe}


def _ask_new(counted: Counted, prefix: str) -> ChosenTask | None:
    title_key, noun_key = f"{prefix}_title", f"{prefix}_noun"
    usual = _title_of(counted.place.train)
    left, right = st.columns(2)
    with left:
        title = st.text_input(
            "Its name",
            value=usual,
            max_chars=MOST_TITLE,
            key=title_key,
            persist_state="session",
            on_change=_follow,
            args=(title_key, noun_key, st.session_state.get(title_key, usual)),
            help="Heading of its page in this app, such as “Mushrooms”.",
        ).strip()
    with right:
        noun = st.text_input(
            "One photo shows a ...",
            value=_noun_of(title),
            max_chars=MOST_NOUN,
            key=noun_key,
            persist_state="session",
            help="One of them, in small letters, such as “mushroom”.",
        ).strip()
    mirror_safe = st.toggle(
        "Mirrored, they still show the same",
        value=True,
        key=f"{prefix}_mirror",
        persist_state="session",
        help="True for animals and plants. Not for writing, for signs, or for left and right hands.",
    )
    if not (title and noun):
        st.warning("Say what it is, and what one photo shows: the app calls them so.", icon=":material/edit:")
        return None
    name = task_name(title)
    new_task: dict[str, Any] = {"title": title, "noun": noun, "mirror_safe": mirror_safe}
    try:
        return ChosenTask(custom_task(name, **new_task), new_task)
    except SettingsError as error:
        st.warning(thumbnails.plain(str(error)), icon=":material/edit:")
        return None


def _follow(title_key: str, noun_key: str, title_before: str) -> None:
    """Lets the noun follow a new title, unless it was written by hand."""
    if st.session_state[noun_key] == _noun_of(title_before):
        st.session_state[noun_key] = _noun_of(st.session_state[title_key])


def task_name(title: str) -> str:
    """A title as the address of a page: "Wild mushrooms" becomes "wild_mushrooms"; "" where nothing is left."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


def _title_of(train: Path) -> str:
    folder = train.parent if train.name == "train" else train
    return heading(re.sub(r"[-_]+", " ", folder.name).strip())[:MOST_TITLE]


def _noun_of(title: str) -> str:
    """A guess that is right for most, and easily corrected."""
    noun = title.lower()
    return (noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun)[:MOST_NOUN]
