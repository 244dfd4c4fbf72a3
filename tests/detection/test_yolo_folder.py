"""The folder that YOLO trains on: labels in its form, each dog once, and made photos that follow from the seed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.detection.dogs_for_tests import AROUND, ellipse, ground, with_dog
from vision import images
from vision.detection.annotated import AnnotatedPhoto
from vision.detection.yolo_folder import UNMARKED_FROM, Scene, YoloFolder, make_scenes, with_unmarked
from vision.errors import DatasetError
from vision.predictions import Box, Detection

DOG = 16
PHOTO = np.full((200, 400, 3), 90, np.uint8)
MARKED = Box(0.1, 0.2, 0.4, 0.8)  # 40 to 160, 40 to 160


class FindsTheSame:
    def __init__(self, *boxes: Box) -> None:
        self._boxes = boxes

    def detect(self, photo: np.ndarray, min_confidence: float | None = None) -> list[Detection]:
        assert min_confidence == UNMARKED_FROM
        return [Detection(box, 0.9) for box in self._boxes]


def boxes_with(*found: Box, marked: Sequence[Box] = (MARKED,)) -> tuple[Box, ...]:
    return with_unmarked(PHOTO, marked, FindsTheSame(*found))


# Dogs that nobody has marked


def test_an_unmarked_dog_is_added_once():
    added = boxes_with(Box(240, 40, 360, 160))
    assert added == (MARKED, Box(0.6, 0.2, pytest.approx(0.9), 0.8))


@pytest.mark.parametrize(
    "found",
    [Box(40, 40, 160, 160), Box(50, 30, 170, 150), Box(60, 60, 100, 100), Box(20, 20, 180, 180)],
    ids=["the same", "moved", "a part of it", "around it"],
)
def test_a_marked_dog_is_not_added_again(found: Box):
    assert boxes_with(found) == (MARKED,)


def test_a_dog_that_leans_on_a_marked_one_is_added():
    assert len(boxes_with(Box(130, 40, 250, 160))) == 2


def test_in_a_photo_without_marks_all_that_is_found_counts():
    assert len(boxes_with(Box(0, 0, 50, 50), Box(100, 0, 150, 50), marked=())) == 2
    assert boxes_with() == (MARKED,)


# Labels


@pytest.fixture
def folder(tmp_path: Path) -> YoloFolder:
    return YoloFolder(tmp_path / "yolo", [f"class {i}" for i in range(17)], DOG)


def test_a_label_is_class_centre_and_size_as_fractions(folder: YoloFolder):
    folder.add("train", "a", PHOTO, [MARKED, Box(0.5, 0, 1, 0.25)])
    lines = (folder.root / "labels" / "train" / "a.txt").read_text().splitlines()
    assert lines == ["16 0.25000 0.50000 0.30000 0.60000", "16 0.75000 0.12500 0.50000 0.25000"]


def test_a_box_that_leaves_the_photo_is_labelled_as_far_as_it_goes(folder: YoloFolder):
    folder.add("val", "a", PHOTO, [Box(-0.5, 0.5, 0.5, 1.5)])
    assert (folder.root / "labels" / "val" / "a.txt").read_text() == "16 0.25000 0.75000 0.50000 0.50000\n"


def test_a_photo_of_nothing_has_an_empty_label_file(folder: YoloFolder):
    folder.add("train", "a", PHOTO, ())
    assert (folder.root / "labels" / "train" / "a.txt").read_text() == ""


def test_a_photo_keeps_its_colours(folder: YoloFolder):
    photo = ground()
    photo[:80] = (210, 40, 60)
    folder.add("train", "a", photo, ())
    kept = images.decode((folder.root / "images" / "train" / "a.jpg").read_bytes())
    assert kept.shape == photo.shape
    assert np.abs(kept[:70].astype(int) - (210, 40, 60)).mean() < 6


def test_the_yaml_names_photos_and_classes(folder: YoloFolder):
    content = yaml.safe_load(folder.yaml_path.read_text())
    assert Path(content["path"]) == folder.root.resolve()
    assert (content["train"], content["val"]) == ("images/train", "images/val")
    assert content["names"] == [f"class {i}" for i in range(17)]
    assert all((folder.root / kind / part).is_dir() for kind in ("images", "labels") for part in ("train", "val"))


def test_names_of_classes_are_quoted(tmp_path: Path):
    names = ["no", "it's: a dog", "1", "Zürich"]
    assert yaml.safe_load(YoloFolder(tmp_path / "y", names, 0).yaml_path.read_text())["names"] == names


def test_the_folder_may_have_any_name(tmp_path: Path):
    folder = YoloFolder(tmp_path / "odd: name #1", ["dog"], 0)
    assert Path(yaml.safe_load(folder.yaml_path.read_text())["path"]) == folder.root.resolve()


# Made photos


@pytest.fixture
def dogs(tmp_path: Path) -> list[AnnotatedPhoto]:
    """Two photos of a dog that can be cut out, one of two dogs, and one of none."""
    photos = {"a": with_dog(ellipse()), "b": with_dog(ellipse(56, 60)), "pair": ground(1), "flat": ground(2)}
    boxes = {"a": (AROUND,), "b": (AROUND,), "pair": (AROUND, AROUND), "flat": (AROUND,)}
    return [AnnotatedPhoto(write_photo(tmp_path / f"{name}.png", photos[name]), boxes[name]) for name in photos]


@pytest.fixture
def grounds(tmp_path: Path) -> list[AnnotatedPhoto]:
    return [AnnotatedPhoto(write_photo(tmp_path / f"ground{i}.png", ground(10 + i)), ()) for i in range(3)]


def write_photo(path: Path, pixels: np.ndarray) -> Path:
    path.write_bytes(images.encode_jpeg(pixels, quality=98))
    return path


def made(dogs: list[AnnotatedPhoto], grounds: list[AnnotatedPhoto], count: int, seed: int = 0, **more) -> list[Scene]:
    return list(make_scenes(dogs, grounds, count, seed, **more))


def test_as_many_photos_of_two_to_five_dogs_are_made_as_wanted(
    dogs: list[AnnotatedPhoto], grounds: list[AnnotatedPhoto]
):
    scenes = made(dogs, grounds, 30)
    assert len(scenes) == 30
    counts = {len(scene.boxes) for scene in scenes}
    assert {2, 3, 4} <= counts and max(counts) <= 5 and min(counts) >= 1


def test_the_seed_decides_what_is_made(dogs: list[AnnotatedPhoto], grounds: list[AnnotatedPhoto]):
    first, again, other = made(dogs, grounds, 3), made(dogs, grounds, 3), made(dogs, grounds, 3, seed=1)
    for one, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.pixels, same.pixels)
        assert one.boxes == same.boxes
    assert [scene.boxes for scene in first] != [scene.boxes for scene in other]


def test_other_things_are_pasted_in_without_a_box(dogs: list[AnnotatedPhoto], grounds: list[AnnotatedPhoto]):
    """In about a fifth of the photos there is nothing else."""
    scenes = made(dogs, grounds, 100, others=dogs[:2])
    assert 8 <= sum(scene.boxes == () for scene in scenes) <= 35
    empty = next(scene for scene in scenes if scene.boxes == ())
    assert (np.abs(empty.pixels.astype(int) - (190, 90, 60)).max(axis=2) < 60).any(), "something brown is in it"


def test_other_things_that_cannot_be_cut_out_are_done_without(
    dogs: list[AnnotatedPhoto], grounds: list[AnnotatedPhoto]
):
    assert len(made(dogs, grounds, 3, others=dogs[2:3])) == 3


def test_photos_of_which_nothing_can_be_cut_are_refused(dogs: list[AnnotatedPhoto], grounds: list[AnnotatedPhoto]):
    for unusable in (dogs[2:3], []):
        with pytest.raises(DatasetError, match="None of the dogs could be cut out"):
            made(unusable, grounds, 1)
