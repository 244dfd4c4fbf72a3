"""Models, opened once for all visitors and again as soon as a new one is published."""

from pathlib import Path

import streamlit as st

from vision import model_store
from vision.classifier import Classifier
from vision.detector import Detector
from vision.model_card import CARD_FILE
from vision.model_store import StoredModel
from vision.tasks import TaskSpec


def known_tasks() -> list[TaskSpec]:
    """The tasks that come with the app, then those that published models bring."""
    root = model_store.MODELS_DIR
    watched = [*sorted(root.glob(f"*/{model_store.DEFAULT_FILE}")), *sorted(root.glob(f"*/*/{CARD_FILE}"))]
    return _list_tasks(root, tuple((path, _changed_ns(path)) for path in watched))


def installed_models(task: TaskSpec) -> list[StoredModel]:
    """The models of a task, the default first; those with a problem are among them."""
    root = model_store.MODELS_DIR
    task_dir = root / task.name
    watched = [task_dir / model_store.DEFAULT_FILE, *sorted(task_dir.glob(f"*/{CARD_FILE}"))]
    found = _list_models(task.name, root, tuple((path, _changed_ns(path)) for path in watched))
    return sorted(found, key=lambda model: not model.is_default)


def load_classifier(model_dir: Path, model_format: str) -> Classifier:
    """The classifier of a model folder; all visitors share it.

    Raises:
        ModelError: the folder is incomplete, or the file is not the one on the card.
    """
    return _open_classifier(model_dir, model_format, _changed_ns(model_dir / CARD_FILE))


def load_detector(name: str) -> Detector:
    """The default one of the detectors below `models/NAME`; all visitors share it.

    Raises:
        ModelError: there is none, or its folder is incomplete, or the file is not the one on the card.
    """
    model_dir = model_store.find_model(name, model_store.MODELS_DIR)
    return _open_detector(model_dir, _changed_ns(model_dir / CARD_FILE))


# What is cached is keyed on when the cards were last written: hashing every model at each click would be slow.
@st.cache_data(max_entries=16, show_spinner=False)
def _list_models(task_name: str, root: Path, watched: tuple[tuple[Path, int], ...]) -> list[StoredModel]:
    return model_store.list_models(task_name, root=root)


@st.cache_data(max_entries=4, show_spinner=False)
def _list_tasks(root: Path, watched: tuple[tuple[Path, int], ...]) -> list[TaskSpec]:
    return model_store.list_tasks(root)


@st.cache_resource(max_entries=14, show_spinner="Opening the model ...")  # two models in all formats, and some more
def _open_classifier(model_dir: Path, model_format: str, card_changed_ns: int) -> Classifier:
    return Classifier.load(model_dir, model_format)


@st.cache_resource(max_entries=2, show_spinner="Opening the model ...")
def _open_detector(model_dir: Path, card_changed_ns: int) -> Detector:
    return Detector.load(model_dir)


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
