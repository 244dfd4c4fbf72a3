"""GTSRB: its archives become class folders, with names that tell the frames of one sign."""

from pathlib import Path

import pytest

from tests.archives_for_tests import arranged_by, gtsrb_archives, sign_photo, small_gtsrb, zip_of
from vision import images
from vision.datasets.class_folders import read_class_folders
from vision.datasets.gtsrb import arrange
from vision.errors import DatasetError
from vision.tasks import task_named

TRUTH = "GTSRB_Final_Test_GT.zip"
TEST = "GTSRB_Final_Test_Images.zip"
TRAINING = "GTSRB_Final_Training_Images.zip"


@pytest.fixture
def archives() -> dict[str, bytes]:
    return gtsrb_archives()


def arranged(tmp_path: Path, archives: dict[str, bytes]) -> Path:
    return arranged_by(arrange, small_gtsrb(archives), tmp_path, archives)


def refusal(tmp_path: Path, archives: dict[str, bytes]) -> str:
    with pytest.raises(DatasetError) as caught:
        arranged(tmp_path, archives)
    message = str(caught.value)
    assert message.endswith(".") and message.count(". ") == 0
    return message


def truth(*rows: str, header: str = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId") -> dict[str, bytes]:
    return {TRUTH: zip_of({"GT-final_test.csv": "\n".join([header, *rows]).encode()})}


def test_training_photos_are_named_by_class_track_and_frame(archives, tmp_path):
    folder = arranged(tmp_path, archives) / "train"
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*")) == [
        f"{label:02d}/{label:05d}_{track:05d}_{frame:05d}.ppm"
        for label in (0, 1)
        for track in (0, 1)
        for frame in (0, 1)
    ]
    assert (folder / "01" / "00001_00001_00000.ppm").read_bytes() == sign_photo(110)


def test_frames_of_one_sign_are_one_group(archives, tmp_path):
    task = task_named("traffic_signs")
    names = [path.name for path in read_class_folders(arranged(tmp_path, archives) / "train").files]
    groups = [task.group_of(name) for name in names]
    assert all(name.startswith(group) and name != group for name, group in zip(names, groups, strict=True))
    assert len(names) == 8 and len(set(groups)) == 4


def test_test_photos_lie_in_the_class_that_the_truth_names(archives, tmp_path):
    folder = arranged(tmp_path, archives) / "test"
    found = {path.name: path.parent.name for path in folder.rglob("*.*")}
    assert found == {"00000.ppm": "01", "00001.ppm": "00", "00002.ppm": "01"}
    assert (folder / "00" / "00001.ppm").read_bytes() == sign_photo(1001)


def test_the_photos_can_be_read(archives, tmp_path):
    folders = read_class_folders(arranged(tmp_path, archives) / "test")
    assert folders.class_keys == ("0", "1")
    assert images.decode(folders.files[0].read_bytes()).shape == (30, 32, 3)


@pytest.mark.parametrize(
    "rows",
    [
        (),
        ("00000.ppm;32;30;5;5;27;25;1", "00001.ppm;32;30;5;5;27;25;0"),
        ("00000.ppm;32;30;5;5;27;25;1", "00001.ppm;32;30;5;5;27;25;0", "00002.ppm;32;30;5;5;27;25;2"),
        ("00000.ppm;32;30;5;5;27;25;1", "00001.ppm;32;30;5;5;27;25;0", "00002.ppm;32;30;5;5;27;25;-1"),
        ("00000.ppm;32;30;5;5;27;25;1", "00001.ppm;32;30;5;5;27;25;0", "../up.ppm;32;30;5;5;27;25;1"),
        ("00000.ppm;32;30;5;5;27;25;1", "00001.ppm;32;30;5;5;27;25;0", "00001.ppm;32;30;5;5;27;25;1"),
        ("00000.ppm;32;30;5;5;27;25;1", "00001.ppm;32;30;5;5;27;25;0", "00002.ppm;32;30"),
        ("00000.ppm;32;30;5;5;27;25;1", "00001.ppm;32;30;5;5;27;25;0", "00002.ppm;32;30;5;5;27;25;stop"),
    ],
)
def test_a_truth_that_does_not_cover_the_test_is_refused(archives, tmp_path, rows):
    assert "no usable GT-final_test.csv: expected the classes of 3 photos" in refusal(tmp_path, archives | truth(*rows))


def test_a_truth_without_classes_is_refused(archives, tmp_path):
    header = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2"
    assert "no usable" in refusal(tmp_path, archives | truth("00000.ppm;1;1;1;1;1;1", header=header))
    assert "no usable" in refusal(tmp_path / "b", archives | {TRUTH: zip_of({"else.csv": b""})})


def test_missing_photos_are_told(archives, tmp_path):
    fewer = zip_of({"GTSRB/Final_Test/Images/00000.ppm": sign_photo(0)})
    message = refusal(tmp_path, archives | {TEST: fewer})
    assert "hold 8 training photos of 2 classes and 1 test photos, expected 8 of 2 and 3" in message


def test_a_member_that_leads_outside_is_refused(archives, tmp_path):
    bad = zip_of({"GTSRB/Final_Training/Images/00000/../../00000_00000.ppm": b"P6"})
    assert "written outside its folder" in refusal(tmp_path, archives | {TRAINING: bad})
