"""Fixed parts of a data set for the benchmarks of training."""

import re
from pathlib import Path

import numpy as np
from PIL import Image

from vision import images
from vision.datasets.class_folders import read_class_folders
from vision.tasks import TASKS, TaskSpec


def guess_task(folder: Path) -> TaskSpec:
    """Traffic signs where the files are named as tracks of them, else dogs, whose photos are each on their own."""
    signs = TASKS["traffic_signs"]
    named = next(iter(read_class_folders(folder).files)).name
    return signs if re.match(signs.group_pattern or "", named) else TASKS["dog_breeds"]


def write_subset(source: Path, target: Path, per_class: int | None = None, count: int | None = None) -> Path:
    """Copies photos spread evenly over each class or over all, as PNG, which every reader of Keras takes."""
    folders = read_class_folders(source)
    labels = np.array(folders.labels)
    if per_class is None:
        parts = [(np.arange(len(labels)), count or len(labels))]
    else:
        parts = [(np.flatnonzero(labels == label), per_class) for label in range(len(folders.class_keys))]
    for rows, wanted in parts:
        for row in rows[np.linspace(0, len(rows) - 1, min(wanted, len(rows))).round().astype(int)]:
            file = folders.files[row]
            copy = target / file.parent.name / f"{file.stem}.png"
            copy.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(images.decode(file.read_bytes())).save(copy, compress_level=1)
    return target


def link_photos(source: Path, target: Path, count: int) -> Path:
    """A data set of `count` photos, each a link to one of `source`; where those do not suffice, they come again."""
    folders = read_class_folders(source)
    for number, place in enumerate(np.linspace(0, len(folders.files), count, endpoint=False).astype(int)):
        file = folders.files[place]
        link = target / file.parent.name / f"{file.stem}{number:06}{file.suffix}"  # still a frame of its track
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file.resolve())
    return target
