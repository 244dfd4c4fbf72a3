"""Answers are remembered within a bound, and computed again where anything they depend on has changed."""

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pages.parts import answers
from pages.parts.memory import Memory
from pages.parts.photos import Desk, Photo, full_size_hw
from pages.parts.results import Found, View
from pages.parts.setup import Finder, Setup
from tests.models_for_tests import constant_detector, write_detector, write_squares_model
from tests.pages.dogs_for_tests import FOUND, THREE
from tests.photos_for_tests import TURNED, exif
from vision import images
from vision.classifier import Classifier
from vision.detector import Detector
from vision.predictions import Box
from vision.tasks import TASKS


class CountingDetector(Detector):
    """Counts how often it is asked."""

    asked = 0

    def detect(self, photo: np.ndarray, min_confidence: float | None = None):
        self.asked += 1
        return super().detect(photo, min_confidence)


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    classifier = Classifier.load(write_squares_model(tmp_path / "squares", task="dog_breeds"))
    detector = CountingDetector.load(write_detector(tmp_path / "tiny", constant_detector(FOUND)))
    return Setup(TASKS["dog_breeds"], classifier, Finder(detector, 0.3), crop_first=True, margin=0.1)


def asked(setup: Setup) -> int:
    assert setup.finder is not None and isinstance(setup.finder.detector, CountingDetector)
    return setup.finder.detector.asked


def test_the_detector_is_asked_once_for_a_photo_and_a_setting(setup: Setup):
    desk, photo = Desk(), Photo("a.jpg", THREE)
    first = answers.answer(desk, photo, setup)
    assert answers.answer(desk, Photo("the same.jpg", THREE), setup) is first
    assert asked(setup) == 1
    assert setup.finder is not None
    surer = dataclasses.replace(setup, finder=dataclasses.replace(setup.finder, min_confidence=0.85))
    assert len(answers.answer(desk, photo, surer).parts) == 1
    assert answers.answer(desk, photo, dataclasses.replace(setup, margin=0.3)) is not first
    assert asked(setup) == 3
    assert answers.answer(desk, photo, setup) is first


def test_a_box_drawn_by_hand_needs_no_detector(setup: Setup):
    desk, photo = Desk(), Photo("a.jpg", THREE)
    desk.boxes[photo.digest] = Box(0.4, 0.3, 0.6, 0.7)
    assert answers.answer(desk, photo, setup).found is Found.DRAWN
    assert asked(setup) == 0


def test_what_is_looked_at_is_kept_as_the_network_saw_it(setup: Setup):
    part = answers.answer(Desk(), Photo("a.jpg", THREE), setup).parts[0]
    side = setup.classifier.card.image_size
    assert images.decode(part.looked_at_jpeg).shape == (side, side, 3)


@pytest.mark.parametrize("orientation", TURNED)
def test_the_full_size_of_a_photo_that_was_decoded_smaller(orientation: int):
    file = io.BytesIO()
    Image.new("RGB", (801, 603)).save(file, "JPEG", exif=exif(orientation))
    photo = Photo("a.jpg", file.getvalue())
    decoded = images.decode(photo.data, min_side=100)
    assert max(decoded.shape) < 801
    assert full_size_hw(photo, decoded.shape[:2]) == images.decode(photo.data).shape[:2]


def test_memory_is_bounded_and_lets_the_oldest_go():
    memory = Memory(most_bytes=100)
    for number in range(5):
        memory.keep((number,), View(bytes(30), b""))
    assert len(memory) == 3
    assert memory.recall((4,), View, lambda: View(b"new", b"")).jpeg == bytes(30)
    assert memory.recall((0,), View, lambda: View(b"new", b"")).jpeg == b"new"


def test_what_is_larger_than_the_bound_stays_alone():
    memory = Memory(most_bytes=100)
    memory.keep(("small",), View(bytes(30), b""))
    memory.keep(("large",), View(bytes(300), b""))
    assert len(memory) == 1
