"""Look-alikes among many: all are found, objects stay together, and a scene of thousands takes no hours."""

import time

import numpy as np
import pytest

from vision.datasets.lookalikes import BANDS, group_lookalikes

COUNT = 400


@pytest.fixture
def photos() -> tuple[np.ndarray, np.ndarray]:
    """Hashes and patterns of photos that have nothing in common."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 2**64, COUNT, np.uint64), rng.integers(-127, 128, (COUNT, 256)).astype(np.int8)


def each_its_own() -> np.ndarray:
    return np.arange(COUNT)


def one_class() -> np.ndarray:
    return np.zeros(COUNT, np.int64)


def flipped(bits: np.uint64, places: np.ndarray) -> np.uint64:
    return np.uint64(int(bits) ^ sum(1 << int(place) for place in places))


def noisy(pattern: np.ndarray, sigma: float) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, sigma, pattern.shape)
    return np.clip(pattern + noise, -127, 127).round().astype(np.int8)


def test_photos_that_have_nothing_in_common_are_in_no_group(photos):
    assert group_lookalikes(*photos, one_class(), each_its_own()) == []


def test_every_pair_that_differs_in_fewer_bits_than_there_are_bands_is_found(photos):
    hashes, patterns = photos
    rng = np.random.default_rng(2)
    pairs = [[row, row + 200] for row in range(200)]
    for row, other in pairs:
        hashes[other] = flipped(hashes[row], rng.choice(64, row % BANDS, replace=False))
        patterns[other] = patterns[row]
    assert group_lookalikes(hashes, patterns, one_class(), each_its_own()) == pairs


def test_an_equal_hash_is_not_enough(photos):
    hashes, patterns = photos
    hashes[:] = hashes[0]
    assert group_lookalikes(hashes, patterns, one_class(), each_its_own()) == []


def test_what_is_alike_by_steps_is_one_group(photos):
    hashes, patterns = photos
    for row in (10, 20, 30):
        hashes[row], patterns[row] = hashes[0], noisy(patterns[0], 1)
    assert group_lookalikes(hashes, patterns, one_class(), each_its_own()) == [[0, 10, 20, 30]]


def test_photos_of_one_object_are_never_compared(photos):
    hashes, patterns = photos
    hashes[:50], patterns[:50] = hashes[0], patterns[0]
    objects = each_its_own()
    objects[:50] = 0
    assert group_lookalikes(hashes, patterns, one_class(), objects) == []
    objects[25:50] = 25
    assert group_lookalikes(hashes, patterns, one_class(), objects) == [[0, 25]], "one photo stands for each object"


def test_more_is_asked_for_between_two_classes(photos):
    hashes, patterns = photos
    hashes[1], patterns[1] = hashes[0], noisy(patterns[0], 9)  # 0.9925 alike
    labels = one_class()
    assert group_lookalikes(hashes, patterns, labels, each_its_own()) == [[0, 1]]
    labels[1] = 1
    assert group_lookalikes(hashes, patterns, labels, each_its_own()) == []
    patterns[1] = noisy(patterns[0], 3)
    assert group_lookalikes(hashes, patterns, labels, each_its_own()) == [[0, 1]]


def test_no_photos_are_no_groups():
    none = np.zeros(0, np.int64)
    assert group_lookalikes(np.zeros(0, np.uint64), np.zeros((0, 256), np.int8), none, none) == []


def test_thousands_of_photos_of_one_scene_take_seconds():
    count = 3000
    rng = np.random.default_rng(3)
    hashes = np.full(count, 12345, np.uint64)
    patterns = rng.integers(-127, 128, (count, 256)).astype(np.int8)
    patterns[: count // 2] = patterns[0]
    began = time.process_time()
    (group,) = group_lookalikes(hashes, patterns, np.zeros(count, np.int64), np.arange(count))
    assert group == list(range(count // 2))
    assert time.process_time() - began < 20
