"""Augmentation: seeded, of the same shape, and never so strong that nothing is left to see."""

import numpy as np
import pytest

from tests.models_for_tests import draw_square
from vision.training.augment import augment


def two_halves(size: int = 48) -> np.ndarray:
    """Red on the left, blue on the right."""
    photo = np.full((size, size, 3), 20, np.uint8)
    photo[:, : size // 2, 0] = photo[:, size // 2 :, 2] = 220
    return photo


def is_mirrored(photo: np.ndarray) -> bool:
    left, right = photo[:, : photo.shape[1] // 3], photo[:, -photo.shape[1] // 3 :]
    return float(left[..., 0].mean()) < float(right[..., 0].mean())


@pytest.mark.parametrize("size", [32, 33, 96])
@pytest.mark.parametrize("strength", [0, 0.3, 1])
def test_a_photo_keeps_its_shape_and_type_and_is_not_changed_in_place(size: int, strength: float):
    photo = draw_square(0, 1, (size, size))
    photo.flags.writeable = False  # as the rows of the memory-mapped photos are
    for seed in range(60):
        changed = augment(photo, np.random.default_rng(seed), strength, mirror=True)
        assert (changed.shape, changed.dtype) == (photo.shape, np.uint8)


def test_the_state_of_the_generator_decides():
    photo = draw_square(0, 1)
    for seed in range(20):
        first, again = (augment(photo, np.random.default_rng(seed), 1, mirror=True) for _ in range(2))
        np.testing.assert_array_equal(first, again)
    rng = np.random.default_rng(0)
    assert not np.array_equal(augment(photo, rng, 1, mirror=True), augment(photo, rng, 1, mirror=True))


def test_strength_zero_changes_nothing():
    photo = two_halves()
    for seed in range(20):
        np.testing.assert_array_equal(augment(photo, np.random.default_rng(seed), 0, mirror=True), photo)


def test_more_strength_changes_more():
    photo = draw_square(1, 3, (48, 48))
    changes = [
        np.mean([np.abs(augment(photo, np.random.default_rng(s), strength, False) - 1.0 * photo) for s in range(60)])
        for strength in (0.1, 0.4, 1)
    ]
    assert changes[0] < changes[1] < changes[2]


@pytest.mark.parametrize("strength", [0.1, 1])
def test_nothing_is_mirrored_that_may_not_be(strength: float):
    photo = two_halves()
    assert not any(is_mirrored(augment(photo, np.random.default_rng(s), strength, mirror=False)) for s in range(400))


def test_half_is_mirrored_where_it_may_be():
    photo = two_halves()
    count = sum(is_mirrored(augment(photo, np.random.default_rng(s), 1, mirror=True)) for s in range(400))
    assert 150 < count < 250


@pytest.mark.parametrize("brightness", [0.1, 0.2, 0.5, 1.0])
def test_a_photo_never_turns_black(brightness: float):
    photo = (draw_square(2, 5, (48, 48)) * brightness).astype(np.uint8)
    darkest = min(float(augment(photo, np.random.default_rng(s), 1, mirror=False).mean()) for s in range(500))
    assert darkest > min(15, 0.7 * photo.mean())


@pytest.mark.parametrize(("dark", "bright"), [(20, 60), (60, 200), (120, 160)])
def test_something_is_left_to_see(dark: int, bright: int):
    """A checkerboard in shadow, in daylight or in fog."""
    photo = np.where(np.indices((48, 48)).sum(axis=0)[..., None] // 12 % 2, bright, dark)
    photo = np.repeat(photo, 3, axis=2).astype(np.uint8)
    contrasts = [float(augment(photo, np.random.default_rng(s), 1, mirror=False).std()) for s in range(500)]
    assert np.mean([contrast < 3 for contrast in contrasts]) < 0.02
