"""The objects of a data set, cut out of its photos by their boxes."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from vision import images
from vision.datasets.stanford_dogs import BOXES_FILE
from vision.datasets.workshop import Report, no_report, require_space, whole_folder
from vision.errors import DatasetError, ImageError
from vision.predictions import Box, Detection

JPEG_QUALITY = 95

FindBoxes = Callable[[str, np.ndarray], Sequence[Box]]
"""From a photo's path below its data set and its pixels, uint8 (H, W, 3), to the objects' boxes in pixels."""


class FindsObjects(Protocol):
    """What finds objects in a photo, such as `vision.detector.Detector`."""

    def detect(self, photo: np.ndarray) -> Sequence[Detection]:
        """Takes uint8 (H, W, 3), RGB."""


@dataclass(frozen=True)
class CropReport:
    """What became of a data set: photos cut, crops written, and the photos left out.

    Attributes:
        without_box: paths of photos in which there is no object of at least `images.MIN_SIDE` pixels each way.
        unreadable: the photos that cannot be read, each with its reason.
    """

    photos: int
    crops: int
    without_box: tuple[str, ...]
    unreadable: tuple[str, ...]


def crop_objects(
    root: Path, out: Path, find_boxes: FindBoxes, margin: float = 0.1, report: Report = no_report
) -> CropReport:
    """Writes each object of each photo below `root` as <stem>_<n>.jpg to the same folder below `out`.

    Args:
        out: a folder that is not there yet; it appears when all is done.
        margin: part of a box' width and height added on each side, as far as the photo goes.

    Raises:
        DatasetError: no photos, two photos whose crops would have one name, no object in any, or `out` exists or
            cannot be written.
    """
    photos = _list_photos(root)
    require_space(out, sum(path.stat().st_size for path in photos.values()))
    crops = 0
    without_box: list[str] = []
    unreadable: list[str] = []
    with whole_folder(out) as workshop:
        for count, (name, path) in enumerate(photos.items(), 1):
            try:
                photo = images.decode(images.read_file(path))
            except (ImageError, OSError) as error:
                unreadable.append(f"{name}: {error}")
                continue
            parts = _cut(photo, find_boxes(name, photo), margin)
            target = workshop / Path(name).parent
            if parts:
                target.mkdir(parents=True, exist_ok=True)
            else:
                without_box.append(name)
            for index, part in enumerate(parts):
                (target / f"{path.stem}_{index}.jpg").write_bytes(images.encode_jpeg(part, JPEG_QUALITY))
            crops += len(parts)
            report(f"cropping: {count:,} of {len(photos):,} photos")
        if not crops:
            raise DatasetError(f"No photo in '{root}' has an object to cut out; nothing was written.")
    return CropReport(len(photos) - len(without_box) - len(unreadable), crops, tuple(without_box), tuple(unreadable))


def annotated_boxes(root: Path) -> FindBoxes:
    """The boxes of the data set's own boxes.json, as `stanford_dogs.arrange` writes it.

    Raises:
        DatasetError: there is none in `root`, or it has another form.
    """
    path = root / BOXES_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        fractions = {name: [_box(corners) for corners in boxes] for name, boxes in content.items()}
    except OSError as error:
        raise DatasetError(
            f"There is no {BOXES_FILE} in '{root}'; give the folder of a data set that has one, or --boxes detector."
        ) from error
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise DatasetError(
            f"'{path}' is not a list of boxes; expected {{PHOTO: [[x1, y1, x2, y2], ...]}} with fractions of its sides."
        ) from error

    def find(name: str, photo: np.ndarray) -> list[Box]:
        height, width = photo.shape[:2]
        return [box.scaled(width, height) for box in fractions.get(name, [])]

    return find


def detected_boxes(detector: FindsObjects) -> FindBoxes:
    """The boxes that a detector finds."""
    return lambda name, photo: [detection.box for detection in detector.detect(photo)]


def _box(corners: Sequence[float]) -> Box:
    """Raises TypeError or ValueError where these are no four numbers."""
    box = Box(*map(float, corners))
    if not all(map(math.isfinite, box.xyxy)):
        raise ValueError("not finite")
    return box


def _list_photos(root: Path) -> dict[str, Path]:
    """The photos anywhere below `root`, by their path below it; hidden folders are left alone."""
    if not root.is_dir():
        raise DatasetError(f"There is no folder '{root}'; give a folder of photos.")
    photos: dict[str, Path] = {}
    stems: set[str] = set()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix.lower() not in images.READABLE_SUFFIXES or "/." in f"/{name}" or not path.is_file():
            continue
        stem = name[: -len(path.suffix)].casefold()
        if stem in stems:
            raise DatasetError(f"Two photos are called '{stem}' but for their ending, in '{root}'; rename one of them.")
        stems.add(stem)
        photos[name] = path
    if not photos:
        raise DatasetError(f"'{root}' holds no photos; give a folder of photos.")
    return photos


def _cut(photo: np.ndarray, boxes: Sequence[Box], margin: float) -> list[np.ndarray]:
    """The parts of the photo inside the boxes; those too small to be read again are left out."""
    size_hw = photo.shape[0], photo.shape[1]
    grown = [box.grown(margin).clipped(size_hw) for box in boxes]
    return [
        images.crop(photo, box)
        for box in grown
        if round(box.x2) - round(box.x1) >= images.MIN_SIDE and round(box.y2) - round(box.y1) >= images.MIN_SIDE
    ]
