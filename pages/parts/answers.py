"""Photo and box -> answer, remembered for as long as the photo lies on its visitor's desk."""

import dataclasses
import time
from dataclasses import dataclass
from typing import cast

import numpy as np

from pages.parts import thumbnails
from pages.parts.photos import Desk, Photo
from vision import images, pipeline
from vision.classifier import Classifier
from vision.errors import ImageError
from vision.model_card import Sureness
from vision.predictions import Box, Prediction
from vision.tasks import TaskSpec

VIEW_MIN_SIDE = 720
VIEW_LONGEST = 1280
THUMBNAIL_PX = 240
MOST_REMEMBERED = 200


@dataclass(frozen=True)
class Answer:
    """What the model says of a photo, or of a box in it.

    Attributes:
        looked_at_jpeg: the pixels that went into the network.
        decoded_hw: height and width that the photo was decoded at.
        total_ms: from the file's bytes to the answer.
    """

    prediction: Prediction
    sureness: Sureness
    looked_at_jpeg: bytes
    decoded_hw: tuple[int, int]
    total_ms: float


@dataclass(frozen=True)
class View:
    """A photo as the page shows it."""

    jpeg: bytes
    thumbnail_jpeg: bytes


def answer(desk: Desk, photo: Photo, classifier: Classifier, task: TaskSpec) -> Answer:
    """The answer for the photo's box, or for the whole photo where no box is drawn.

    Raises:
        ImageError: the photo cannot be read.
    """
    box = desk.boxes.get(photo.digest)
    key = ("answer", photo.digest, box, classifier.card.formats[classifier.model_format].sha256)
    if key not in desk.seen:
        began = time.perf_counter()
        # A sign that had to be framed is small: then every pixel of the photo counts.
        pixels = images.decode(photo.data, min_side=VIEW_MIN_SIDE if box is None else None)
        found = _classify(pixels, box, classifier, task)
        _remember(desk, key, dataclasses.replace(found, total_ms=(time.perf_counter() - began) * 1000))
        if box is None:
            _remember(desk, ("view", photo.digest), _view_of(pixels))
    return cast(Answer, desk.seen[key])


def view(desk: Desk, photo: Photo) -> View:
    """The photo as the page shows it.

    Raises:
        ImageError: the photo cannot be read.
    """
    key = ("view", photo.digest)
    if key not in desk.seen:
        _remember(desk, key, _view_of(images.decode(photo.data, min_side=VIEW_MIN_SIDE)))
    return cast(View, desk.seen[key])


def _classify(pixels: np.ndarray, box: Box | None, classifier: Classifier, task: TaskSpec) -> Answer:
    height, width = pixels.shape[:2]
    card = classifier.card
    if box is None:
        boxes: tuple[Box, ...] = ()
        looked_at = pixels
    else:
        in_pixels = box.scaled(width, height).clipped((height, width))
        if min(in_pixels.width, in_pixels.height) < images.MIN_SIDE:
            raise ImageError("The box is too small to see anything in it; draw a larger one, or come closer.")
        boxes = (in_pixels,)
        looked_at = pipeline.part_in(pixels, in_pixels, task.box_margin)
    (prediction,) = pipeline.classify(pixels, classifier, boxes, task.box_margin)
    seen = images.encode_jpeg(images.resize(looked_at, card.image_size, card.resize))
    return Answer(prediction, card.sureness(prediction.best.probability), seen, (height, width), total_ms=0.0)


def _view_of(pixels: np.ndarray) -> View:
    shown = thumbnails.view_jpeg(pixels, VIEW_LONGEST)
    return View(shown, thumbnails.square_jpeg(pixels, THUMBNAIL_PX))


def _remember(desk: Desk, key: tuple[object, ...], value: object) -> None:
    while len(desk.seen) >= MOST_REMEMBERED:
        desk.seen.pop(next(iter(desk.seen)))
    desk.seen[key] = value
