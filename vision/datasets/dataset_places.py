"""Which data sets lie below a folder, told by the names of folders alone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from vision import places
from vision.datasets.class_folders import list_folders
from vision.images import READABLE_SUFFIXES
from vision.names import as_text

_DEPTH = 2
_LOOKED_AT = 100  # files of a folder, to tell whether it holds photos


@dataclass(frozen=True)
class DatasetPlace:
    """A data set of class folders.

    Attributes:
        name: its path below the folder that was searched.
        train: the folder of class folders to train on.
        test: the same for the final test, or None.
    """

    name: str
    train: Path
    test: Path | None


def list_datasets(data_dir: Path = places.DATA_DIR) -> list[DatasetPlace]:
    """The data sets at most two folders below `data_dir`, by name; no file is opened.

    A folder with `train` is one, and its `test`, if there is one, goes with it; else it needs two class folders.
    """
    return sorted(_search(data_dir, data_dir, _DEPTH), key=lambda place: place.name)


def dataset_at(folder: Path, name: str | None = None) -> DatasetPlace | None:
    """The data set in a folder, called as the folder is unless told otherwise; None where there is none."""
    train, test = folder / "train", folder / "test"
    if train.is_dir():
        if not _has_classes(train, 1):
            return None
        return DatasetPlace(name or folder.name, train, test if _has_classes(test, 1) else None)
    return DatasetPlace(name or folder.name, folder, None) if _has_classes(folder, 2) else None


def _search(folder: Path, data_dir: Path, depth: int) -> Iterator[DatasetPlace]:
    for inner in list_folders(folder):
        if as_text(inner.name) != inner.name:  # nothing could say its name
            continue
        place = dataset_at(inner, inner.relative_to(data_dir).as_posix())
        if place is not None:
            yield place
        elif depth > 1:
            yield from _search(inner, data_dir, depth - 1)


def _has_classes(folder: Path, least: int) -> bool:
    return len(list(islice((inner for inner in list_folders(folder) if _has_photos(inner)), least))) == least


def _has_photos(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(Path(entry.name).suffix.lower() in READABLE_SUFFIXES for entry in islice(entries, _LOOKED_AT))
    except OSError:  # not ours to read, so not ours to train on
        return False
