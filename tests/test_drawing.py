"""Boxes and numbers drawn on a photo."""

import numpy as np
import pytest

from vision.drawing import PALETTE, colour_at, draw_boxes, tag_corners, text_colour
from vision.predictions import Box

BOXES = [Box(20, 30, 120, 130), Box(150, 60, 290, 190)]
COLOURS = [colour_at(0), colour_at(1)]


def plain(value: int, size_hw: tuple[int, int] = (200, 300)) -> np.ndarray:
    return np.full((*size_hw, 3), value, np.uint8)


def has(photo: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((photo == colour).all(axis=-1).any())


@pytest.mark.parametrize("ground", [0, 128, 255])
def test_each_box_is_drawn_in_its_colour_on_any_ground(ground: int):
    drawn = draw_boxes(plain(ground), BOXES, COLOURS)
    for box, colour in zip(BOXES, COLOURS, strict=True):
        x1, y1, x2, y2 = map(int, box.xyxy)
        edge = np.concatenate([drawn[y1:y2, x2 - 1], drawn[y2 - 1, x1:x2]])
        assert (edge == colour).all(axis=-1).mean() > 0.9


@pytest.mark.parametrize("ground", [0, 255])
def test_a_frame_has_a_line_that_stands_out_from_black_and_from_white(ground: int):
    around = draw_boxes(plain(ground), BOXES[:1], [(ground,) * 3])[20:140, 10:130]
    assert has(around, (255 - ground,) * 3)


def test_the_photo_itself_stays_as_it_is():
    photo = plain(90)
    drawn = draw_boxes(photo, BOXES, COLOURS)
    assert (photo == 90).all()
    assert drawn.shape == photo.shape and drawn.dtype == np.uint8
    assert (drawn[60:100, 60:100] == 90).all(), "inside a box nothing is drawn"


def test_no_boxes_draw_nothing():
    np.testing.assert_array_equal(draw_boxes(plain(90), [], []), plain(90))


def test_numbers_differ_and_names_are_added():
    first = draw_boxes(plain(90), BOXES[:1], COLOURS[:1])
    second = draw_boxes(plain(90), BOXES, [COLOURS[1], COLOURS[0]])
    tag = np.s_[16:26, 20:30]  # above the box
    assert has(first[tag], COLOURS[0])
    assert has(second[46:56, 150:160], COLOURS[0])
    named = draw_boxes(plain(90), BOXES[:1], COLOURS[:1], ["Basset"])
    assert (named == COLOURS[0]).all(axis=-1).sum() > (first == COLOURS[0]).all(axis=-1).sum()


@pytest.mark.parametrize(
    "box", [Box(-50, -50, 900, 900), Box(299, 199, 300, 200), Box(10, 10, 10, 10), Box(0, 0, 300, 4)]
)
def test_a_box_at_the_edge_or_hardly_any_box_is_drawn_too(box: Box):
    assert has(draw_boxes(plain(90), [box], COLOURS[:1]), COLOURS[0])


def test_a_number_goes_inside_where_it_would_leave_the_photo():
    drawn = draw_boxes(plain(90), [Box(20, 0, 120, 130)], COLOURS[:1])
    assert (drawn[4:10, 24:30] == COLOURS[0]).all(axis=-1).any()


def test_forty_boxes_get_through_the_palette_again():
    assert len(set(PALETTE)) == 8
    assert [colour_at(i) for i in range(8, 16)] == list(PALETTE)
    boxes = [Box(10 + 28 * (i % 10), 5 + 48 * (i // 10), 34 + 28 * (i % 10), 45 + 48 * (i // 10)) for i in range(40)]
    drawn = draw_boxes(plain(90), boxes, [colour_at(i) for i in range(40)])
    assert all(has(drawn, colour) for colour in PALETTE)


def test_a_number_is_readable_on_its_colour():
    def luminance(colour: tuple[int, int, int]) -> float:
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in PALETTE:
        dark, light = sorted((luminance(colour), luminance(text_colour(colour))))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_numbers_of_boxes_within_each_other_do_not_cover_each_other():
    inner, outer, far = Box(0.1, 0.1, 0.5, 0.5), Box(0.12, 0.08, 0.7, 0.7), Box(0.8, 0.1, 0.9, 0.3)
    assert tag_corners([inner, outer, far], 0.08) == [("left", "top"), ("right", "top"), ("left", "top")]
    assert tag_corners([inner] * 5, 0.08)[-1] == ("left", "top"), "with no corner left, they cover each other"
