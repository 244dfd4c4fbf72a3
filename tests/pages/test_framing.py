"""What a browser sends as a box is believed only where it is one."""

import pytest

from pages.parts.framing import read_box
from vision.predictions import Box


def test_a_box_in_fractions_is_taken():
    assert read_box([0.25, 0, 0.5, 1]) == Box(0.25, 0, 0.5, 1)


def test_what_leaves_the_photo_is_cut_off():
    assert read_box([-1, 0.5, 2, 3]) == Box(0, 0.5, 1, 1)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "box",
        [],
        [0, 0, 1],
        [0, 0, 1, None],
        [0, 0, 1, "1"],
        [0, 0, float("nan"), 1],
        [0, 0, float("inf"), 1],
        [0.5, 0, 0.5, 1],
        [0.9, 0, 0.1, 1],
        [2, 2, 3, 3],
    ],
)
def test_anything_else_is_none(value: object):
    assert read_box(value) is None
