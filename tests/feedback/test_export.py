"""What people said goes out as a data set that can be trained on, and as a table without harm."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.feedback.judgements_for_tests import STOP, YIELD, right, wrong
from tests.models_for_tests import draw_square
from vision import images
from vision.datasets.class_folders import read_class_folders
from vision.datasets.dataset_places import dataset_at
from vision.datasets.upload import unpack_class_folders
from vision.errors import FeedbackError
from vision.feedback.export import COLUMNS, TABLE_FILE, write_dataset, write_table
from vision.feedback.judgement import SOMETHING_ELSE, Judgement
from vision.feedback.kept_photo import kept_jpeg
from vision.feedback.store import FeedbackStore

TASK = "traffic_signs"
RED, GREEN = (kept_jpeg(draw_square(label, 3, (64, 64))) for label in (0, 1))


def give(store: FeedbackStore, judgement: Judgement, photo: bytes | None = RED) -> Judgement:
    store.add(judgement)
    if photo is not None:
        store.give_photo(judgement.id, photo)
    return judgement


def table(store: FeedbackStore) -> list[dict[str, str]]:
    file = io.BytesIO()
    write_table(store, TASK, file)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))


def test_the_zip_is_imported_as_the_data_set_that_people_described(store: FeedbackStore, tmp_path: Path):
    stop = give(store, right(STOP), RED)
    yields = {give(store, wrong(STOP, YIELD), GREEN).id, give(store, right(YIELD), GREEN).id}
    give(store, right(STOP), None)  # without a photo
    give(store, wrong(STOP, (None, SOMETHING_ELSE)))
    give(store, wrong(STOP, (None, None)))
    give(store, right(("n1-pug", "pug"), task="dog_breeds"))
    count = write_dataset(store, TASK, tmp_path / "feedback.zip")
    assert (count.photos, count.classes, count.unnamed) == (3, 2, 2)
    folder = unpack_class_folders(tmp_path / "feedback.zip", tmp_path / "data" / "feedback")
    assert dataset_at(folder) is not None
    found = read_class_folders(folder)
    assert found.class_keys == ("13", "14")
    assert {path.stem for path, label in zip(found.files, found.labels, strict=True) if label == 0} == yields
    (stop_file,) = [path for path, label in zip(found.files, found.labels, strict=True) if label == 1]
    assert stop_file.stem == stop.id
    assert np.array_equal(images.decode(stop_file.read_bytes()), images.decode(RED))


def test_the_table_in_the_zip_says_where_each_photo_lies(store: FeedbackStore, tmp_path: Path):
    given = give(store, wrong(STOP, YIELD))
    give(store, right(STOP, minutes=1), None)
    write_dataset(store, TASK, tmp_path / "feedback.zip")
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read(TABLE_FILE).decode("utf-8-sig"))))
        assert archive.read(rows[0]["photo"]) == RED
    assert [row["photo"] for row in rows] == [f"13/{given.id}.jpg", ""]


@pytest.mark.parametrize(
    "key", ["../out", "a/b", "a\\b", ".hidden", "C:", "cat ", "c\u200bat", "x" * 300, "feedback.csv", "__MACOSX", ""]
)
def test_a_class_that_cannot_be_a_folder_is_left_out_and_counted(store: FeedbackStore, tmp_path: Path, key: str):
    give(store, right((key, "Odd")))
    give(store, right(STOP))
    give(store, right(YIELD))
    count = write_dataset(store, TASK, tmp_path / "feedback.zip")
    assert (count.photos, count.unnamed) == (2, 1)
    folder = unpack_class_folders(tmp_path / "feedback.zip", tmp_path / "data" / "feedback")
    assert read_class_folders(folder).class_keys == ("13", "14")


def test_one_class_that_two_models_write_differently_gets_one_folder(store: FeedbackStore, tmp_path: Path):
    for minute, key in enumerate(["07", "7", "Café", "cafe\u0301", "CAFÉ"]):
        give(store, right((key, "some"), minutes=minute))
    assert write_dataset(store, TASK, tmp_path / "feedback.zip").classes == 2
    folder = unpack_class_folders(tmp_path / "feedback.zip", tmp_path / "data" / "feedback")
    found = read_class_folders(folder)
    assert found.class_keys == ("7", "Café")
    assert len(found.files) == 5


def test_without_a_photo_whose_class_is_known_there_is_no_data_set(store: FeedbackStore, tmp_path: Path):
    give(store, right(), None)
    give(store, wrong(truth=(None, SOMETHING_ELSE)))
    with pytest.raises(FeedbackError, match="no photo yet"):
        write_dataset(store, TASK, tmp_path / "feedback.zip")


def test_the_table_has_a_line_for_each_that_spoke(store: FeedbackStore):
    give(store, right(STOP, crop_first=True, found="detected"), None)
    give(store, wrong(STOP, (None, SOMETHING_ELSE), minutes=1, is_example=True), None)
    first, second = table(store)
    assert tuple(first) == COLUMNS
    assert first["said_at_utc"] == "2026-05-01 12:00:00"
    assert (first["answer_class"], first["answer"], first["probability"]) == ("14", "Stop", "0.750000")
    assert (first["right"], first["true_class"], first["truth"]) == ("yes", "14", "Stop")
    assert (first["crop_first"], first["looked_at"], first["is_example"]) == ("yes", "detected", "no")
    assert (first["model"], first["model_format"], first["model_sha256"]) == ("squares", "int8", "ab" * 32)
    assert (second["right"], second["true_class"], second["truth"]) == ("no", "", SOMETHING_ELSE)
    assert second["is_example"] == "yes"


def test_no_cell_of_the_table_is_a_formula(store: FeedbackStore):
    give(store, wrong(("=1+1", "=HYPERLINK()"), ("@x", "+1"), model="-model"), None)
    (row,) = table(store)
    for column in ("answer_class", "answer", "true_class", "truth", "model"):
        assert row[column].startswith("'")
