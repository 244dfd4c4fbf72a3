"""Batches: what is in them follows from the seed and the step, whatever was asked before."""

from collections.abc import Sequence

import numpy as np
import pytest

from vision.training.batches import BatchMaker, TrainingPhotos, plain_batches

CLASSES = 4
# Each photo is flat, in a colour that tells its row.
PIXELS = np.stack([np.full((8, 8, 3), row + 20, np.uint8) for row in range(60)])
LABELS = np.arange(60) % CLASSES
ROWS = np.arange(60)[np.arange(60) % 5 != 0]  # 48 of them
OUTLIERS = np.full((7, 8, 8, 3), 255, np.uint8)
CROPS = PIXELS + np.uint8(100)


def make(seed: int = 0, batch_size: int = 10, strength: float = 0, **changes) -> BatchMaker:
    photos = TrainingPhotos(PIXELS, LABELS, ROWS, CLASSES, changes.pop("outliers", None), changes.pop("crops", None))
    settings = {"mirror": False, "label_smoothing": 0.1, "outlier_share": 0.2} | changes
    return BatchMaker(photos, batch_size, seed, strength, **settings)


def rows_in(images: np.ndarray) -> list[int]:
    return [int(image[0, 0, 0]) - 20 for image in images]


def assert_same(batch: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> None:
    for part, other_part in zip(batch, other, strict=True):
        np.testing.assert_array_equal(part, other_part)


def test_a_batch_depends_on_seed_and_step_alone():
    maker = make(strength=1, outliers=OUTLIERS)
    in_order = [maker.batch(step) for step in range(12)]
    for step in (11, 3, 0, 4, 3, 8):  # also across epochs, and twice
        assert_same(maker.batch(step), in_order[step])
        assert_same(make(strength=1, outliers=OUTLIERS).batch(step), in_order[step])


def test_another_seed_or_epoch_gives_another_order_and_other_changes():
    maker = make()
    steps = maker.steps_per_epoch
    orders = [
        [row for s in range(steps) for row in rows_in(m.batch(first + s)[0])]
        for m, first in ((maker, 0), (maker, steps), (make(seed=1), 0))
    ]
    assert orders[0] != orders[1] and orders[0] != orders[2] and orders[1] != orders[2]
    lights = [make(strength=1, seed=seed).batch(0)[0].mean() for seed in range(3)]
    assert len(set(lights)) == 3


@pytest.mark.parametrize("batch_size", [1, 10, 48])
def test_an_epoch_visits_each_training_photo_once_at_most_and_no_other(batch_size: int):
    maker = make(batch_size=batch_size)
    for epoch in range(3):
        first = epoch * maker.steps_per_epoch
        seen = [row for step in range(maker.steps_per_epoch) for row in rows_in(maker.batch(first + step)[0])]
        assert len(seen) == len(set(seen)) == 48 // batch_size * batch_size
        assert set(seen) <= set(ROWS.tolist())


def test_a_batch_is_floats_in_the_range_of_pixels():
    images, targets = make(strength=1, outliers=OUTLIERS).batch(0)
    assert (images.dtype, targets.dtype) == (np.float32, np.float32)
    assert images.min() >= 0 and 1 < images.max() <= 255


@pytest.mark.parametrize("smoothing", [0, 0.1, 0.4])
def test_targets_are_the_labels_smoothed(smoothing: float):
    images, targets = make(label_smoothing=smoothing).batch(1)
    assert targets.argmax(axis=1).tolist() == LABELS[rows_in(images)].tolist()
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(targets.max(axis=1), 1 - smoothing + smoothing / CLASSES, rtol=1e-6)
    np.testing.assert_allclose(np.sort(targets, axis=1)[:, :-1], smoothing / CLASSES, atol=1e-7)


def test_outliers_come_on_top_with_uniform_targets():
    images, targets = make(outliers=OUTLIERS).batch(0)
    assert (len(images), len(targets)) == (12, 12)
    assert (images[10:] == 255).all() and not (images[:10] == 255).any()
    np.testing.assert_allclose(targets[10:], 1 / CLASSES)
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-6)


def test_with_crops_each_photo_is_seen_whole_half_of_the_time_and_cropped_half():
    maker = make(crops=CROPS)
    seen = [image for step in range(20 * maker.steps_per_epoch) for image in maker.batch(step)[0][:, 0, 0, 0]]
    cropped = [value >= 120 for value in seen]
    assert 0.4 < np.mean(cropped) < 0.6
    assert {int(value) - (120 if value >= 120 else 20) for value in seen} == set(ROWS.tolist())


def test_a_batch_with_crops_and_a_teacher_depends_on_seed_and_step_alone():
    changes = {"strength": 0.5, "crops": CROPS, "outliers": OUTLIERS, "teach": teach, "teacher_share": 0.5}
    maker = make(**changes)
    in_order = [maker.batch(step) for step in range(9)]
    for step in (8, 0, 4, 4):
        assert_same(maker.batch(step), in_order[step])
        assert_same(make(**changes).batch(step), in_order[step])


def test_without_crops_no_random_number_is_spent_on_them():
    """So that a run from before there were any can be made again."""
    rng = np.random.default_rng(0)
    photo = TrainingPhotos(PIXELS, LABELS, ROWS, CLASSES).view(7, rng)
    np.testing.assert_array_equal(photo, PIXELS[7])
    assert rng.random() == np.random.default_rng(0).random()


def teach(photos: Sequence[np.ndarray]) -> np.ndarray:
    """Sure of class 3, the more the lighter a photo is."""
    light = np.array([photo.mean() / 255 for photo in photos], np.float32)
    return np.stack([(1 - light) / 3] * 3 + [light], axis=1)


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_the_teachers_answer_is_a_part_of_the_target(share: float):
    """Its answer to the very photo that the network sees."""
    images, targets = make(strength=1, teach=teach, teacher_share=share).batch(1)
    own = make(strength=1).batch(1)[1]
    np.testing.assert_allclose(targets, (1 - share) * own + share * teach(images), atol=1e-6)
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-5)
    assert targets.dtype == np.float32


def test_the_teacher_sees_bytes_and_is_not_asked_about_outliers():
    asked: list[np.ndarray] = []

    def watched(photos: Sequence[np.ndarray]) -> np.ndarray:
        asked.extend(photos)
        return teach(photos)

    targets = make(strength=1, outliers=OUTLIERS, teach=watched, teacher_share=1).batch(0)[1]
    assert len(asked) == 10 and len(targets) == 12
    assert {(photo.dtype, photo.shape) for photo in asked} == {(np.dtype(np.uint8), (8, 8, 3))}
    np.testing.assert_allclose(targets[10:], 1 / CLASSES)


def test_few_photos_make_one_smaller_batch():
    maker = make(batch_size=500)
    assert maker.batch_size == 48
    assert maker.steps_per_epoch == 1
    assert sorted(rows_in(maker.batch(0)[0])) == ROWS.tolist()


def test_the_dataset_continues_at_the_step_it_is_given():
    maker = make(strength=1, outliers=OUTLIERS)
    for first, steps in ((0, 6), (3, 4)):
        batches = list(make(strength=1, outliers=OUTLIERS).dataset(first, steps).as_numpy_iterator())
        assert len(batches) == steps
        for step, batch in enumerate(batches, first):
            assert_same(batch, maker.batch(step))


def test_plain_batches_keep_the_order_of_the_rows():
    rows = np.array([7, 3, 59, 0, 12, 1, 4])
    batches = list(plain_batches(PIXELS, rows, batch_size=3).as_numpy_iterator())
    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert [row for batch in batches for row in rows_in(batch)] == rows.tolist()
    assert batches[0].dtype == np.float32
