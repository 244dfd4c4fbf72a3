"""Photo -> parts -> predictions, with the classifier handed in."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from vision import images
from vision.classifier import Classifier
from vision.predictions import Box, Prediction


def classify(
    photo: np.ndarray, classifier: Classifier, boxes: Sequence[Box] = (), margin: float = 0.0
) -> list[Prediction]:
    """Classifies each box of a photo, or the whole photo where there are no boxes.

    Args:
        photo: uint8 (height, width, 3).
        boxes: in pixels of the photo.
        margin: part of a box' side added on each side before it is made square.

    Returns:
        One prediction a box, in their order, with its box; or one with box None.

    Raises:
        ImageError: a box lies outside the photo.
    """
    if not boxes:
        return classifier.predict([photo])
    # One after another: forty squares of a large photo would fill the memory.
    return [
        dataclasses.replace(prediction, box=box)
        for box in boxes
        for prediction in classifier.predict([part_in(photo, box, margin)])
    ]


def part_in(photo: np.ndarray, box: Box, margin: float) -> np.ndarray:
    """What is looked at for a box: a square around it, with the margin of `classify`, uint8 (side, side, 3).

    The square stays inside the photo and takes no more than its shorter side: pixels made up past the edge cost
    MobileNetV2 three points on dogs (Stanford Dogs, annotated boxes).

    Raises:
        ImageError: the box lies outside the photo.
    """
    inside = box.clipped(photo.shape[:2])
    if not (inside.width > 0 and inside.height > 0):  # not a number is neither
        return images.crop(photo, box)  # says what is wrong with it
    return images.crop(photo, box.grown(margin).square_within(photo.shape[:2]))
