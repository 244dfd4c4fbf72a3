"""Training photos for export: to calibrate on, and to train the rounded twin with; only those needed are decoded."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vision import places
from vision.datasets.class_folders import read_class_folders
from vision.datasets.pixels import load_pixels
from vision.datasets.rows import Rows
from vision.datasets.split import split_by_group
from vision.errors import DatasetError, ModelError
from vision.model_card import ModelCard, read_card
from vision.model_store import task_of
from vision.training.run_folder import RunFolder

VALIDATION_FRACTION = 0.1  # where a card does not say

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class PhotoFiles:
    """The files of a model's training photos.

    Attributes:
        paths: the photos; labels: int64, the card's class of each.
        training_rows, validation_rows: int64 indices, sorted, split as the training run split them.
    """

    paths: tuple[Path, ...]
    labels: np.ndarray
    training_rows: np.ndarray
    validation_rows: np.ndarray


def find_photos(data: Path, model_dir: Path, card: ModelCard) -> PhotoFiles:
    """Lists the photos that a model was trained on, split as they were then.

    The run's folder tells which photos were held back; where it is gone, the card tells the rule by which they were.

    Raises:
        DatasetError: no photos, or a folder that is none of the model's classes.
        ModelError: the model is for a task that there is not.
    """
    folders = read_class_folders(data)
    unknown = [key for key in folders.class_keys if key not in card.class_keys]
    if unknown:
        raise DatasetError(
            f"'{data}' has folders that are no classes of '{card.name}': {', '.join(unknown[:5])}; give the "
            "photos that it was trained on."
        )
    names = [path.relative_to(folders.root).as_posix() for path in folders.files]
    held_back = _held_back(model_dir, card)
    was_held = np.array([name in held_back for name in names])
    if was_held.any():
        training_rows, validation_rows = np.flatnonzero(~was_held), np.flatnonzero(was_held)
    else:
        training = card.content.get("training", {})
        fraction, seed = training.get("validation_fraction", VALIDATION_FRACTION), training.get("seed", 0)
        groups = [task_of(card).group_of(path.name) for path in folders.files]
        training_rows, validation_rows = split_by_group(folders.labels, groups, fraction, seed)
    to_class = np.array([card.class_keys.index(key) for key in folders.class_keys])
    return PhotoFiles(folders.files, to_class[list(folders.labels)], training_rows, validation_rows)


def _held_back(model_dir: Path, card: ModelCard) -> set[str]:
    """Photos that the run of this model held back, relative to their folder; none where its folder is gone."""
    for run in (RunFolder(model_dir.parent), RunFolder(places.RUNS_DIR / card.name)):
        try:
            if read_card(run.model_dir).formats == card.formats:
                return set(json.loads(run.split_path.read_text(encoding="utf-8"))["validation"])
        except (ModelError, OSError, ValueError, KeyError, TypeError):  # it is no run, or not whole
            continue
    return set()


def draw_evenly(labels: np.ndarray, rows: np.ndarray, count: int, seed: int) -> np.ndarray:
    """At most `count` of `rows`, in turn from each class, so that rare classes have their part; sorted."""
    rng = np.random.default_rng(seed)
    piles = [rng.permutation(rows[labels[rows] == label]) for label in np.unique(labels[rows])]
    turns = np.concatenate([np.arange(len(pile)) for pile in piles])
    return np.sort(np.concatenate(piles)[np.argsort(turns, kind="stable")[:count]])


def load_photos(
    files: PhotoFiles, rows: np.ndarray, card: ModelCard, cache_dir: Path, on_progress: OnProgress
) -> tuple[Rows, np.ndarray]:
    """Decodes the photos of `rows`, as the network sees them.

    Args:
        on_progress: called now and then with photos done and photos in all; may raise to stop.

    Returns:
        uint8 (rows, size, size, 3), on disk, and int64 indices into it: the photos that could be read.

    Raises:
        DatasetError: none can be read.
    """
    paths = [files.paths[row] for row in rows]
    pixels, unreadable = load_pixels(paths, card.image_size, card.resize, cache_dir, on_progress)
    readable = [row for row in range(len(paths)) if row not in unreadable]
    if not readable:
        raise DatasetError(f"None of the photos can be read: {next(iter(unreadable.values()), 'there are none')}")
    return pixels, np.array(readable, np.int64)
