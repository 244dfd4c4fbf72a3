"""Resizing with and without OpenCV gives the same, so that a light server answers as a full one does."""

import numpy as np
import pytest

from tests.conftest import lack
from tests.drawn_photos import sign
from vision import images, model_store, resampling
from vision.classifier import Classifier

SHRUNK = [
    ((375, 500), (96, 96)),
    ((375, 500), (224, 200)),
    ((97, 131), (130, 96)),
    ((64, 64), (16, 64)),
    ((9, 40), (1, 1)),
]
STRETCHED = [
    ((50, 50), (96, 96)),
    ((375, 500), (480, 360)),
    ((9, 40), (31, 64)),
    ((1, 1), (5, 3)),
    ((600, 300), (64, 32)),
]


@pytest.fixture
def without_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "HAS_OPENCV", False)


def photo_of(size_hw: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(sum(size_hw)).integers(0, 256, (*size_hw, 3), np.uint8)


def assert_same(ours: np.ndarray, theirs: np.ndarray, most_differing: float) -> None:
    assert ours.dtype == np.uint8 and ours.flags.c_contiguous
    differences = np.abs(ours.astype(int) - theirs)
    assert differences.max() <= 1
    assert (differences > 0).mean() <= most_differing


@pytest.mark.parametrize(("size_hw", "new_wh"), SHRUNK)
def test_averages_are_those_of_opencv(size_hw, new_wh, monkeypatch: pytest.MonkeyPatch):
    photo = photo_of(size_hw)
    theirs = resampling.average(photo, new_wh)
    monkeypatch.setattr(resampling, "HAS_OPENCV", False)
    assert_same(resampling.average(photo, new_wh), theirs, most_differing=0.02)


@pytest.mark.parametrize(("size_hw", "new_wh"), STRETCHED)
def test_what_lies_between_is_that_of_opencv(size_hw, new_wh, monkeypatch: pytest.MonkeyPatch):
    photo = photo_of(size_hw)
    theirs = resampling.interpolate(photo, new_wh)
    monkeypatch.setattr(resampling, "HAS_OPENCV", False)
    assert_same(resampling.interpolate(photo, new_wh), theirs, most_differing=0.2)  # OpenCV counts in 1/2048


@pytest.mark.usefixtures("without_opencv")
def test_an_average_is_one():
    photo = photo_of((40, 60))
    blocks = photo.reshape(10, 4, 20, 3, 3).mean(axis=(1, 3))
    assert np.abs(resampling.average(photo, (20, 10)) - blocks).max() < 0.501
    half = resampling.average(np.array([[[0], [90], [210]]], np.uint8), (2, 1))  # each takes half of the pixel between
    np.testing.assert_array_equal(half[0, :, 0], [30, 170])


@pytest.mark.usefixtures("without_opencv")
@pytest.mark.parametrize("size_wh", [(3, 50), (50, 3), (200, 200)])
def test_one_colour_stays_that_colour(size_wh: tuple[int, int]):
    photo = np.full((50, 60, 3), (3, 254, 77), np.uint8)
    for resized in (resampling.interpolate(photo, size_wh), images.resize(photo, size_wh[1], "stretch")):
        assert (resized == (3, 254, 77)).all()


def test_a_model_says_the_same_without_opencv(monkeypatch: pytest.MonkeyPatch):
    if model_store.default_name(model_store.MODELS_DIR / "traffic_signs") is None:
        lack("no model of traffic signs in models/")
    classifier = Classifier.load(model_store.find_model("traffic_signs"))
    photos = [sign(number, seed=7, size_px=size) for number, size in ((1, 40), (14, 96), (25, 220), (38, 500))]
    with_opencv = classifier.predict(photos)
    monkeypatch.setattr(resampling, "HAS_OPENCV", False)
    for ours, theirs in zip(classifier.predict(photos), with_opencv, strict=True):
        assert ours.best.label == theirs.best.label
        assert ours.best.probability == pytest.approx(theirs.best.probability, abs=0.02)
