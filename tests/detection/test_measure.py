"""The figures of a detector, beside cases counted by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from vision.detection.measure import (
    LEAST_CONFIDENCE,
    Found,
    average_precision,
    false_alarms,
    figures,
    find_all,
    matches,
)
from vision.predictions import Box, Detection

DOG, OTHER_DOG = Box(0, 0, 100, 100), Box(200, 0, 300, 100)
NEAR_DOG = Box(10, 0, 110, 100)  # 90 of 110 shared
SOMEWHERE = Box(400, 400, 450, 450)


def photo(truths: Sequence[Box], *detections: tuple[Box, float]) -> Found:
    return Found(tuple(Detection(box, confidence) for box, confidence in detections), tuple(truths))


def test_a_detection_finds_the_closest_object_that_no_surer_one_has_found():
    found = photo((DOG, NEAR_DOG), (Box(8, 0, 108, 100), 0.9), (Box(9, 0, 109, 100), 0.8), (NEAR_DOG, 0.7))
    assert matches(found.detections, found.truths) == [1, 0, None]
    assert matches(found.detections, ()) == [None, None, None]
    assert matches((), found.truths) == []


@pytest.mark.parametrize(("width", "row"), [(201, None), (199, 0), (50, 0), (49, None)])
def test_half_of_the_union_must_be_shared(width: float, row: int | None):
    assert matches([Detection(Box(0, 0, width, 100), 0.9)], [DOG]) == [row]


def test_all_found_and_nothing_else():
    result = figures([photo((DOG, OTHER_DOG), (DOG, 0.9), (OTHER_DOG, 0.8)), photo((), (DOG, 0.1))], 0.5)
    assert (result.photos, result.objects, result.recall, result.exact_count) == (2, 2, 1, 1)
    assert (result.duplicates_a_photo, result.false_a_photo) == (0, 0)


def test_one_missed_one_twice_one_nowhere():
    found = [
        photo((DOG, OTHER_DOG), (DOG, 0.9), (NEAR_DOG, 0.8), (SOMEWHERE, 0.7)),
        photo((DOG,), (DOG, 0.6)),
    ]
    result = figures(found, 0.5)
    assert result.recall == pytest.approx(2 / 3)
    assert (result.exact_count, result.duplicates_a_photo, result.false_a_photo) == (0.5, 0.5, 0.5)


def test_the_count_can_be_right_by_chance_and_the_recall_says_so():
    result = figures([photo((DOG,), (SOMEWHERE, 0.9))], 0.5)
    assert (result.exact_count, result.recall, result.false_a_photo) == (1, 0, 1)


def test_boxes_below_the_confidence_do_not_count():
    found = [photo((DOG,), (DOG, 0.5), (SOMEWHERE, 0.4))]
    assert (figures(found, 0.5).recall, figures(found, 0.5).false_a_photo) == (1, 0)
    assert figures(found, 0.51).recall == 0
    assert figures(found, 0.4).false_a_photo == 1


def test_without_objects_there_is_no_recall():
    result = figures([photo((), (DOG, 0.9)), photo(())], 0.5)
    assert (result.recall, result.average_precision, result.exact_count) == (None, None, 0.5)
    assert figures([], 0.5).photos == 0


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([photo((DOG,), (DOG, 0.9))], 1),
        ([photo((DOG,), (SOMEWHERE, 0.9))], 0),
        ([photo((DOG,))], 0),
        # Right, wrong, right of two objects: 1/2 at precision 1, and 1/2 at 2/3.
        ([photo((DOG, OTHER_DOG), (DOG, 0.9), (SOMEWHERE, 0.8), (OTHER_DOG, 0.7))], 1 / 2 + 1 / 2 * 2 / 3),
        # Wrong, right, right: the precision rises to 2/3, and counts as that from the beginning.
        ([photo((DOG, OTHER_DOG), (SOMEWHERE, 0.9), (DOG, 0.8), (OTHER_DOG, 0.7))], 2 / 3),
        # Right, again the same: a duplicate is wrong, and one of two objects is never found.
        ([photo((DOG, OTHER_DOG), (DOG, 0.9), (NEAR_DOG, 0.8))], 1 / 2),
        # Over photos, by confidence: right .9, wrong .8, right .7.
        ([photo((DOG,), (DOG, 0.7)), photo((DOG,), (DOG, 0.9), (SOMEWHERE, 0.8))], 1 / 2 + 1 / 2 * 2 / 3),
        ([photo((), (DOG, 0.9))], 0),
        ([], 0),
    ],
)
def test_average_precision_is_the_area_under_the_curve(found: list[Found], expected: float):
    assert average_precision(found) == pytest.approx(expected)


def test_false_alarms_are_a_part_of_the_photos_without_objects():
    found = [photo((), (DOG, 0.9)), photo((), (DOG, 0.3)), photo(()), photo((DOG,), (SOMEWHERE, 0.9)), photo(())]
    assert false_alarms(found, 0.5) == 0.25
    assert false_alarms(found, 0.3) == 0.5
    assert false_alarms([photo((DOG,), (DOG, 0.9))], 0.5) == 0


def test_figures_for_a_card_are_short_and_may_be_missing():
    rounded = figures([photo((DOG, OTHER_DOG, SOMEWHERE), (DOG, 0.9))], 0.5).rounded()
    assert rounded["recall"] == 0.3333 and rounded["photos"] == 1
    assert figures([photo(())], 0.5).rounded()["recall"] is None


def test_photos_are_looked_at_once_with_their_boxes_in_pixels():
    class FindsTheWhole:
        def detect(self, pixels: np.ndarray, least: float) -> list[Detection]:
            assert least == LEAST_CONFIDENCE
            return [Detection(Box(0, 0, pixels.shape[1], pixels.shape[0]), 0.5)]

    photos = [(np.zeros((20, 40, 3), np.uint8), [Box(0.25, 0.5, 1, 1)]), (np.zeros((10, 10, 3), np.uint8), [])]
    told: list[int] = []
    first, second = find_all(FindsTheWhole(), photos, told.append)
    assert first.truths == (Box(10, 10, 40, 20),)
    assert first.detections[0].box == Box(0, 0, 40, 20)
    assert (second.truths, told) == ((), [1, 2])
