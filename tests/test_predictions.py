"""Boxes: what clipping, squaring and growing keep."""

import dataclasses

import numpy as np
import pytest

from vision.predictions import Box, ClassScore, Prediction

BOX = Box(10, 20, 50, 40)


def test_width_and_height_are_far_edge_less_near_edge():
    assert (BOX.width, BOX.height) == (40, 20)
    assert BOX.xyxy == (10, 20, 50, 40)


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        (BOX, BOX),
        (Box(-5, -6, 30, 40), Box(0, 0, 30, 40)),
        (Box(90, 70, 130, 95), Box(90, 70, 100, 80)),
        (Box(-10, -10, 500, 500), Box(0, 0, 100, 80)),
    ],
)
def test_clipping_keeps_the_part_inside_a_photo_of_height_and_width(box: Box, inside: Box):
    assert box.clipped((80, 100)) == inside


@pytest.mark.parametrize("box", [Box(200, 10, 300, 20), Box(-9, 10, -1, 20), Box(10, 300, 20, 400)])
def test_a_box_outside_is_clipped_to_an_empty_one(box: Box):
    clipped = box.clipped((80, 100))
    assert clipped.width * clipped.height == 0
    assert clipped.width >= 0 and clipped.height >= 0


@pytest.mark.parametrize(
    ("box", "square"),
    [
        (BOX, Box(10, 10, 50, 50)),
        (Box(0, 20, 40, 30), Box(0, 5, 40, 45)),
        (Box(10, 0, 50, 20), Box(10, 0, 50, 40)),  # moved down into the photo
        (Box(80, 60, 100, 70), Box(80, 55, 100, 75)),
        (Box(90, 20, 100, 80), Box(40, 20, 100, 80)),  # moved left
        (Box(0, 20, 100, 60), Box(10, 0, 90, 80)),  # no longer than the photo's shorter side
        (Box(-30, -30, 10, 10), Box(0, 0, 40, 40)),
        (Box(-500, -500, 500, 500), Box(0, 0, 80, 80)),
    ],
)
def test_a_square_within_has_the_longer_side_and_stays_in_the_photo(box: Box, square: Box):
    assert box.square_within((80, 100)) == square


@pytest.mark.parametrize("size_hw", [(20, 30000), (30000, 20), (1, 1), (480, 640)])
def test_a_square_within_lies_in_any_photo_and_holds_the_box_where_it_can(size_hw: tuple[int, int]):
    height, width = size_hw
    for fractions in (Box(0, 0, 1, 1), Box(0.2, 0.3, 0.25, 0.4), Box(0.9, 0, 1, 0.05), Box(-0.2, 0.5, 0.4, 1.3)):
        box = fractions.scaled(width, height)
        square = box.square_within(size_hw)
        assert square.width == pytest.approx(square.height) == min(max(box.width, box.height), height, width)
        np.testing.assert_allclose(square.xyxy, square.clipped(size_hw).xyxy, rtol=1e-9)
        inside = box.clipped(size_hw)
        if max(box.width, box.height) <= min(size_hw):
            assert square.x1 <= inside.x1 + 1e-6 and square.y2 >= inside.y2 - 1e-6


def test_growing_adds_the_margin_on_each_side():
    assert BOX.grown(0.25) == Box(0, 15, 60, 45)
    assert BOX.grown(0) == BOX


def test_a_box_is_a_value():
    assert {Box(1, 2, 3, 4), Box(1.0, 2.0, 3.0, 4.0)} == {Box(1, 2, 3, 4)}
    with pytest.raises(dataclasses.FrozenInstanceError):
        BOX.x1 = 3  # type: ignore[misc]


def test_the_best_score_is_the_first():
    scores = (ClassScore(3, "stop", 0.9), ClassScore(1, "yield", 0.1))
    prediction = Prediction(scores, None, 1.5)
    assert prediction.best is scores[0]
    assert prediction.top(1) == scores[:1]
    assert prediction.top(9) == scores


def test_scaling_leads_from_fractions_of_a_photo_to_its_pixels_and_back():
    fractions = Box(0.25, 0.5, 0.75, 1)
    assert fractions.scaled(200, 100) == Box(50, 50, 150, 100)
    assert fractions.scaled(200, 100).scaled(1 / 200, 1 / 100) == fractions
