"""Stanford Dogs: its archives become class folders with the official split and the boxes."""

import json
from pathlib import Path

import pytest

from tests.archives_for_tests import (
    BREEDS,
    DOG_XYXY,
    annotation,
    arranged_by,
    dog_photo,
    dogs_archives,
    dogs_split,
    file_list,
    small_dogs,
    tar_of,
)
from vision.datasets.class_folders import read_class_folders
from vision.datasets.stanford_dogs import arrange, parse_boxes
from vision.errors import DatasetError

SPLIT = dogs_split()
NAMES = SPLIT["train"] + SPLIT["test"]
ONE_BREED = [f"{BREEDS[0]}/n02085620_{number}.jpg" for number in range(15)]
DOG = [0.25, 0.25, 0.75, 0.75]


def arranged(tmp_path: Path, archives: dict[str, bytes]) -> Path:
    return arranged_by(arrange, small_dogs(archives), tmp_path, archives)


def refusal(tmp_path: Path, archives: dict[str, bytes]) -> str:
    with pytest.raises(DatasetError) as caught:
        arranged(tmp_path, archives)
    message = str(caught.value)
    assert message.endswith(".") and message.count(". ") == 0
    return message


@pytest.fixture(scope="module")
def archives() -> dict[str, bytes]:
    return dogs_archives()


def lists(train: list[str], test: list[str]) -> dict[str, bytes]:
    return {"lists.tar": tar_of({"train_list.mat": file_list(train), "test_list.mat": file_list(test)})}


def test_photos_lie_by_part_and_breed_as_they_were(archives, tmp_path):
    folder = arranged(tmp_path, archives)
    for part, names in SPLIT.items():
        found = read_class_folders(folder / part)
        assert found.class_keys == BREEDS
        assert sorted(path.relative_to(folder / part).as_posix() for path in found.files) == sorted(names)
    assert (folder / "train" / NAMES[4]).read_bytes() == dog_photo(4)


def test_boxes_are_fractions_of_the_photo(archives, tmp_path):
    boxes = json.loads((arranged(tmp_path, archives) / "boxes.json").read_text())
    assert list(boxes) == sorted([f"train/{name}" for name in SPLIT["train"]] + [f"test/{n}" for n in SPLIT["test"]])
    assert boxes[f"train/{NAMES[0]}"] == [DOG, [0, 0, 0.5, 0.5]]
    assert boxes[f"test/{NAMES[-1]}"] == [DOG]


def test_what_is_in_no_list_is_left_out(archives, tmp_path):
    stray = {f"Images/{BREEDS[0]}/._{BREEDS[0][:9]}_100.jpg": b"junk", "Images/README.txt": b"read me"}
    photos = {f"Images/{name}": dog_photo(seed) for seed, name in enumerate(NAMES)}
    notes = {f"Annotation/{name[:-4]}": annotation(DOG_XYXY) for name in [*NAMES, f"{BREEDS[0]}/n02085620_9.jpg"]}
    folder = arranged(tmp_path, archives | {"images.tar": tar_of(photos | stray), "annotation.tar": tar_of(notes)})
    assert len([path for path in folder.rglob("*") if path.is_file()]) == len(NAMES) + 1
    assert len(json.loads((folder / "boxes.json").read_text())) == len(NAMES)


def test_a_photo_without_a_usable_annotation_is_kept_without_boxes(archives, tmp_path):
    notes = {f"Annotation/{name[:-4]}": annotation(DOG_XYXY) for name in NAMES[1:]}
    notes[f"Annotation/{NAMES[1][:-4]}"] = b"<annotation><size>"
    folder = arranged(tmp_path, archives | {"annotation.tar": tar_of(notes)})
    assert not {f"train/{NAMES[0]}", f"train/{NAMES[1]}"} & set(json.loads((folder / "boxes.json").read_text()))
    assert (folder / "train" / NAMES[1]).exists()


def test_a_missing_photo_is_told(archives, tmp_path):
    photos = {f"Images/{name}": dog_photo(0) for name in NAMES[1:]}
    assert "has 14 of the 15 photos" in refusal(tmp_path, archives | {"images.tar": tar_of(photos)})


@pytest.mark.parametrize(
    ("train", "test", "reason"),
    [
        (SPLIT["train"][:-1], SPLIT["test"], "expected the names of 9 photos, found 8"),
        (SPLIT["train"], [*SPLIT["test"][:-1], SPLIT["train"][0]], "names 14 photos of 3 breeds, expected 15 of 3"),
        (["../../etc/passwd.jpg", *SPLIT["train"][1:]], SPLIT["test"], "no usable train_list.mat"),
        (SPLIT["train"], ["n02085620-Chihuahua/../n02085620_7.jpg", *SPLIT["test"][1:]], "no usable test_list.mat"),
        (ONE_BREED[:9], ONE_BREED[9:], "names 15 photos of 1 breeds, expected 15 of 3"),
    ],
)
def test_other_lists_than_the_official_ones_are_refused(archives, tmp_path, train, test, reason):
    assert reason in refusal(tmp_path, archives | lists(train, test))


@pytest.mark.parametrize("content", [b"", b"no MATLAB", b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + b"\0" * 99])
def test_a_list_that_is_no_matlab_file_is_refused(archives, tmp_path, content):
    broken = {"lists.tar": tar_of({"train_list.mat": content, "test_list.mat": content})}
    assert "no usable train_list.mat" in refusal(tmp_path, archives | broken)


def test_a_missing_list_is_told(archives, tmp_path):
    assert "no usable train_list.mat" in refusal(tmp_path, archives | {"lists.tar": tar_of({"file_list.mat": b""})})


# One annotation


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [
        ([DOG_XYXY], [DOG]),
        ([(0, 0, 80, 60), (1, 1, 2, 2)], [[0, 0, 1, 1], [0.0125, 0.0167, 0.025, 0.0333]]),
        ([(-5, -5, 100, 100)], [[0, 0, 1, 1]]),
        ([(20, 15, 20, 45), (60, 15, 20, 45), DOG_XYXY], [DOG]),
        ([], []),
    ],
)
def test_boxes_lie_in_the_photo_and_are_not_empty(boxes, expected):
    assert parse_boxes(annotation(*boxes)) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no XML",
        b"<annotation>",
        b"<annotation/>",
        annotation(DOG_XYXY, size_hw=(0, 0)),
        annotation(DOG_XYXY).replace(b"<xmin>20", b"<xmin>left"),
        annotation(DOG_XYXY).replace(b"<xmin>20</xmin>", b""),
        annotation(DOG_XYXY).replace(b"<xmin>20", b"<xmin>nan"),
    ],
)
def test_an_annotation_that_cannot_be_read_has_no_boxes(content):
    assert parse_boxes(content) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        "<!doctype a>",
    ],
)
def test_entities_are_never_expanded(head, encoding):
    content = (head + annotation(DOG_XYXY).decode().replace("dog", "&c;")).encode(encoding)
    if encoding == "utf-16":
        assert parse_boxes(content) == []
    else:
        with pytest.raises(DatasetError, match="declares XML entities"):
            parse_boxes(content)
