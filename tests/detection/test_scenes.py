"""Made photos: the boxes lie in them, around what is seen of each dog."""

from typing import Any

import numpy as np
import pytest

from vision.detection import scenes
from vision.detection.cutouts import Cutout
from vision.detection.scenes import LEAST_VISIBLE, LONGER_SIDE, compose
from vision.predictions import Box

GROUND = 40
COLOURS = ((250, 90, 90), (90, 250, 90), (90, 90, 250), (250, 250, 90), (90, 250, 250), (250, 90, 250))


def dog(index: int, size_hw: tuple[int, int] = (120, 90)) -> Cutout:
    """A plain rectangle in a colour of its own."""
    pixels = np.full((*size_hw, 3), COLOURS[index], np.uint8)
    return Cutout(pixels, np.ones(size_hw, np.float32))


def scene(count: int, seed: int, max_overlap: float = 0.6, size_hw: tuple[int, int] = (120, 90)):
    background = np.full((300, 400, 3), GROUND, np.uint8)
    return compose(background, [dog(i, size_hw) for i in range(count)], np.random.default_rng(seed), max_overlap)


def colour_of(pixels: np.ndarray) -> np.ndarray:
    """The dog that each pixel shows, int (height, width); -1 for the ground. Colours keep their order in any light."""
    directions = np.array(COLOURS) / np.linalg.norm(COLOURS, axis=1, keepdims=True)
    lengths = np.linalg.norm(pixels.astype(float), axis=2, keepdims=True)
    nearest: np.ndarray = ((pixels / np.maximum(lengths, 1)) @ directions.T).argmax(axis=2)
    return np.where((pixels == GROUND).all(axis=2), -1, nearest)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6])
def test_each_dog_has_a_box_in_the_scene(count: int):
    for seed in range(20):
        pixels, boxes = scene(count, seed, max_overlap=0.2)
        assert pixels.dtype == np.uint8 and max(pixels.shape) == LONGER_SIDE
        assert len(boxes) == count
        for box in boxes:
            assert box == box.clipped((1, 1))
            assert box.width > 0 and box.height > 0


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_box_holds_what_is_seen_of_its_dog_and_no_more(count: int):
    for seed in range(20):
        pixels, boxes = scene(count, seed, max_overlap=0.4)
        shown = colour_of(pixels)
        height, width = shown.shape
        dogs = [index for index in range(count) if (shown == index).sum() > 0]
        assert len(boxes) == len(dogs)
        for index, box in zip(dogs, boxes, strict=True):
            rows, columns = np.nonzero(shown == index)
            seen = Box(
                columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height
            )
            np.testing.assert_allclose(box.xyxy, seen.xyxy, atol=2 / min(height, width))


def test_the_same_seed_gives_the_same_scene_and_another_another():
    (pixels, boxes), (again, boxes_again), (other, _) = scene(3, 1), scene(3, 1), scene(3, 2)
    np.testing.assert_array_equal(pixels, again)
    assert boxes == boxes_again
    assert pixels.shape != other.shape or not np.array_equal(pixels, other)


def test_the_background_is_left_as_it_was():
    background = np.full((300, 400, 3), GROUND, np.uint8)
    compose(background, [dog(0)], np.random.default_rng(0), 0.5)
    assert (background == GROUND).all()


@pytest.mark.parametrize("size_hw", [(40, 900), (900, 40), (60, 60)], ids=str)
def test_dogs_of_any_form_fit(size_hw: tuple[int, int]):
    for seed in range(10):
        pixels, boxes = scene(6, seed, size_hw=size_hw)
        assert 1 <= len(boxes) <= 6
        assert max(pixels.shape) == LONGER_SIDE


def whole_sizes(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """Filled while a scene is made: how many pixels each dog would have if it were seen whole."""
    sizes: dict[int, int] = {}
    resized = scenes._resized

    def watched(cutout: Cutout, *arguments: Any) -> Cutout:
        dog = resized(cutout, *arguments)
        sizes[int(colour_of(cutout.pixels[:1, :1])[0, 0])] = dog.alpha.size
        return dog

    monkeypatch.setattr(scenes, "_resized", watched)
    return sizes


@pytest.mark.parametrize(("count", "max_overlap"), [(2, 1.0), (3, 0.6), (5, 0.6), (5, 1.0)])
def test_of_each_dog_in_the_scene_enough_is_seen(monkeypatch: pytest.MonkeyPatch, count: int, max_overlap: float):
    """Who would hide another too much is not drawn at all."""
    sizes = whole_sizes(monkeypatch)
    counts = set()
    for seed in range(60):
        sizes.clear()
        pixels, boxes = scene(count, seed, max_overlap)
        shown = colour_of(pixels)
        seen = {index: int((shown == index).sum()) for index in range(count)}
        assert sum(size > 0 for size in seen.values()) == len(boxes)
        for index, size in seen.items():
            assert size == 0 or size > 0.95 * LEAST_VISIBLE * sizes[index], seed
        counts.add(len(boxes))
    assert min(counts) < count == max(counts) or max_overlap < 1


@pytest.mark.parametrize("size_hw", [(20, 800), (800, 20), (8, 8)], ids=str)
def test_any_photo_can_be_the_background(size_hw: tuple[int, int]):
    pixels, boxes = compose(np.full((*size_hw, 3), GROUND, np.uint8), [dog(0)], np.random.default_rng(0), 0.5)
    assert max(pixels.shape) == LONGER_SIDE and len(boxes) == 1
