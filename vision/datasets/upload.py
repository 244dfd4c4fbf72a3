"""A zip of class folders from a stranger's computer -> a data set in a new folder."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from vision.datasets.archives import ArchiveLimits, open_archive, unpack
from vision.datasets.class_folders import class_key
from vision.datasets.problems import shown
from vision.datasets.workshop import Report, no_report, whole_folder
from vision.errors import DatasetError
from vision.images import READABLE_SUFFIXES

# Photos hardly shrink in a zip; drawings saved as bitmaps do, but not by so much.
UPLOAD_LIMITS = ArchiveLimits(members=60_000, total_bytes=4_000_000_000, ratio=100.0)
_PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
_EXPECTED = (
    "expected one folder of photos for each class, or the two folders “train” and “test” with such folders in each"
)


def unpack_class_folders(
    archive: Path,
    target: Path,
    report: Report = no_report,
    limits: ArchiveLimits | None = None,
    tests_alone: bool = False,
) -> Path:
    """Unpacks the photos of a zip of class folders into a new folder, whole or not at all.

    A folder around everything is taken off, `train` and `test` are kept, and what is no photo by its ending, or hidden,
    is left out. Everything is checked before the first byte is written; the photos themselves are for
    `inspection.inspect_folder`.

    Args:
        limits: `UPLOAD_LIMITS` unless told otherwise.
        tests_alone: whether test photos without training photos are taken.

    Returns:
        `target`.

    Raises:
        DatasetError: the archive could do harm, is damaged, too large, or holds something else than class folders;
            or `target` exists or cannot be written.
    """
    with open_archive(archive, limits or UPLOAD_LIMITS, is_known=False) as opened:
        targets = _arrange(archive.name, [member.name for member in opened.members], tests_alone)
        with whole_folder(target) as workshop:
            unpack(opened, workshop, targets.get, report)
    return target


def _arrange(archive_name: str, names: Iterable[str], tests_alone: bool) -> dict[str, str]:
    """Where each photo goes, by its name in the archive."""
    # Composed, as macOS writes "é" in two signs and would take both spellings for one name.
    placed = {name: unicodedata.normalize("NFC", name).split("/") for name in names if _is_photo(name)}
    while placed and _is_wrapped(list(placed.values())):
        placed = {name: parts[1:] for name, parts in placed.items()}
    if not any(len(parts) > 1 for parts in placed.values()):
        raise DatasetError(f"'{archive_name}' holds no photos in folders; {_EXPECTED}.")
    if any(parts[0].lower() in _PARTS and len(parts) == 3 for parts in placed.values()):
        placed = {name: [_part(archive_name, parts[0]), *parts[1:]] for name, parts in placed.items()}
        if not tests_alone and not any(parts[0] == "train" for parts in placed.values()):
            raise DatasetError(f"'{archive_name}' has test photos and no training photos; {_EXPECTED}.")
    _check_folders(archive_name, list(placed.values()))
    return {name: "/".join(parts) for name, parts in placed.items()}


def _is_photo(name: str) -> bool:
    parts = name.split("/")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and Path(parts[-1]).suffix.lower() in READABLE_SUFFIXES


def _is_wrapped(paths: list[list[str]]) -> bool:
    """Whether one folder lies around everything, and is neither a class nor a part."""
    tops = {parts[0] for parts in paths}
    return len(tops) == 1 and min(map(len, paths)) > 2 and not {top.lower() for top in tops} & _PARTS.keys()


def _part(archive_name: str, folder: str) -> str:
    if folder.lower() not in _PARTS:
        raise DatasetError(
            f"'{archive_name}' has a folder {shown(folder)} beside “train” and “test”; move its photos into one of the "
            "two (some training photos are held back for checking anyway), or leave it out."
        )
    return _PARTS[folder.lower()]


def _check_folders(archive_name: str, paths: list[list[str]]) -> None:
    """Refuses class folders that would be taken for one another, or that hold folders."""
    has_parts = paths[0][0] in ("train", "test") and len(paths[0]) == 3
    depth = 3 if has_parts else 2
    folders: dict[tuple[str, ...], str] = {}
    for parts in paths:
        if len(parts) != depth:
            raise DatasetError(
                f"'{archive_name}' has a photo at {shown('/'.join(parts))}, where none is looked for; {_EXPECTED}. "
                "Move it, or leave it out."
            )
        folder = parts[-2]
        if not folder.isprintable() or folder != folder.strip():
            raise DatasetError(
                f"'{archive_name}' has a folder {shown(folder)} with signs that no class has; rename it."
            )
        key = (*parts[: depth - 2], class_key(folder).casefold())
        if folders.setdefault(key, folder) != folder:
            raise DatasetError(
                f"'{archive_name}' has the folders {shown(folders[key])} and {shown(folder)}, which name the same "
                "class; put their photos into one folder."
            )
