"""Photos with the boxes of the objects in them."""

import json
from dataclasses import dataclass
from pathlib import Path

from vision.datasets.class_folders import read_class_folders
from vision.errors import DatasetError
from vision.images import READABLE_SUFFIXES
from vision.predictions import Box

BOXES_FILE = "boxes.json"


@dataclass(frozen=True)
class AnnotatedPhoto:
    """A photo's path, and the boxes in it as fractions of its width and height; () where there is nothing to find."""

    path: Path
    boxes: tuple[Box, ...]


def read_annotated(root: Path, part: str) -> list[AnnotatedPhoto]:
    """The photos of `root/<part>/<class>/` with the boxes that `root/boxes.json` has of them.

    Raises:
        DatasetError: no such folder, no box file, or a photo without boxes in it.
    """
    try:
        boxes = json.loads((root / BOXES_FILE).read_text(encoding="utf-8"))
        folders = read_class_folders(root / part)
        return [
            AnnotatedPhoto(path, tuple(Box(*corners) for corners in boxes[path.relative_to(root).as_posix()]))
            for path in folders.files
        ]
    except OSError as error:
        raise DatasetError(
            f"'{root}' has no {BOXES_FILE}; expected class folders in {part}/ and the boxes of their photos."
        ) from error
    except (KeyError, ValueError, TypeError) as error:
        raise DatasetError(f"'{root / BOXES_FILE}' lacks the boxes of a photo, or is damaged ({error!r}).") from error


def read_without(root: Path, part: str, class_index: int, dog_names: frozenset[str]) -> list[AnnotatedPhoto]:
    """The photos of a YOLO folder, `root/{images,labels}/<part>/`, that show no object of one class; with the boxes of
    what they show instead, the largest first.

    Args:
        class_index: the class that must not stand in a photo's label file.
        dog_names: words such as WordNet ids; a photo without label file is left out if one stands in its name.

    Raises:
        DatasetError: there is no such photo.
    """
    found = []
    for path in sorted((root / "images" / part).glob("*")):
        if path.suffix.lower() not in READABLE_SUFFIXES:
            continue
        labels = root / "labels" / part / f"{path.stem}.txt"
        rows = [line.split() for line in labels.read_text().splitlines() if line.strip()] if labels.exists() else []
        if not any(row[0] == str(class_index) for row in rows) and not any(name in path.name for name in dog_names):
            try:
                boxes = [_from_centre(*map(float, row[1:5])) for row in rows]
            except (TypeError, ValueError) as error:
                raise DatasetError(
                    f"'{labels}' is damaged; expected lines of class, centre x, centre y, width and height."
                ) from error
            found.append(AnnotatedPhoto(path, tuple(sorted(boxes, key=lambda box: -box.width * box.height))))
    if not found:
        raise DatasetError(f"'{root}' has no photos without the object in images/{part}/; expected a YOLO folder.")
    return found


def _from_centre(x: float, y: float, width: float, height: float) -> Box:
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
