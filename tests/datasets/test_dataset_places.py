"""Data sets are found by their folders alone: what has class folders is one, and nothing else."""

from pathlib import Path

import pytest

from vision.datasets.dataset_places import DatasetPlace, dataset_at, list_datasets


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")


def test_every_form_of_a_data_set_is_found(tmp_path: Path):
    make(tmp_path, "signs/train/01/a.png", "signs/train/02/a.png", "signs/test/01/b.png")
    make(tmp_path, "pets/cat/a.jpg", "pets/dog/a.jpg")
    make(tmp_path, "uploads/birds/owl/a.jpg", "uploads/birds/eagle/a.jpg", "uploads/plants/train/oak/a.jpg")
    assert list_datasets(tmp_path) == [
        DatasetPlace("pets", tmp_path / "pets", None),
        DatasetPlace("signs", tmp_path / "signs/train", tmp_path / "signs/test"),
        DatasetPlace("uploads/birds", tmp_path / "uploads/birds", None),
        DatasetPlace("uploads/plants", tmp_path / "uploads/plants/train", None),
    ]


def test_nothing_else_is_taken_for_one(tmp_path: Path):
    make(
        tmp_path,
        "photos/a.jpg",
        "texts/one/a.txt",
        "texts/two/b.txt",
        "lonely/cat/a.jpg",
        ".hidden/a/1.jpg",
        "file.jpg",
    )
    make(tmp_path, "yolo/images/train/a.jpg", "yolo/images/val/a.jpg", "yolo/labels/train/a.txt")
    make(tmp_path, "deep/er/and/deeper/cat/a.jpg", "deep/er/and/deeper/dog/a.jpg", "half/.a.partial/x/a.jpg")
    make(tmp_path, "empty/train/cat/notes.txt")
    assert list_datasets(tmp_path) == []


def test_a_test_folder_without_photos_is_none(tmp_path: Path):
    make(tmp_path, "signs/train/01/a.png", "signs/test/readme.txt")
    assert dataset_at(tmp_path / "signs") == DatasetPlace("signs", tmp_path / "signs/train", None)


def test_a_folder_that_is_not_there_has_none(tmp_path: Path):
    assert list_datasets(tmp_path / "nowhere") == []
    assert dataset_at(tmp_path / "nowhere") is None


def test_no_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    make(tmp_path, "pets/cat/a.jpg", "pets/dog/a.jpg")

    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr("io.open", refuse)
    assert len(list_datasets(tmp_path)) == 1
