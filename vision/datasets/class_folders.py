"""Folders of photos, one folder a class."""

import os
from dataclasses import dataclass
from pathlib import Path

from vision.errors import DatasetError
from vision.images import READABLE_SUFFIXES
from vision.names import as_text


@dataclass(frozen=True)
class ClassFolders:
    """The photos below one folder.

    Attributes:
        root: the folder.
        class_keys: one key a class, in class order: numbers in numeric order, else text order.
        files: photo paths, sorted within each class.
        labels: index into `class_keys`, one a file.
        skipped: names of files that are no photos by their ending.
    """

    root: Path
    class_keys: tuple[str, ...]
    files: tuple[Path, ...]
    labels: tuple[int, ...]
    skipped: tuple[str, ...]


def class_key(folder_name: str) -> str:
    """The key of a class folder: "07" and "7" are the same class."""
    return str(int(folder_name)) if _is_number(folder_name) else folder_name


def list_folders(folder: Path) -> list[Path]:
    """The folders in a folder, by name; hidden ones are left out, and there are none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if not entry.name.startswith(".") and entry.is_dir())
    except OSError:
        return []


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit()  # isdigit alone takes "²" as well


def read_class_folders(root: Path) -> ClassFolders:
    """Lists the photos below `root`, which has one folder a class.

    Raises:
        DatasetError: no such folder, no class folder with photos in it, two folders of one class, or one whose name is
            no text.
    """
    if not root.is_dir():
        raise DatasetError(f"There is no folder '{root}'; give a folder that has one folder of photos for each class.")
    folders: dict[str, Path] = {}
    for folder in root.iterdir():
        if not folder.is_dir() or folder.name.startswith("."):
            continue
        if as_text(folder.name) != folder.name:
            raise DatasetError(f"'{root}' has a folder {as_text(folder.name)}, whose name is no text; rename it.")
        key = class_key(folder.name)
        if key in folders:
            raise DatasetError(
                f"'{folders[key].name}' and '{folder.name}' in '{root}' name the same class; merge the two folders."
            )
        folders[key] = folder
    keys = sorted(folders, key=int if all(map(_is_number, folders)) else None)
    files: list[Path] = []
    labels: list[int] = []
    skipped: list[str] = []
    for label, key in enumerate(keys):
        for path in sorted(p for p in folders[key].iterdir() if p.is_file()):
            if path.suffix.lower() in READABLE_SUFFIXES:
                files.append(path)
                labels.append(label)
            else:
                skipped.append(f"{folders[key].name}/{path.name}")
    if not files:
        raise DatasetError(
            f"'{root}' holds no photos in class folders; expected one folder a class with photos "
            f"({', '.join(sorted(READABLE_SUFFIXES))}) in each."
        )
    return ClassFolders(root, tuple(keys), tuple(files), tuple(labels), tuple(skipped))
