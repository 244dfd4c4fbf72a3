"""How many photos of which class a data set has, by its list of files: no photo is opened."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.parts import loaders
from vision.datasets.class_folders import read_class_folders
from vision.datasets.dataset_places import DatasetPlace
from vision.names import as_text
from vision.tasks import TaskSpec, custom_task
from vision.training.suggestions import guess_task

Stamp = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Counted:
    """A data set, counted.

    Attributes:
        photos: training photos by class key, in class order.
        test_photos: how many there are to test with; 0 where the data set brings none.
    """

    place: DatasetPlace
    photos: dict[str, int]
    test_photos: int

    @property
    def total(self) -> int:
        return sum(self.photos.values())


def count(place: DatasetPlace) -> Counted:
    """Counts a data set's photos.

    Raises:
        DatasetError: it holds no photos in class folders.
    """
    photos = _count_folder(place.train, stamp_of(place.train))
    tests = {} if place.test is None else _count_folder(place.test, stamp_of(place.test))
    return Counted(place, photos, sum(tests.values()))


def stamp_of(root: Path) -> Stamp:
    """Changes whenever a file comes or goes in the class folders below `root`."""
    try:
        with os.scandir(root) as entries:
            return tuple(sorted((as_text(entry.name), entry.stat().st_mtime_ns) for entry in entries))
    except OSError:
        return ()


@st.cache_data(max_entries=16, show_spinner="Counting the photos ...")
def _count_folder(root: Path, stamp: Stamp) -> dict[str, int]:
    folders = read_class_folders(root)
    counts = Counter(folders.labels)
    return {key: counts[label] for label, key in enumerate(folders.class_keys)}


def guessed_task(counted: Counted, tasks: list[TaskSpec]) -> TaskSpec | None:
    """The task to which the photos seem to belong, by the names of their classes."""
    models = {
        task.name: [key for model in loaders.installed_models(task) if model.card for key in model.card.class_keys]
        for task in tasks
    }
    return guess_task(list(counted.photos), tasks, models)


def class_name(task: TaskSpec | None, class_key: str) -> str:
    """A class in plain words, before anybody has said what it is photos of."""
    return (task or custom_task("photos", "Photos", "photo")).label_of(class_key)
