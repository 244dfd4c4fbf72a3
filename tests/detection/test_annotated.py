"""Photos with boxes, and photos without the object, as they lie on disk."""

import json
from pathlib import Path

import pytest

from tests.models_for_tests import draw_square, write_class_folders
from vision import images
from vision.detection.annotated import AnnotatedPhoto, read_annotated, read_without
from vision.errors import DatasetError
from vision.predictions import Box

DOG = 16


def write_dogs(root: Path) -> dict[str, list[list[float]]]:
    """Class folders below train/, and boxes.json with one box more in each photo."""
    write_class_folders(root / "train", per_class=2)
    names = sorted(path.relative_to(root).as_posix() for path in (root / "train").rglob("*.png"))
    boxes = {name: [[0.1, 0.2, 0.5, 0.1 * (i + 3)]] * (i % 3) for i, name in enumerate(names)}
    (root / "boxes.json").write_text(json.dumps(boxes))
    return boxes


def write_yolo(root: Path, **labels: str | None) -> Path:
    """A YOLO folder of photos with their label files; None writes no label file."""
    for kind in ("images", "labels"):
        (root / kind / "val").mkdir(parents=True)
    for stem, text in labels.items():
        (root / "images" / "val" / f"{stem}.jpg").write_bytes(images.encode_jpeg(draw_square(0, 1)))
        if text is not None:
            (root / "labels" / "val" / f"{stem}.txt").write_text(text)
    return root


def without(root: Path, names: frozenset[str] = frozenset()) -> list[AnnotatedPhoto]:
    return read_without(root, "val", DOG, names)


def test_each_photo_comes_with_its_boxes(tmp_path: Path):
    boxes = write_dogs(tmp_path)
    photos = read_annotated(tmp_path, "train")
    assert [photo.path for photo in photos] == [tmp_path / name for name in boxes]
    assert [[list(box.xyxy) for box in photo.boxes] for photo in photos] == list(boxes.values())
    assert {len(photo.boxes) for photo in photos} == {0, 1, 2}


def test_a_folder_or_box_file_that_is_missing_is_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match=r"has no boxes\.json; expected class folders in train/"):
        read_annotated(tmp_path, "train")
    write_dogs(tmp_path)
    with pytest.raises(DatasetError, match="There is no folder"):
        read_annotated(tmp_path, "test")


@pytest.mark.parametrize(
    "change",
    ["", "[]", "null", '{"train/02/a.png": [[0, 0, 1, 1]]}', "a box of three", "a number for a box"],
)
def test_a_damaged_box_file_is_refused_in_a_sentence(tmp_path: Path, change: str):
    boxes: dict[str, object] = dict(write_dogs(tmp_path))
    first = next(iter(boxes))
    if change.startswith("a "):
        change = json.dumps(boxes | {first: [[0, 0, 1]] if change == "a box of three" else [7]})
    (tmp_path / "boxes.json").write_text(change)
    with pytest.raises(DatasetError, match=r"lacks the boxes of a photo, or is damaged \(.*\)\.$"):
        read_annotated(tmp_path, "train")


def test_photos_without_the_object_come_with_the_boxes_of_what_they_show(tmp_path: Path):
    root = write_yolo(
        tmp_path,
        a_cat="15 0.5 0.5 0.2 0.2\n0 0.5 0.5 1 0.5\n",
        a_dog="15 0.5 0.5 0.2 0.2\n16 0.3 0.3 0.1 0.1\n",
        nothing="",
        unlabelled=None,
    )
    photos = {photo.path.stem: photo.boxes for photo in without(root)}
    assert list(photos) == ["a_cat", "nothing", "unlabelled"]
    assert photos["a_cat"] == (Box(0, 0.25, 1, 0.75), Box(0.4, 0.4, 0.6, 0.6))
    assert photos["nothing"] == photos["unlabelled"] == ()


def test_a_class_is_a_whole_number_and_not_how_it_begins(tmp_path: Path):
    photos = without(write_yolo(tmp_path, kite="1 0.5 0.5 0.1 0.1\n", vase="166 0.5 0.5 0.1 0.1"))
    assert [photo.path.stem for photo in photos] == ["kite", "vase"]


def test_a_photo_named_after_a_dog_is_left_out(tmp_path: Path):
    root = write_yolo(tmp_path, n02085620_Chihuahua=None, n01443537_goldfish=None)
    assert [photo.path.stem for photo in without(root, frozenset({"n02085620"}))] == ["n01443537_goldfish"]


def test_what_is_no_photo_is_left_out(tmp_path: Path):
    root = write_yolo(tmp_path, cat="15 0.5 0.5 0.1 0.1")
    (root / "images" / "val" / "notes.txt").write_text("")
    assert [photo.path.name for photo in without(root)] == ["cat.jpg"]


def test_a_folder_in_which_all_show_the_object_is_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match="no photos without the object in images/val/"):
        without(write_yolo(tmp_path, dog="16 0.5 0.5 0.1 0.1"))
    with pytest.raises(DatasetError, match="no photos without the object in images/val/"):
        without(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["15 0.5 0.5", "15 a b c d", "15 0.5 0.5 0.1 nothing"])
def test_a_damaged_label_file_is_refused_in_a_sentence(tmp_path: Path, text: str):
    with pytest.raises(DatasetError, match="cat"):
        without(write_yolo(tmp_path, cat=text))
