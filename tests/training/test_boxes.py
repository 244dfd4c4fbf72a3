"""Boxes of training photos: the largest of each, and crops as serving makes them."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.models_for_tests import SIZE, write_class_folders
from vision import images
from vision.datasets.class_folders import read_class_folders
from vision.datasets.pixels import CROP_MARGIN, load_pixels
from vision.errors import DatasetError, VisionError
from vision.pipeline import part_in
from vision.predictions import Box
from vision.training.job import largest_boxes


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, ...]:
    """Three JPEGs of 110 x 60, one a class."""
    root = write_class_folders(tmp_path / "data", per_class=1, size_hw=(60, 110), suffix=".jpg")
    return read_class_folders(root).files


def write_boxes(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_the_largest_box_of_each_photo_is_taken(tmp_path: Path, files: tuple[Path, ...]):
    names = [file.relative_to(tmp_path).as_posix() for file in files]
    small, wide, large = [0.1, 0.1, 0.3, 0.3], [0, 0.4, 1, 0.5], [0.2, 0.2, 0.9, 0.9]
    boxes = {names[0]: [small, large, wide], names[2]: [], "data/elsewhere.jpg": [small]}
    path = write_boxes(tmp_path / "boxes.json", boxes)
    assert largest_boxes(path, files) == [Box(*large), None, None]


def test_paths_count_from_where_the_box_file_lies(
    tmp_path: Path, files: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
):
    boxes = {file.relative_to(tmp_path / "data").as_posix(): [[0, 0, 1, 1]] for file in files}
    path = write_boxes(tmp_path / "data" / "boxes.json", boxes)
    monkeypatch.chdir(tmp_path / "data")
    assert largest_boxes(Path("boxes.json"), [Path("..") / file.relative_to(tmp_path) for file in files])
    assert None not in largest_boxes(path, files)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "7", '{"a": 5}', '{"a": [5]}', '{"a": [[0, 0, 1]]}', '{"a": [["x", "y", "z", "w"]]}'],
)
def test_a_damaged_box_file_is_refused_in_a_sentence(tmp_path: Path, content: str):
    path = write_boxes(tmp_path / "boxes.json", content)
    with pytest.raises(DatasetError, match=r"does not hold boxes; expected JSON such as"):
        largest_boxes(path, ())


def test_a_missing_box_file_is_refused_in_a_sentence(tmp_path: Path):
    with pytest.raises(DatasetError, match="does not hold boxes"):
        largest_boxes(tmp_path / "boxes.json", ())


def test_a_photo_with_a_box_is_cropped_as_serving_crops(tmp_path: Path, files: tuple[Path, ...]):
    box = Box(0.6, 0.1, 0.9, 0.8)
    pixels, unreadable = load_pixels(files, SIZE, "center_crop", tmp_path / "cache", None, [box, None, box])
    assert unreadable == {}
    photos = [images.decode(file.read_bytes(), min_side=2 * SIZE) for file in files]
    seen = part_in(photos[0], box.scaled(110, 60), CROP_MARGIN)
    assert seen.shape[0] < 60
    np.testing.assert_array_equal(pixels[0], images.resize(seen, SIZE, "center_crop"))
    np.testing.assert_array_equal(pixels[1], images.resize(photos[1], SIZE, "center_crop"))


def test_other_boxes_are_another_array(tmp_path: Path, files: tuple[Path, ...]):
    def load(*boxes: Box | None) -> np.ndarray:
        return load_pixels(files, SIZE, "center_crop", tmp_path / "cache", None, boxes or None)[0]

    near, far = Box(0.1, 0.1, 0.4, 0.8), Box(0.6, 0.1, 0.9, 0.8)
    arrays = [load(), load(near, None, None), load(far, None, None), load(None, near, None)]
    assert len(list((tmp_path / "cache").glob("*.npy"))) == len(arrays)
    np.testing.assert_array_equal(load(None, None, None), arrays[0])
    assert len(list((tmp_path / "cache").glob("*.npy"))) == len(arrays)


@pytest.mark.parametrize("box", [Box(0, 0, 1, 1), Box(-0.5, 0.2, 0.4, 1.7), Box(0.9, 0.9, 1.0, 1.0)], ids=str)
def test_a_box_that_touches_or_leaves_the_photo_is_taken_as_far_as_it_goes(
    tmp_path: Path, files: tuple[Path, ...], box: Box
):
    pixels, unreadable = load_pixels(files, SIZE, "center_crop", tmp_path / "cache", None, [box] * 3)
    assert unreadable == {} and all(photo.any() for photo in pixels)


@pytest.mark.parametrize("box", [Box(0.5, 0.5, 0.5, 0.9), Box(1.2, 0.1, 1.5, 0.5), Box(float("nan"), 0, 1, 1)], ids=str)
def test_a_box_that_is_nowhere_is_told_with_its_photo(tmp_path: Path, files: tuple[Path, ...], box: Box):
    try:
        _, told = load_pixels(files, SIZE, "center_crop", tmp_path / "cache", None, [None, box, None])
    except VisionError as error:
        told = {1: str(error)}
    assert files[1].name in told[1]
