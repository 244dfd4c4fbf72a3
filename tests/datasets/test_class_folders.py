"""Class folders: what is listed, in which order, and what is refused."""

from pathlib import Path

import pytest

from vision.datasets.class_folders import class_key, read_class_folders
from vision.errors import DatasetError


def make(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root


def test_numbers_are_sorted_as_numbers(tmp_path: Path):
    folders = read_class_folders(make(tmp_path, "10/a.png", "2/a.png", "007/a.png", "0/a.png"))
    assert folders.class_keys == ("0", "2", "7", "10")
    assert [path.parent.name for path in folders.files] == ["0", "2", "007", "10"]
    assert folders.labels == (0, 1, 2, 3)


def test_names_are_sorted_as_text(tmp_path: Path):
    folders = read_class_folders(make(tmp_path, "pug/a.jpg", "beagle/a.jpg", "10/a.jpg", "2/a.jpg"))
    assert folders.class_keys == ("10", "2", "beagle", "pug")


def test_photos_are_sorted_within_their_class(tmp_path: Path):
    folders = read_class_folders(make(tmp_path, "b/2.jpg", "b/1.PNG", "a/9.webp", "b/3.HEIC"))
    assert [path.name for path in folders.files] == ["9.webp", "1.PNG", "2.jpg", "3.HEIC"]
    assert folders.labels == (0, 1, 1, 1)


@pytest.mark.parametrize(
    ("folder", "key"), [("07", "7"), ("00", "0"), ("7", "7"), ("²", "²"), ("٣", "٣"), ("-7", "-7")]
)
def test_a_key_is_the_number_that_a_folder_names(folder: str, key: str):
    assert class_key(folder) == key


def test_digits_that_are_no_numbers_are_sorted_as_text(tmp_path: Path):
    assert read_class_folders(make(tmp_path, "²/a.png", "1/a.png")).class_keys == ("1", "²")


def test_two_folders_of_one_class_are_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match=r"'0?7' and '0?7' .* name the same class"):
        read_class_folders(make(tmp_path, "07/a.png", "7/b.png", "8/a.png"))


def test_stray_files_are_listed_as_skipped(tmp_path: Path):
    folders = read_class_folders(make(tmp_path, "01/a.png", "01/GT-01.csv", "01/Thumbs.db", "02/noending", "02/b.jpg"))
    assert [path.name for path in folders.files] == ["a.png", "b.jpg"]
    assert sorted(folders.skipped) == ["01/GT-01.csv", "01/Thumbs.db", "02/noending"]


def test_hidden_folders_and_folders_named_like_photos_are_no_photos(tmp_path: Path):
    folders = read_class_folders(make(tmp_path, ".cache/a.png", "1/a.png", "1/b.png/c.png"))
    assert folders.class_keys == ("1",)
    assert len(folders.files) == 1


def test_a_folder_without_photos_is_refused_with_what_was_expected(tmp_path: Path):
    with pytest.raises(DatasetError, match="no photos in class folders; expected one folder a class"):
        read_class_folders(tmp_path)
    with pytest.raises(DatasetError, match="no photos in class folders"):
        read_class_folders(make(tmp_path, "photo.png", "1/notes.txt"))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match="There is no folder"):
        read_class_folders(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="There is no folder"):
        read_class_folders(make(tmp_path, "file.zip") / "file.zip")


def test_a_folder_whose_name_is_no_text_is_refused_before_it_can_be_a_label(tmp_path: Path):
    with pytest.raises(DatasetError, match=r"caf\\udce9, whose name is no text; rename it"):
        read_class_folders(make(tmp_path, "caf\udce9/photo.png", "dog/photo.png"))
