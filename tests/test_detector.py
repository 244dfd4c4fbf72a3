"""The detector: from a photo to the boxes in it, in the photo's own pixels."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from tests.models_for_tests import DETECTOR_SIZE
from tests.photos_for_tests import TURNED, exif, saved
from vision import images
from vision.detector import MAX_DETECTIONS, PADDING_GREY, STRIDE, Detector, Network, letterbox, overlaps, suppress
from vision.errors import ModelError
from vision.model_card import LETTERBOX, ModelCard
from vision.pipeline import part_in
from vision.predictions import Box

SHAPES = [(240, 320), (480, 640), (1000, 333), (50, 64), (320, 320), (20, 30000), (30000, 20)]


class FindsTheSame:
    """A network that finds the same in every photo: rows of x1, y1, x2, y2 and a confidence for each class."""

    def __init__(self, candidates: Sequence[Sequence[float]]) -> None:
        found = np.array(candidates, np.float32).T
        self._found = np.concatenate([(found[:2] + found[2:4]) / 2, found[2:4] - found[:2], found[4:]])

    def run(self, pixels: np.ndarray) -> np.ndarray:
        return self._found


class FindsBright:
    """A network that finds what is brighter than the padding."""

    def run(self, pixels: np.ndarray) -> np.ndarray:
        bright = pixels.min(axis=2) > 150
        rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
        corners = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
        return FindsTheSame([[*corners, 0.9]]).run(pixels)


def build(network: Network, classes: tuple[str, ...] = ("dog",), **settings: object) -> Detector:
    content = {"detection": {"finds": "dog", "min_confidence": 0.3, "max_overlap": 0.6} | settings}
    card = ModelCard("fake", "dog_detector", DETECTOR_SIZE, LETTERBOX, classes, classes, 0.5, 0.3, {}, "onnx", content)
    return Detector(card, network)


def finds(*candidates: Sequence[float], **settings: object) -> Detector:
    return build(FindsTheSame(candidates), **settings)


def plain(height: int = DETECTOR_SIZE, width: int = DETECTOR_SIZE) -> np.ndarray:
    return np.full((height, width, 3), 40, np.uint8)


def with_bright(size_hw: tuple[int, int], box: Box) -> np.ndarray:
    photo = plain(*size_hw)
    x1, y1, x2, y2 = map(int, box.xyxy)
    photo[y1:y2, x1:x2] = 230
    return photo


def corners(detector: Detector, photo: np.ndarray, min_confidence: float | None = None) -> list[tuple[float, ...]]:
    return [found.box.xyxy for found in detector.detect(photo, min_confidence)]


# Letterbox


@pytest.mark.parametrize("size_hw", SHAPES)
def test_a_photo_is_fitted_and_padded_to_whole_strides(size_hw: tuple[int, int]):
    photo = np.random.default_rng(0).integers(0, 100, (*size_hw, 3), np.uint8)
    pixels, scale, left, top = letterbox(photo, DETECTOR_SIZE)
    new_hw = tuple(max(1, round(side * DETECTOR_SIZE / max(size_hw))) for side in size_hw)
    assert (pixels.dtype, max(pixels.shape)) == (np.uint8, DETECTOR_SIZE)
    assert all(side % STRIDE == 0 and 0 <= side - new < STRIDE for side, new in zip(pixels.shape, new_hw, strict=False))
    assert scale == (new_hw[1] / size_hw[1], new_hw[0] / size_hw[0])
    inside = pixels[top : top + new_hw[0], left : left + new_hw[1]]
    np.testing.assert_array_equal(inside, cv2.resize(photo, new_hw[::-1], interpolation=cv2.INTER_LINEAR))
    padding = np.ones(pixels.shape[:2], bool)
    padding[top : top + new_hw[0], left : left + new_hw[1]] = False
    assert (pixels[padding] == PADDING_GREY).all()
    assert abs(2 * left - (pixels.shape[1] - new_hw[1])) <= 1 and abs(2 * top - (pixels.shape[0] - new_hw[0])) <= 1


# Boxes


@pytest.mark.parametrize(
    ("size_hw", "box"),
    [
        ((480, 640), Box(100, 40, 300, 400)),
        ((640, 480), Box(0, 0, 480, 640)),
        ((1000, 333), Box(20, 600, 300, 980)),
        ((50, 64), Box(10, 12, 40, 44)),
        ((480, 640), Box(300, 200, 312, 212)),  # a dog of 12 pixels
        ((20, 30000), Box(12000, 0, 21000, 20)),
        ((30000, 20), Box(0, 3000, 20, 27000)),
    ],
)
def test_boxes_are_in_pixels_of_the_photo(size_hw: tuple[int, int], box: Box):
    (found,) = build(FindsBright()).detect(with_bright(size_hw, box))
    a_pixel_there = max(1.0, max(size_hw) / DETECTOR_SIZE)
    np.testing.assert_allclose(found.box.xyxy, box.xyxy, atol=1.01 * a_pixel_there)
    assert found.confidence == pytest.approx(0.9)


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("colours", ["grey", "RGB"])
def test_a_grey_or_turned_photo_is_seen_upright(orientation: int, colours: str):
    box = Box(30, 80, 110, 120)
    stored = TURNED[orientation](with_bright((160, 120), box))
    stored = stored[..., 0] if colours == "grey" else stored
    photo = images.decode(saved(stored, "JPEG", exif=exif(orientation)))
    np.testing.assert_allclose(corners(build(FindsBright()), photo), [box.xyxy], atol=1)


@pytest.mark.parametrize(
    ("candidate", "inside"),
    [
        ((-20, 10, 50, 60), (0, 10, 50, 60)),
        ((250, 200, 400, 330), (250, 200, 320, 320)),
        ((-9, -9, 999, 999), (0, 0, 320, 320)),
        ((0, 0, 320, 320), (0, 0, 320, 320)),
    ],
)
def test_a_box_that_leaves_the_photo_is_clipped_to_it(candidate: tuple[float, ...], inside: tuple[float, ...]):
    np.testing.assert_allclose(corners(finds((*candidate, 0.9)), plain()), [inside], atol=1e-4)


@pytest.mark.parametrize(
    ("size_hw", "candidate"),
    [((200, 320), (20, 0, 60, 11, 0.9)), ((8, 8), (104, 104, 110, 110, 0.9)), ((20, 30000), (100, 0, 200, 14, 0.9))],
    ids=["in the padding alone", "less than a pixel", "beside a panorama"],
)
def test_whatever_is_found_can_be_cropped_to(size_hw: tuple[int, int], candidate: tuple[float, ...]):
    """Else an empty box would be refused, and the whole photo with it."""
    photo = plain(*size_hw)
    for found in finds(candidate).detect(photo):
        assert part_in(photo, found.box, 0.1).size > 0


def test_the_surest_comes_first():
    found = finds((0, 0, 50, 50, 0.4), (100, 0, 150, 50, 0.9), (200, 0, 250, 50, 0.6)).detect(plain())
    assert [detection.confidence for detection in found] == pytest.approx([0.9, 0.6, 0.4])
    assert [detection.box.x1 for detection in found] == [100, 200, 0]


def test_nothing_found_is_an_empty_list():
    assert finds((0, 0, 50, 50, 0.1)).detect(plain()) == []


@pytest.mark.parametrize(("least", "count"), [(None, 3), (0, 4), (0.25, 3), (0.5, 2), (0.75, 1), (1, 0)])
def test_the_least_confidence_is_the_cards_unless_told(least: float | None, count: int):
    boxes = [(60 * i, 0, 60 * i + 50, 50, confidence) for i, confidence in enumerate((0.75, 0.5, 0.25, 0.125, 0.0))]
    assert len(finds(*boxes, min_confidence=0.25).detect(plain(), least)) == count


def test_of_several_classes_the_first_choice_counts():
    """A dog-like cat is the cat's."""
    cat, dog, both_low = (0, 0, 50, 50, 0.8, 0.7, 0), (100, 0, 150, 50, 0.4, 0.5, 0.1), (200, 0, 250, 50, 0, 0.35, 0.4)
    detector = finds(cat, dog, both_low, classes=("cat", "dog", "bird"))
    assert [(found.box.x1, round(found.confidence, 3)) for found in detector.detect(plain())] == [(100, 0.5)]


# Duplicates and many


def test_overlaps_is_intersection_over_union():
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [10, 0, 20, 10], [2, 2, 4, 7], [3, 3, 3, 9]], float)
    np.testing.assert_allclose(overlaps(boxes[0], boxes), [1, 1 / 3, 0, 0.1, 0])
    np.testing.assert_allclose(overlaps(boxes[4], boxes[4:]), [0])
    assert overlaps(boxes[0], boxes[:0]).shape == (0,)


def test_of_duplicates_one_is_kept_and_of_leaning_dogs_both():
    dog, again, leaning = [0, 0, 100, 100], [4, 3, 102, 98], [50, 0, 150, 100]
    assert suppress(np.array([dog, again, leaning], float), 0.6) == [0, 2]
    assert suppress(np.array([dog, again, leaning], float), 0.2) == [0]
    assert suppress(np.zeros((0, 4)), 0.6) == []


def test_a_box_that_only_a_suppressed_one_overlaps_is_kept():
    chain = np.array([[0, 0, 100, 100], [20, 0, 120, 100], [40, 0, 140, 100]], float)
    assert suppress(chain, 0.6) == [0, 2]


def test_duplicates_are_found_once_and_the_surest_is_it():
    detector = finds((0, 0, 100, 100, 0.6), (4, 3, 102, 98, 0.8), (50, 0, 150, 100, 0.7))
    assert [found.confidence for found in detector.detect(plain())] == pytest.approx([0.8, 0.7])


def grid(count: int) -> list[tuple[float, ...]]:
    """Boxes that touch but do not overlap, the surest last."""
    places = ((20 * (i % 16), 20 * (i // 16)) for i in range(count))
    return [(x, y, x + 20, y + 20, 0.5 + i / 1000) for i, (x, y) in enumerate(places)]


def test_forty_dogs_are_forty():
    assert len(finds(*grid(40)).detect(plain())) == 40


def test_of_very_many_the_surest_are_kept():
    found = finds(*grid(200)).detect(plain())
    assert len(found) == MAX_DETECTIONS
    assert found[-1].confidence == pytest.approx(0.5 + (200 - MAX_DETECTIONS) / 1000)


# What the card must say


@pytest.mark.parametrize(
    "settings",
    [{"finds": "cat"}, {"min_confidence": "high"}, {"max_overlap": None}, {"min_confidence": None}],
    ids=str,
)
def test_a_card_with_other_settings_is_refused(settings: dict[str, object]):
    with pytest.raises(ModelError, match=r"^The card of 'fake' is not a detector's \(.*\); publish it again\.$"):
        finds((0, 0, 1, 1, 1), **settings)
