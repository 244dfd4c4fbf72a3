"""Cutouts: of an object that stands out, all of it and little else; of anything else, none."""

import numpy as np
import pytest

from tests.detection.dogs_for_tests import AROUND, ellipse, with_dog
from vision.detection.cutouts import Cutout, cut_out
from vision.predictions import Box


def test_a_dog_is_cut_out_along_its_edge():
    photo, mask = with_dog(ellipse()), ellipse()[16:144, 40:160]
    cutout = cut_out(photo, AROUND)
    assert cutout is not None
    np.testing.assert_array_equal(cutout.pixels, photo[16:144, 40:160])
    assert (cutout.alpha.dtype, cutout.alpha.shape) == (np.float32, (128, 120))
    assert cutout.alpha.min() >= 0 and cutout.alpha.max() <= 1
    assert ((cutout.alpha > 0.5) == mask).mean() > 0.97


def test_the_same_dog_is_cut_out_the_same_way():
    first, again = (cut_out(with_dog(ellipse()), AROUND) for _ in range(2))
    assert isinstance(first, Cutout) and isinstance(again, Cutout)
    np.testing.assert_array_equal(first.alpha, again.alpha)


def test_a_cutout_is_a_copy():
    photo = with_dog(ellipse())
    cutout = cut_out(photo, AROUND)
    assert cutout is not None
    photo[:] = 0
    assert cutout.pixels.max() > 100


@pytest.mark.parametrize(
    ("mask", "box"),
    [
        (ellipse(), Box(0, 0, 1, 1)),
        (ellipse(), Box(0.4, 0.4, 0.6, 0.6)),
        (ellipse(20, 20), AROUND),
        (ellipse(58, 20), AROUND),
        (ellipse() & (np.abs(np.arange(200) - 100) > 25), AROUND),
    ],
    ids=["the whole photo", "too small", "not to the sides", "not to the top", "two pieces"],
)
def test_a_cut_that_is_no_good_is_none(mask: np.ndarray, box: Box):
    assert cut_out(with_dog(mask), box) is None


def test_a_photo_of_one_colour_gives_none():
    assert cut_out(np.full((160, 200, 3), 90, np.uint8), AROUND) is None


@pytest.mark.parametrize(
    "box", [Box(-0.5, -0.5, -0.1, -0.1), Box(0.5, 0.5, 0.5, 0.5), Box(0.9, 0.9, 0.1, 0.1)], ids=str
)
def test_a_box_without_a_place_in_the_photo_gives_none(box: Box):
    assert cut_out(with_dog(ellipse()), box) is None


def test_a_box_that_leaves_the_photo_is_taken_as_far_as_it_goes():
    shifted = with_dog(ellipse())[:, 38:]  # the dog now touches the left side
    cutout = cut_out(shifted, Box(-0.1, 0.1, 123 / 162, 0.9))
    assert cutout is None or cutout.pixels.shape[:2] == cutout.alpha.shape == (128, 123)
