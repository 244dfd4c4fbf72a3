"""The CSV file: whole, and harmless in a spreadsheet."""

import csv
import io

import pytest

from pages.parts import csv_export
from pages.parts.csv_export import Outcome
from pages.parts.results import Answer, Found, PhotoAnswer
from tests.hostile.names import NAMES
from vision.model_card import Sureness
from vision.predictions import Box, ClassScore, Prediction
from vision.spreadsheets import FORMULA_STARTS, harmless
from vision.tasks import TASKS

SIGNS, DOGS = TASKS["traffic_signs"], TASKS["dog_breeds"]


def to_csv(outcomes: list[Outcome]) -> bytes:
    return csv_export.to_csv(outcomes, SIGNS)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def part(*labels: str, box: Box | None = None, confidence: float | None = None) -> Answer:
    scores = tuple(ClassScore(index, label, 0.5 / (index + 1)) for index, label in enumerate(labels))
    return Answer(Prediction(scores, box, 1.0), Sureness.LIKELY, b"", confidence)


def answer(*labels: str) -> PhotoAnswer:
    return PhotoAnswer((part(*labels),), Found.WHOLE, (10, 20), (10, 20), total_ms=2.0)


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


def test_a_name_does_not_become_two_cells_where_semicolons_part_them():
    content = to_csv([Outcome("x;=1+1.jpg", answer("a"), None)]).decode("utf-8-sig")
    _, row = csv.reader(io.StringIO(content), delimiter=";")
    assert row[0].startswith("x;=1+1.jpg")


@pytest.mark.parametrize("name", ["=1+1.jpg", "+1.jpg", "-1.jpg", "@SUM(A1).jpg", "  =1+1", "\t=1", "\uff1d1"])
def test_no_cell_begins_like_a_formula(name: str):
    (row,) = rows_of(to_csv([Outcome(name, answer(name), None)]))
    assert row["file"].startswith("'")
    assert row["label"].startswith("'")


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_photo_is_called_its_line_stays_one_line_of_text(name: str):
    first, second = rows_of(to_csv([Outcome(name, answer(name), name), Outcome("b.jpg", answer("a"), None)]))
    assert second["file"] == "b.jpg"
    for cell in (first["file"], first["label"]):
        assert cell == "" or (cell.isprintable() and not cell.lstrip().startswith(FORMULA_STARTS))


def test_a_cell_holds_no_control_characters():
    assert harmless("a\r\n=1\x00b\u202e.jpg") == "a=1b.jpg"


def test_signs_have_the_columns_of_one_answer_a_photo():
    (header,) = csv.reader(io.StringIO(to_csv([]).decode("utf-8-sig")))
    others = [f"{column}_{rank}" for rank in range(2, 6) for column in ("label", "probability")]
    assert header == ["file", "label", "probability", "sureness", *others, "error"]


def test_a_line_a_dog_with_its_box_in_pixels_of_the_full_photo():
    parts = (
        part("pug", box=Box(0, 10.2, 30, 40), confidence=0.75),
        part("chow", box=Box(50, 0, 99.9, 49), confidence=0.5),
    )
    found = PhotoAnswer(parts, Found.DETECTED, decoded_hw=(50, 100), full_hw=(200, 401))
    first, second = rows_of(csv_export.to_csv([Outcome("a.jpg", found, None)], DOGS))
    assert [row["file"] for row in (first, second)] == ["a.jpg", "a.jpg"]
    assert [row["dog"] for row in (first, second)] == ["1", "2"]
    assert [row["label"] for row in (first, second)] == ["pug", "chow"]
    assert [first[f"box_{corner}"] for corner in ("x1", "y1", "x2", "y2")] == ["0", "41", "120", "160"]
    assert [second[f"box_{corner}"] for corner in ("x1", "y1", "x2", "y2")] == ["200", "0", "401", "196"]
    assert (first["detector_confidence"], first["error"]) == ("0.7500", "")


def test_a_photo_without_a_dog_keeps_its_line_and_a_guess_is_marked():
    nothing = PhotoAnswer((), Found.NOTHING, (10, 20), (10, 20))
    guess = PhotoAnswer((part("pug"),), Found.NOTHING, (10, 20), (10, 20))
    first, second = rows_of(csv_export.to_csv([Outcome("a.jpg", nothing, None), Outcome("b.jpg", guess, None)], DOGS))
    assert (first["label"], first["error"]) == ("", "No dog found in this photo.")
    assert (second["label"], second["dog"], second["box_x1"]) == ("pug", "", "")
    assert "guess" in second["error"]
