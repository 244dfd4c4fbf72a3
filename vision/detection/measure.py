"""How well a detector finds: recall, duplicates, exact counts, average precision, false alarms."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from vision.detector import Detector, overlaps
from vision.predictions import Box, Detection

SAME_OBJECT = 0.5  # intersection over union from which a box counts as that object's
LEAST_CONFIDENCE = 0.01


@dataclass(frozen=True)
class Found:
    """What a detector found in a photo at `LEAST_CONFIDENCE`, the surest first, and what is there; boxes in pixels."""

    detections: tuple[Detection, ...]
    truths: tuple[Box, ...]


@dataclass(frozen=True)
class Figures:
    """Figures of a set of photos at one confidence.

    Attributes:
        photos, objects: how many there are.
        recall: part of the objects that were found, at an intersection over union of 0.5.
        exact_count: part of the photos in which as many were found as there are.
        duplicates_a_photo: boxes on an object that has a surer one.
        false_a_photo: boxes on none of the objects.
        average_precision: AP50, area under the precision-recall curve over all confidences (all-point interpolation);
            None where there are no objects.
    """

    photos: int
    objects: int
    recall: float | None
    exact_count: float
    duplicates_a_photo: float
    false_a_photo: float
    average_precision: float | None

    def rounded(self) -> dict[str, float | int | None]:
        """The figures for a card."""
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(self).items()}


def find_all(
    detector: Detector,
    photos: Iterable[tuple[np.ndarray, Sequence[Box]]],
    on_progress: Callable[[int], None] | None = None,
) -> list[Found]:
    """Runs a detector once over photos with their objects' boxes (as fractions of the photo)."""
    found = []
    for done, (photo, boxes) in enumerate(photos, 1):
        height, width = photo.shape[:2]
        truths = tuple(box.scaled(width, height) for box in boxes)
        found.append(Found(tuple(detector.detect(photo, LEAST_CONFIDENCE)), truths))
        if on_progress is not None:
            on_progress(done)
    return found


def matches(detections: Sequence[Detection], truths: Sequence[Box]) -> list[int | None]:
    """For each detection, the surest first, the row of the object it finds: the closest that no surer one has found.

    None: a box on no object, or on one found before.
    """
    places = np.array([box.xyxy for box in truths]).reshape(-1, 4)
    free = np.ones(len(truths), bool)
    rows: list[int | None] = []
    for detection in detections:
        shared = np.where(free, overlaps(np.array(detection.box.xyxy), places), 0)
        row = int(shared.argmax()) if len(truths) else -1
        if row < 0 or shared[row] < SAME_OBJECT:
            rows.append(None)
        else:
            free[row] = False
            rows.append(row)
    return rows


def figures(found: Sequence[Found], min_confidence: float) -> Figures:
    """The figures of what was found, counting boxes of at least `min_confidence`."""
    objects = sum(len(photo.truths) for photo in found)
    hits = exact = duplicates = false = 0
    for photo in found:
        sure = [detection for detection in photo.detections if detection.confidence >= min_confidence]
        rows = matches(sure, photo.truths)
        hits += sum(row is not None for row in rows)
        exact += len(sure) == len(photo.truths)
        places = np.array([box.xyxy for box in photo.truths]).reshape(-1, 4)
        for detection, row in zip(sure, rows, strict=True):
            if row is None:
                on_one = len(places) and overlaps(np.array(detection.box.xyxy), places).max() >= SAME_OBJECT
                duplicates, false = duplicates + bool(on_one), false + (not on_one)
    count = max(len(found), 1)
    return Figures(
        photos=len(found),
        objects=objects,
        recall=hits / objects if objects else None,
        exact_count=exact / count,
        duplicates_a_photo=duplicates / count,
        false_a_photo=false / count,
        average_precision=average_precision(found) if objects else None,
    )


def average_precision(found: Sequence[Found]) -> float:
    """AP50 of one class over all photos (Everingham et al., 2010, all-point interpolation), 0 to 1."""
    objects = sum(len(photo.truths) for photo in found)
    scored = [
        (detection.confidence, row is not None)
        for photo in found
        for detection, row in zip(photo.detections, matches(photo.detections, photo.truths), strict=True)
    ]
    scored.sort(key=lambda pair: -pair[0])
    right = np.cumsum([hit for _, hit in scored])
    if not objects or not len(right):
        return 0.0
    recall, precision = right / objects, right / np.arange(1, len(right) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * best_from_here))


def false_alarms(found: Sequence[Found], min_confidence: float) -> float:
    """Part of the photos without objects in which something was found."""
    alarms = [any(d.confidence >= min_confidence for d in photo.detections) for photo in found if not photo.truths]
    return float(np.mean(alarms)) if alarms else 0.0
