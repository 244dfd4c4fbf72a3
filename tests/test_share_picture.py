"""A result as a picture: the photo with its boxes, and the answers below it."""

import numpy as np
import pytest

from vision.drawing import colour_at
from vision.lettering import Lettering
from vision.predictions import Box
from vision.share_picture import GROUND, LEAST_WIDTH, MOST_HEIGHT, MOST_WIDTH, Caption, compose

GREEN, GREY = (26, 127, 55), (93, 102, 112)
SURE = Caption("Basset", "Sure, 97.3 %", 0.973, GREEN)


def photo(height: int = 600, width: int = 800) -> np.ndarray:
    return np.full((height, width, 3), 90, np.uint8)


def picture(shown: np.ndarray, captions: list[Caption], boxes: list[Box] | None = None) -> np.ndarray:
    composed = compose(shown, boxes or [], captions, "This dog is", "A small print.", Lettering())
    assert composed.dtype == np.uint8 and composed.shape[2] == 3
    assert LEAST_WIDTH <= composed.shape[1] <= MOST_WIDTH
    return composed


def area(composed: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((composed == colour).all(axis=-1).sum())


def test_the_answer_stands_below_the_photo():
    composed = picture(photo(), [SURE])
    assert (composed[:600] == 90).all()
    assert composed.shape[0] > 600 and area(composed[600:], GROUND) > 0
    assert area(composed[600:], GREEN) > 2000, "its certainty and the bar"


def test_the_bar_is_as_long_as_the_answer_is_sure():
    areas = [area(picture(photo(), [Caption("A", "", part, GREEN)]), GREEN) for part in (0.25, 0.5, 1.0)]
    assert areas[1] / areas[0] == pytest.approx(2, rel=0.1)
    assert areas[2] / areas[1] == pytest.approx(2, rel=0.1)


def test_several_have_the_number_of_their_box_in_its_colour():
    boxes = [Box(20, 100, 200, 400), Box(300, 100, 700, 500)]
    composed = picture(photo(), [SURE, Caption("Pug", "Not sure, 31.0 %", 0.31, GREY)], boxes)
    for position in (0, 1):
        assert area(composed[:600], colour_at(position)) > 1000, "the frame"
        assert area(composed[600:], colour_at(position)) > 500, "the number below"


def test_a_single_box_has_no_number():
    composed = picture(photo(), [SURE], [Box(20, 100, 200, 400)])
    assert area(composed[:600], colour_at(0)) > 1000
    assert area(composed[600:], colour_at(0)) == 0


def test_a_drawing_stands_beside_the_name():
    red = np.zeros((64, 64, 4), np.uint8)
    red[..., 0] = red[..., 3] = 255
    composed = picture(photo(), [Caption("Stop", "Sure, 99.0 %", 0.99, GREEN, red)])
    assert area(composed[600:], (255, 0, 0)) > 5000


@pytest.mark.parametrize("size_hw", [(30, 32), (8, 3000), (3000, 8), (4000, 3000), (1, 1)])
def test_photos_of_any_shape_can_be_looked_at(size_hw: tuple[int, int]):
    composed = picture(photo(*size_hw), [SURE], [Box(0, 0, size_hw[1], size_hw[0])])
    assert composed.shape[0] < MOST_HEIGHT + 600
    assert area(composed, GREEN) > 1000


@pytest.mark.parametrize("count", [5, 40])
def test_many_stand_in_two_columns(count: int):
    boxes = [Box(5 * i, 5 * i, 5 * i + 60, 5 * i + 60) for i in range(count)]
    composed = picture(photo(), [SURE] * count, boxes)
    assert area(composed, GREEN) > count * 1000
    left, right = composed[600:, : composed.shape[1] // 2], composed[600:, composed.shape[1] // 2 :]
    assert area(left, GREEN) > 0 and area(right, GREEN) > 0


@pytest.mark.parametrize("name", ["w" * 300, "word " * 60, "\u202eenod\u202d \u05d0\u05d1\u05d2", "\n", "", "🐶柴犬"])
def test_long_and_right_to_left_names_leave_the_rest_in_its_place(name: str):
    usual = picture(photo(), [SURE, SURE])
    composed = picture(photo(), [Caption(name, SURE.certainty, SURE.probability, GREEN), SURE])
    assert composed.shape[0] <= usual.shape[0] + 120, "at most one more line"
    assert area(composed, GREEN) == pytest.approx(area(usual, GREEN), rel=0.05)
    assert (composed[600:, -12:] == GROUND).all(), "nothing runs out of the picture"


def test_boxes_without_captions_are_a_mistake():
    with pytest.raises(ValueError, match="2 boxes and 1 captions"):
        picture(photo(), [SURE], [Box(0, 0, 9, 9)] * 2)
