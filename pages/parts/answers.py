"""Photo and setup -> answers, remembered for as long as the photo lies on its visitor's desk."""

import dataclasses
import time
from collections.abc import Sequence

import numpy as np

from pages.parts import line, thumbnails
from pages.parts.photos import Desk, Photo, full_size_hw
from pages.parts.results import Answer, Found, PhotoAnswer, View
from pages.parts.setup import Finder, Setup
from pages.parts.watched import watched
from vision import images, pipeline
from vision.errors import ImageError
from vision.predictions import Box, Prediction

VIEW_MIN_SIDE = 720
# A dog that takes a sixth of the photo's height still fills the network's input.
FINDING_MIN_SIDE = 1440
VIEW_LONGEST = 1280
THUMBNAIL_PX = 240
MAX_PARTS = 40


def answer(desk: Desk, photo: Photo, setup: Setup) -> PhotoAnswer:
    """The answer for the box drawn by hand; else for what is found, if that is wished; else for the whole photo.

    Raises:
        ImageError: the photo cannot be read, or the box is too small.
        BusyError: too many are waiting in line (see `line`); so with all that follow.
    """
    box = desk.boxes.get(photo.digest)
    if box is not None:
        return framed(desk, photo, setup, box)
    if setup.crop_first and setup.finder is not None:
        return detected(desk, photo, setup, setup.finder)
    return whole(desk, photo, setup)


def whole(desk: Desk, photo: Photo, setup: Setup) -> PhotoAnswer:
    """The answer for the whole photo. Raises ImageError where it cannot be read."""

    def compute() -> PhotoAnswer:
        began = time.perf_counter()
        decoded = images.decode(photo.data, min_side=VIEW_MIN_SIDE)
        predictions = pipeline.classify(decoded, setup.classifier)
        _keep_view(desk, photo, decoded)
        return _gathered(photo, decoded, predictions, Found.WHOLE, setup, began)

    key = ("whole", photo.digest, setup.classifier_key)
    return desk.memory.recall(key, PhotoAnswer, watched(desk, setup, key, lambda: line.in_turn(compute)))


def framed(desk: Desk, photo: Photo, setup: Setup, box: Box) -> PhotoAnswer:
    """The answer for a box in fractions of the photo.

    Raises:
        ImageError: the photo cannot be read, or the box is too small.
    """

    def compute() -> PhotoAnswer:
        began = time.perf_counter()
        # What had to be framed is small: then every pixel of the photo counts.
        decoded = images.decode(photo.data, min_side=images.MAX_SIDE)
        height, width = decoded.shape[:2]
        in_pixels = box.scaled(width, height).clipped((height, width))
        if min(in_pixels.width, in_pixels.height) < images.MIN_SIDE:
            raise ImageError("The box is too small to see anything in it; draw a larger one, or come closer.")
        predictions = pipeline.classify(decoded, setup.classifier, [in_pixels], setup.margin)
        return _gathered(photo, decoded, predictions, Found.DRAWN, setup, began)

    key = ("drawn", photo.digest, box, setup.classifier_key, setup.margin)
    return desk.memory.recall(key, PhotoAnswer, watched(desk, setup, key, lambda: line.in_turn(compute)))


def detected(desk: Desk, photo: Photo, setup: Setup, finder: Finder) -> PhotoAnswer:
    """The answers for what the finder finds, from left to right; a guess where there is nothing and one is wished.

    Raises:
        ImageError: the photo cannot be read.
    """

    def compute() -> PhotoAnswer:
        began = time.perf_counter()
        decoded = images.decode(photo.data, min_side=FINDING_MIN_SIDE)
        began_finding = time.perf_counter()
        detections = finder.detector.detect(decoded, finder.min_confidence)
        finding_ms = _since(began_finding)
        usable = [each for each in detections if min(each.box.width, each.box.height) >= images.MIN_SIDE]
        chosen = sorted(usable[:MAX_PARTS], key=lambda each: each.box.x1 + each.box.x2)
        boxes = [each.box for each in chosen]
        predictions = pipeline.classify(decoded, setup.classifier, boxes, setup.margin) if boxes else []
        how = Found.DETECTED if chosen else Found.NOTHING
        _keep_view(desk, photo, decoded)
        gathered = _gathered(photo, decoded, predictions, how, setup, began)
        parts = tuple(
            dataclasses.replace(part, confidence=each.confidence)
            for part, each in zip(gathered.parts, chosen, strict=True)
        )
        left_out = len(usable) - len(chosen)
        return dataclasses.replace(gathered, parts=parts, left_out=left_out, finding_ms=finding_ms)

    key = ("detected", photo.digest, setup.classifier_key, finder.key, setup.margin)
    found = desk.memory.recall(key, PhotoAnswer, watched(desk, setup, key, lambda: line.in_turn(compute)))
    desk.finding_ms = found.finding_ms
    if found.found is Found.NOTHING and photo.digest in desk.guesses:
        guess = whole(desk, photo, setup)
        return dataclasses.replace(guess, found=Found.NOTHING, finding_ms=found.finding_ms)
    return found


def view(desk: Desk, photo: Photo) -> View:
    """The photo as the page shows it.

    Raises:
        ImageError: the photo cannot be read.
    """

    def compute() -> View:
        return _view_of(images.decode(photo.data, min_side=VIEW_MIN_SIDE))

    return desk.memory.recall(("view", photo.digest), View, lambda: line.in_turn(compute))


def looked_at(photo: Photo, answer: PhotoAnswer, part: Answer, setup: Setup) -> np.ndarray:
    """What one answer is about, as large as it was when the network's input was made of it, uint8 (height, width, 3).

    Raises:
        ImageError: the photo cannot be read.
    """

    def cut() -> np.ndarray:
        decoded = images.decode(photo.data, min_side=min_side)
        return decoded if box is None else pipeline.part_in(decoded, box, setup.margin)

    min_side = {Found.DRAWN: images.MAX_SIDE, Found.DETECTED: FINDING_MIN_SIDE}.get(answer.found, VIEW_MIN_SIDE)
    box = part.prediction.box
    return line.in_turn(cut)


def _gathered(
    photo: Photo, decoded: np.ndarray, predictions: Sequence[Prediction], found: Found, setup: Setup, began: float
) -> PhotoAnswer:
    height, width = decoded.shape[:2]
    parts = tuple(_answer_of(decoded, prediction, setup) for prediction in predictions)
    return PhotoAnswer(parts, found, (height, width), full_size_hw(photo, (height, width)), total_ms=_since(began))


def _answer_of(decoded: np.ndarray, prediction: Prediction, setup: Setup) -> Answer:
    card = setup.classifier.card
    seen = decoded if prediction.box is None else pipeline.part_in(decoded, prediction.box, setup.margin)
    jpeg = images.encode_jpeg(images.resize(seen, card.image_size, card.resize))
    return Answer(prediction, card.sureness(prediction.best.probability), jpeg)


def _keep_view(desk: Desk, photo: Photo, decoded: np.ndarray) -> None:
    desk.memory.recall(("view", photo.digest), View, lambda: _view_of(decoded))


def _view_of(decoded: np.ndarray) -> View:
    shown = thumbnails.view_jpeg(decoded, VIEW_LONGEST)
    return View(shown, thumbnails.square_jpeg(decoded, THUMBNAIL_PX))


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
