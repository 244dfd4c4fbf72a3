"""The CSV file: whole, and harmless in a spreadsheet."""

import csv
import io

import pytest

from pages.parts.answers import Answer
from pages.parts.csv_export import Outcome, harmless, to_csv
from vision.model_card import Sureness
from vision.predictions import ClassScore, Prediction


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def answer(*labels: str) -> Answer:
    scores = tuple(ClassScore(index, label, 0.5 / (index + 1)) for index, label in enumerate(labels))
    return Answer(Prediction(scores, None, 1.0), Sureness.LIKELY, b"", (10, 20), 2.0)


def test_a_line_a_photo_with_its_five_best():
    (row,) = rows_of(to_csv([Outcome("a.jpg", answer(*"abcdefg"), None)]))
    assert row["file"] == "a.jpg"
    assert (row["label"], row["probability"], row["sureness"]) == ("a", "0.500000", "likely")
    assert [row[f"label_{rank}"] for rank in range(2, 6)] == list("bcde")
    assert row["error"] == ""


def test_fewer_classes_than_five_leave_cells_empty():
    (row,) = rows_of(to_csv([Outcome("a.jpg", answer("a", "b"), None)]))
    assert [row[f"label_{rank}"] for rank in range(2, 6)] == ["b", "", "", ""]


def test_an_unreadable_photo_keeps_its_line():
    first, second = rows_of(to_csv([Outcome("a.jpg", None, "It is empty."), Outcome("b.jpg", answer("a"), None)]))
    assert (first["file"], first["label"], first["error"]) == ("a.jpg", "", "It is empty.")
    assert second["label"] == "a"


@pytest.mark.parametrize("name", ["=1+1.jpg", "+1.jpg", "-1.jpg", "@SUM(A1).jpg", "  =1+1", "\t=1", "\uff1d1"])
def test_no_cell_begins_like_a_formula(name: str):
    (row,) = rows_of(to_csv([Outcome(name, answer(name), None)]))
    assert row["file"].startswith("'")
    assert row["label"].startswith("'")


def test_a_cell_holds_no_control_characters():
    assert harmless("a\r\n=1\x00b\u202e.jpg") == "a=1b.jpg"
