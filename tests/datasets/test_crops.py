"""Crops: each object of a photo becomes a photo of its own, and what is left out is told."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.archives_for_tests import DOG_COLOUR, DOG_XYXY, GROUND_COLOUR, dog_photo
from vision import images
from vision.datasets.crops import annotated_boxes, crop_objects, detected_boxes
from vision.errors import DatasetError
from vision.predictions import Box, Detection

DOG = [0.25, 0.25, 0.75, 0.75]  # DOG_XYXY in a photo of 80 x 60


def write(root: Path, boxes: object = None, **photos: bytes) -> Path:
    """A data set: photos by path, with __ for / and _jpg for .jpg, and boxes.json."""
    for name, content in photos.items():
        path = root / name.replace("__", "/").replace("_jpg", ".jpg").replace("_png", ".png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if boxes is not None:
        (root / "boxes.json").write_text(json.dumps(boxes))
    return root


def crops_of(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def read(path: Path) -> np.ndarray:
    return images.decode(path.read_bytes())


def assert_colour(part: np.ndarray, colour: tuple[int, int, int]) -> None:
    assert np.abs(part.astype(int) - colour).max() < 24


class FakeDetector:
    """Finds what it is told to, photo by photo."""

    def __init__(self, *found: list[tuple[float, float, float, float]]) -> None:
        self.found = list(found)
        self.shapes: list[tuple[int, ...]] = []

    def detect(self, photo: np.ndarray, min_confidence: float | None = None) -> Sequence[Detection]:
        assert photo.dtype == np.uint8
        self.shapes.append(photo.shape)
        return [Detection(Box(*corners), 0.9) for corners in self.found.pop(0)]


def test_a_crop_shows_the_dog_and_nothing_else_without_a_margin(tmp_path):
    root = write(tmp_path / "dogs", {"train/pug/a.jpg": [DOG]}, train__pug__a_jpg=dog_photo(1))
    result = crop_objects(root, tmp_path / "out", annotated_boxes(root), margin=0)
    assert (result.photos, result.crops, result.without_box, result.unreadable) == (1, 1, (), ())
    assert crops_of(tmp_path / "out") == ["train/pug/a_0.jpg"]
    crop = read(tmp_path / "out" / "train" / "pug" / "a_0.jpg")
    assert crop.shape == (30, 40, 3)
    assert_colour(crop[2:-2, 2:-2], DOG_COLOUR)


def test_a_margin_is_part_of_the_box_on_each_side(tmp_path):
    root = write(tmp_path / "dogs", {"test/pug/a.jpg": [DOG]}, test__pug__a_jpg=dog_photo(1))
    crop_objects(root, tmp_path / "out", annotated_boxes(root), margin=0.1)
    crop = read(tmp_path / "out" / "test" / "pug" / "a_0.jpg")
    assert crop.shape == (36, 48, 3)
    assert_colour(crop[:2], GROUND_COLOUR)
    assert_colour(crop[6:-6, 6:-6], DOG_COLOUR)


def test_a_crop_ends_where_the_photo_ends(tmp_path):
    root = write(tmp_path / "dogs", {"a.jpg": [[0, 0, 1, 0.5]]}, a_jpg=dog_photo(1))
    crop_objects(root, tmp_path / "out", annotated_boxes(root), margin=0.5)
    crop = read(tmp_path / "out" / "a_0.jpg")
    assert crop.shape == (45, 80, 3)
    assert np.median(np.abs(crop.astype(int) - read(root / "a.jpg")[:45])) <= 2


def test_each_dog_has_its_own_crop_by_number(tmp_path):
    boxes = {"train/pug/a.jpg": [DOG, [0, 0, 0.5, 0.5]], "test/pug/a.jpg": [DOG]}
    root = write(tmp_path / "dogs", boxes, train__pug__a_jpg=dog_photo(1), test__pug__a_jpg=dog_photo(2))
    lines: list[str] = []
    result = crop_objects(root, tmp_path / "out", annotated_boxes(root), 0.1, lines.append)
    assert (result.photos, result.crops) == (2, 3)
    assert crops_of(tmp_path / "out") == ["test/pug/a_0.jpg", "train/pug/a_0.jpg", "train/pug/a_1.jpg"]
    assert lines[-1] == "cropping: 2 of 2 photos"


def test_crops_are_saved_in_high_quality(tmp_path):
    root = write(tmp_path / "dogs", {"a.jpg": [DOG]}, a_jpg=dog_photo(1))
    crop_objects(root, tmp_path / "out", annotated_boxes(root))
    expected = Image.open(io.BytesIO(images.encode_jpeg(np.zeros((8, 8, 3), np.uint8), 95)))
    assert Image.open(tmp_path / "out" / "a_0.jpg").quantization == expected.quantization


def test_what_is_left_out_is_told(tmp_path):
    boxes = {
        "a.jpg": [DOG],
        "empty.jpg": [],
        "broken.jpg": [DOG],
        "tiny.jpg": [[0.5, 0.5, 0.52, 0.52]],
        "gone.jpg": [DOG],
    }
    photos = {f"{name}_jpg": dog_photo(1) for name in ("a", "empty", "other", "tiny")}
    root = write(tmp_path / "dogs", boxes, broken_jpg=b"no photo", **photos)
    result = crop_objects(root, tmp_path / "out", annotated_boxes(root))
    assert (result.photos, result.crops) == (1, 1)
    assert result.without_box == ("empty.jpg", "other.jpg", "tiny.jpg")
    assert len(result.unreadable) == 1 and result.unreadable[0].startswith("broken.jpg: ")
    assert crops_of(tmp_path / "out") == ["a_0.jpg"]


def test_a_detector_finds_the_boxes(tmp_path):
    root = write(tmp_path / "dogs", a_jpg=dog_photo(1), b_jpg=dog_photo(2), c_jpg=dog_photo(3))
    detector = FakeDetector([DOG_XYXY, (0.4, 0.4, 30.4, 20.4)], [], [(10, 10, 30, 30)])
    result = crop_objects(root, tmp_path / "out", detected_boxes(detector), margin=0)
    assert detector.shapes == [(60, 80, 3)] * 3
    assert (result.photos, result.crops, result.without_box) == (2, 3, ("b.jpg",))
    assert_colour(read(tmp_path / "out" / "a_0.jpg")[2:-2, 2:-2], DOG_COLOUR)
    assert read(tmp_path / "out" / "a_1.jpg").shape == (20, 30, 3)
    assert crops_of(tmp_path / "out") == ["a_0.jpg", "a_1.jpg", "c_0.jpg"]


def test_hidden_folders_and_other_files_are_no_photos(tmp_path):
    root = write(tmp_path / "dogs", {"a.jpg": [DOG]}, a_jpg=dog_photo(1))
    write(root / ".cache", b_jpg=dog_photo(2))
    (root / "._a.jpg").write_bytes(b"junk")
    (root / "folder.jpg").mkdir()
    result = crop_objects(root, tmp_path / "out", annotated_boxes(root))
    assert (result.photos, result.crops, result.without_box, result.unreadable) == (1, 1, (), ())


def test_two_photos_whose_crops_would_have_one_name_are_refused(tmp_path):
    root = write(tmp_path / "dogs", {}, pug__a_jpg=dog_photo(1), pug__a_png=dog_photo(2))
    with pytest.raises(DatasetError, match="Two photos are called 'pug/a' but for their ending"):
        crop_objects(root, tmp_path / "out", annotated_boxes(root))
    assert not (tmp_path / "out").exists()


def test_crops_never_mix_with_what_is_there(tmp_path):
    root = write(tmp_path / "dogs", {"a.jpg": [DOG]}, a_jpg=dog_photo(1))
    with pytest.raises(DatasetError, match="exists already"):
        crop_objects(root, root, annotated_boxes(root))
    assert crops_of(root) == ["a.jpg", "boxes.json"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), DatasetError("Bad.")])
def test_crops_that_are_not_all_there_go_away(tmp_path, error):
    root = write(tmp_path / "dogs", a_jpg=dog_photo(1), b_jpg=dog_photo(2))

    def find(name: str, photo: np.ndarray) -> list[Box]:
        if name == "b.jpg":
            raise error
        return [Box(*DOG_XYXY)]

    with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else DatasetError):
        crop_objects(root, tmp_path / "out", find)
    assert [path.name for path in tmp_path.iterdir()] == ["dogs"]


def test_no_object_at_all_is_an_error(tmp_path):
    root = write(tmp_path / "dogs", {}, a_jpg=dog_photo(1))
    with pytest.raises(DatasetError, match="has an object to cut out; nothing was written"):
        crop_objects(root, tmp_path / "out", annotated_boxes(root))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_no_photos_is_an_error(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="give a folder of photos"):
        crop_objects(tmp_path / folder, tmp_path / "out", lambda name, photo: [])


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '"a"',
        '{"a.jpg": 3}',
        '{"a.jpg": [[1, 2, 3]]}',
        '{"a.jpg": [["a", 0, 0, 0]]}',
        '{"a.jpg": [[NaN, 0, 1, 1]]}',
        "\xff",
    ],
)
def test_a_list_of_boxes_of_another_form_is_refused(tmp_path, content):
    (tmp_path / "boxes.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(DatasetError, match="is not a list of boxes; expected"):
        annotated_boxes(tmp_path)


def test_a_folder_without_boxes_is_told_of_the_detector(tmp_path):
    with pytest.raises(DatasetError, match=r"There is no boxes\.json in .*, or --boxes detector"):
        annotated_boxes(tmp_path)
