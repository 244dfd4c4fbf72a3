"""Training photos for export: to calibrate on, and to train the rounded twin with; only those needed are decoded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vision.datasets.class_folders import read_class_folders
from vision.datasets.pixels import load_pixels
from vision.datasets.split import split_by_group
from vision.errors import DatasetError
from vision.model_card import ModelCard
from vision.tasks import TASKS

VALIDATION_FRACTION = 0.1  # where a card does not say

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class PhotoFiles:
    """The files of a model's training photos.

    Attributes:
        paths: the photos; labels: int64, the card's class of each.
        training_rows, validation_rows: int64 indices, split as the training run split them.
    """

    paths: tuple[Path, ...]
    labels: np.ndarray
    training_rows: np.ndarray
    validation_rows: np.ndarray


def find_photos(data: Path, card: ModelCard) -> PhotoFiles:
    """Lists the photos that a model was trained on, split as they were then.

    Raises:
        DatasetError: no photos, or a folder that is none of the model's classes.
    """
    folders = read_class_folders(data)
    unknown = [key for key in folders.class_keys if key not in card.class_keys]
    if unknown:
        raise DatasetError(
            f"'{data}' has folders that are no classes of '{card.name}': {', '.join(unknown[:5])}; give the "
            "photos that it was trained on."
        )
    training = card.content.get("training", {})
    fraction, seed = training.get("validation_fraction", VALIDATION_FRACTION), training.get("seed", 0)
    task = TASKS.get(card.task)
    groups = [path.name if task is None else task.group_of(path.name) for path in folders.files]
    training_rows, validation_rows = split_by_group(folders.labels, groups, fraction, seed)
    to_class = np.array([card.class_keys.index(key) for key in folders.class_keys])
    return PhotoFiles(folders.files, to_class[list(folders.labels)], training_rows, validation_rows)


def draw_evenly(labels: np.ndarray, rows: np.ndarray, count: int, seed: int) -> np.ndarray:
    """At most `count` of `rows`, in turn from each class, so that rare classes have their part; sorted."""
    rng = np.random.default_rng(seed)
    piles = [rng.permutation(rows[labels[rows] == label]) for label in np.unique(labels[rows])]
    turns = np.concatenate([np.arange(len(pile)) for pile in piles])
    return np.sort(np.concatenate(piles)[np.argsort(turns, kind="stable")[:count]])


def load_photos(
    files: PhotoFiles, rows: np.ndarray, card: ModelCard, cache_dir: Path, on_progress: OnProgress | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Decodes the photos of `rows`, as the network sees them; the unreadable ones are left out.

    Returns:
        uint8 (photos, size, size, 3) and int64 (photos,), their labels.

    Raises:
        DatasetError: none can be read.
    """
    paths = [files.paths[row] for row in rows]
    pixels, unreadable = load_pixels(paths, card.image_size, card.resize, cache_dir, on_progress)
    bad = {line.split(": ")[0] for line in unreadable}
    good = [i for i, path in enumerate(paths) if f"{path.parent.name}/{path.name}" not in bad]
    if not good:
        raise DatasetError(f"None of the photos can be read: {unreadable[0] if unreadable else 'there are none'}")
    labels = files.labels[rows][good]
    return (pixels if len(good) == len(paths) else pixels[good]), labels
