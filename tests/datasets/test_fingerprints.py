"""Fingerprints: one photo keeps its own through re-saving, resizing and a little light; two photos have two."""

import itertools

import numpy as np
import pytest

from tests.drawn_photos import brighter, resized, sign
from vision import images
from vision.datasets.fingerprints import PATTERN_LENGTH, Fingerprint, fingerprint, likeness
from vision.datasets.lookalikes import LEAST_LIKENESS, LEAST_LIKENESS_ACROSS, MOST_BITS_APART

CHANGES = {
    "saved again": lambda photo: images.decode(images.encode_jpeg(photo, 80)),
    "smaller": lambda photo: resized(photo, 0.6),
    "larger": lambda photo: resized(photo, 1.7),
    "brighter": lambda photo: brighter(photo, 1.12, 4),
    "darker": lambda photo: brighter(photo, 0.8),
}
LOOK_ALIKE_CLASSES = (1, 2, 5)  # 30, 50 and 80 km/h


def bits_apart(one: Fingerprint, other: Fingerprint) -> int:
    return (one.hash_bits ^ other.hash_bits).bit_count()


def alike(one: Fingerprint, other: Fingerprint) -> float:
    return float(likeness(one.pattern[None], other.pattern[None])[0])


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_changed_copy_keeps_its_fingerprint(change):
    for number, seed in itertools.product((1, 13, 38), range(3)):
        photo = sign(number, seed)
        before, after = fingerprint(photo), fingerprint(change(photo))
        assert bits_apart(before, after) <= MOST_BITS_APART
        assert alike(before, after) >= LEAST_LIKENESS


def test_other_photos_of_the_same_sign_are_unlike():
    prints = [fingerprint(sign(14, seed)) for seed in range(12)]
    assert max(alike(*pair) for pair in itertools.combinations(prints, 2)) < LEAST_LIKENESS


def test_signs_that_differ_in_one_figure_are_no_copies_of_each_other():
    """In the very same light and street, so that only the figure differs."""
    for seed in range(3):
        prints = [fingerprint(sign(number, seed)) for number in LOOK_ALIKE_CLASSES]
        assert max(alike(*pair) for pair in itertools.combinations(prints, 2)) < LEAST_LIKENESS_ACROSS


def test_a_pattern_is_as_promised():
    seen = fingerprint(sign(14, 1))
    assert seen.pattern.shape == (PATTERN_LENGTH,)
    assert seen.pattern.dtype == np.int8
    assert np.abs(seen.pattern.astype(int)).max() == 127
    assert 0 <= seen.hash_bits < 2**64
    assert not seen.is_plain


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_photo_of_one_colour_has_nothing_to_compare(level: int):
    assert fingerprint(np.full((40, 50, 3), level, np.uint8)).is_plain
    noise = np.random.default_rng(0).normal(0, 4, (40, 50, 3))
    assert fingerprint(np.clip(level + noise, 0, 255).astype(np.uint8)).is_plain


def test_likeness_is_one_for_equal_patterns_and_zero_for_none():
    patterns = np.stack([fingerprint(sign(14, seed)).pattern for seed in (1, 2)])
    assert likeness(patterns, patterns) == pytest.approx(1)
    assert likeness(patterns, np.zeros_like(patterns)) == pytest.approx(0)
    assert likeness(patterns, -patterns) == pytest.approx(-1)
