"""Crops, resizing, and back to JPEG."""

import numpy as np
import pytest

from tests.photos_for_tests import (
    SCENE,
    assert_like,
)
from vision import images
from vision.errors import ImageError
from vision.predictions import Box

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # pytest takes the filter of images.py away


def test_a_crop_is_a_copy_of_the_rounded_box():
    picture = np.random.default_rng(3).integers(0, 256, (40, 60, 3), np.uint8)
    for box, part in [
        (Box(5, 6, 20, 30), picture[6:30, 5:20]),
        (Box(4.6, 6.4, 20.4, 29.6), picture[6:30, 5:20]),
        (Box(0, 0, 60, 40), picture),
    ]:
        result = images.crop(picture, box)
        np.testing.assert_array_equal(result, part)
        assert result.flags.c_contiguous and not np.shares_memory(result, picture)


@pytest.mark.parametrize(
    "box", [Box(-7, -3, 20, 30), Box(50, 30, 75, 47), Box(-5, -5, 65, 45), Box(10, -90, 12, 10), Box(59, 39, 70, 50)]
)
def test_outside_the_photo_a_crop_repeats_the_edge_pixels(box: Box):
    picture = np.random.default_rng(4).integers(0, 256, (40, 60, 3), np.uint8)
    rows = np.clip(np.arange(int(box.y1), int(box.y2)), 0, 39)
    columns = np.clip(np.arange(int(box.x1), int(box.x2)), 0, 59)
    np.testing.assert_array_equal(images.crop(picture, box), picture[np.ix_(rows, columns)])


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (Box(64, 0, 80, 20), "outside"),
        (Box(-20, 0, 0, 20), "outside"),
        (Box(10, 48, 20, 60), "outside"),
        (Box(1e9, 1e9, 2e9, 2e9), "outside"),
        (Box(10, 10, 10.3, 20), "outside"),
        (Box(30, 10, 20, 20), "outside"),
        (Box(-1e9, -1e9, 1e9, 1e9), "million pixels"),
        (Box(0, 0, 30000, 30000), "million pixels"),
        (Box(float("nan"), 0, 10, 10), "finite"),
        (Box(0, 0, float("inf"), 10), "finite"),
    ],
)
def test_a_box_without_photo_or_of_absurd_size_is_refused(box: Box, words: str):
    with pytest.raises(ImageError, match=words):
        images.crop(SCENE, box)


# Resizing


@pytest.mark.parametrize("rule", images.RESIZE_RULES)
def test_a_photo_of_the_right_size_stays_as_it_is(rule: str):
    picture = np.random.default_rng(5).integers(0, 256, (48, 48, 3), np.uint8)
    result = images.resize(picture, 48, rule)
    np.testing.assert_array_equal(result, picture)
    assert not np.shares_memory(result, picture)


@pytest.mark.parametrize("rule", images.RESIZE_RULES)
@pytest.mark.parametrize("shape", [(7, 7), (20, 3000), (500, 90), (96, 300), (1, 1), (1000, 1000)])
def test_the_result_is_square_and_keeps_a_plain_colour(rule: str, shape: tuple[int, int]):
    result = images.resize(np.full((*shape, 3), (9, 99, 199), np.uint8), 96, rule)
    assert result.shape == (96, 96, 3) and result.dtype == np.uint8 and result.flags.c_contiguous
    assert (result == (9, 99, 199)).all()


def test_shrinking_averages_areas():
    picture = np.random.default_rng(6).integers(0, 256, (128, 192, 3), np.uint8)
    blocks = picture.reshape(32, 4, 32, 6, 3).mean((1, 3))
    assert np.abs(images.resize(picture, 32, "stretch") - blocks).max() <= 0.5


def test_a_panorama_is_averaged_along_its_long_side():
    """Fine stripes become grey, though the short side has to grow."""
    stripes = np.zeros((20, 9600, 3), np.uint8)
    stripes[:, ::2] = 200
    assert (images.resize(stripes, 96, "stretch") == 100).all()
    assert (images.resize(stripes.swapaxes(0, 1), 96, "stretch") == 100).all()


def test_enlarging_is_smooth_and_stays_in_range():
    ramp = np.repeat(np.array([[0, 100, 200]], np.uint8), 3, 0)[..., None].repeat(3, 2)
    line = images.resize(ramp, 30, "stretch")[15, :, 0].astype(int)
    assert (np.diff(line) >= 0).all() and np.diff(line).max() <= 11
    assert (line[0], line[-1]) == (0, 200)


def test_center_crop_takes_the_middle_and_stretch_the_whole():
    picture = np.zeros((40, 100, 3), np.uint8)
    picture[:, :30] = (255, 0, 0)
    picture[:, 70:] = (0, 0, 255)
    middle = images.resize(picture, 20, "center_crop")
    assert (middle == 0).all()
    whole = images.resize(picture, 20, "stretch")
    assert (whole[:, :6] == (255, 0, 0)).all() and (whole[:, 14:] == (0, 0, 255)).all()


def test_an_unknown_rule_is_refused_with_the_known_ones():
    with pytest.raises(ImageError, match="stretch, center_crop"):
        images.resize(SCENE, 32, "squash")


def test_what_is_encoded_is_read_back():
    data = images.encode_jpeg(SCENE)
    assert data.startswith(b"\xff\xd8\xff")
    assert_like(images.decode(data), SCENE)
    assert_like(images.decode(images.encode_jpeg(SCENE[:, ::-1], 95)), SCENE[:, ::-1])
    assert len(images.encode_jpeg(SCENE, 30)) < len(data)
