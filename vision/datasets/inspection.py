"""What is in a folder of photos, and what is wrong with it, before a run is spent on it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from vision.datasets.class_folders import ClassFolders, list_folders, read_class_folders
from vision.datasets.inspection_result import ClassCount, Inspection, Twins, UnreadablePhoto
from vision.datasets.lookalikes import group_lookalikes
from vision.datasets.photo_reading import OnProgress, PhotosRead, ShouldStop, never, read_fingerprints

__all__ = ["Inspection", "contact_sheet", "inspect_folder"]


def inspect_folder(
    root: Path,
    test: Path | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop = never,
    group_of: Callable[[str], str] | None = None,
) -> Inspection:
    """Reads every photo of class folders once, and keeps 300 bytes of each.

    Args:
        root: the training photos, one folder a class.
        test: the photos for the final test, in the same folders.
        on_progress: called now and then with photos done and photos in all.
        should_stop: asked now and then.
        group_of: from a file's name to the object that it shows, as `TaskSpec.group_of`; look-alikes of one object in
            one class are no news. None: every photo is of another object.

    Raises:
        DatasetError: there are no photos in class folders below `root` or `test`.
        Stopped: `should_stop` said so.
    """
    parts = [read_class_folders(folder) for folder in (root, test) if folder is not None]
    files = [path for part in parts for path in part.files]
    read = read_fingerprints(files, on_progress, should_stop)
    train_count = len(parts[0].files)
    names = [_relative(path) for path in files]
    keys = [part.class_keys[label] for part in parts for label in part.labels]
    objects = _objects(files, keys, train_count, group_of)
    unreadable = tuple(
        UnreadablePhoto(names[row], reason, row >= train_count) for row, reason in sorted(read.unreadable.items())
    )
    return Inspection(
        root=str(root),
        test=None if test is None else str(test),
        classes=_count_classes(parts, keys, objects, read),
        only_in_test=tuple(key for key in parts[-1].class_keys if key not in parts[0].class_keys),
        unreadable=unreadable,
        skipped=sum(len(part.skipped) for part in parts),
        nested=_find_nested(root),
        twins=_find_twins(names, keys, objects, read, train_count),
    )


def contact_sheet(root: Path, per_class: int = 6, seed: int = 0) -> list[tuple[str, list[Path]]]:
    """Some photos of each class, chosen by chance; no file is opened.

    Returns:
        Class key and at most `per_class` paths, in class order.

    Raises:
        DatasetError: there are no photos in class folders below `root`.
    """
    folders = read_class_folders(root)
    labels = np.array(folders.labels)
    sheet = []
    for label, key in enumerate(folders.class_keys):
        rows = np.flatnonzero(labels == label)
        rng = np.random.default_rng((seed, label))
        chosen = rng.choice(rows, min(per_class, len(rows)), replace=False)
        sheet.append((key, [folders.files[row] for row in sorted(chosen)]))
    return sheet


def _relative(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _objects(
    files: Sequence[Path], keys: Sequence[str], train_count: int, group_of: Callable[[str], str] | None
) -> np.ndarray:
    """A number a photo, int64 (photos,), equal where photos of one part and class show one object."""
    if group_of is None:
        return np.arange(len(files))
    numbers: dict[tuple[bool, str, str], int] = {}
    named = ((row < train_count, keys[row], group_of(path.name)) for row, path in enumerate(files))
    return np.array([numbers.setdefault(name, len(numbers)) for name in named], np.int64)


def _count_classes(
    parts: Sequence[ClassFolders], keys: Sequence[str], objects: np.ndarray, read: PhotosRead
) -> tuple[ClassCount, ...]:
    train_count = len(parts[0].files)
    photos = dict.fromkeys(parts[0].class_keys, 0)
    test_photos = dict.fromkeys(parts[0].class_keys, 0)
    seen: dict[str, set[int]] = {key: set() for key in parts[0].class_keys}
    for row, key in enumerate(keys):
        if row in read.unreadable or key not in photos:
            continue
        if row < train_count:
            photos[key] += 1
            seen[key].add(int(objects[row]))
        else:
            test_photos[key] += 1
    return tuple(ClassCount(key, photos[key], len(seen[key]), test_photos[key]) for key in photos)


def _find_nested(root: Path) -> tuple[str, ...]:
    return tuple(folder.name for folder in list_folders(root) if list_folders(folder))


def _find_twins(
    names: Sequence[str], keys: Sequence[str], objects: np.ndarray, read: PhotosRead, train_count: int
) -> tuple[Twins, ...]:
    same: dict[bytes, list[int]] = {}
    for row in range(len(names)):
        if row not in read.unreadable:
            same.setdefault(read.digests[row].tobytes(), []).append(row)
    exact = [rows for rows in same.values() if len(rows) > 1]
    firsts = np.array([rows[0] for rows in same.values() if not read.plain[rows[0]]], np.int64)
    labels = np.unique(np.array(keys), return_inverse=True)[1]
    near = group_lookalikes(read.hashes[firsts], read.patterns[firsts], labels[firsts], objects[firsts])
    groups = [(rows, True) for rows in exact] + [(firsts[places].tolist(), False) for places in near]
    return tuple(
        Twins(
            tuple(names[row] for row in rows if row < train_count),
            tuple(names[row] for row in rows if row >= train_count),
            is_exact,
        )
        for rows, is_exact in sorted(groups)
        if rows[0] < train_count
    )
