"""Whether cards tell the truth."""

import json
from pathlib import Path

import pytest

from tests.models_for_tests import write_class_folders, write_squares_model
from vision.cli import main
from vision.verification import verify


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_class_folders(tmp_path / "data" / "squares" / "test", per_class=5, seed=60)
    return tmp_path / "data"


def model_that_says(top1: float, folder: Path, photos: int = 15) -> Path:
    tested = {"data": "squares/test", "photos": photos, "top1": top1}
    return write_squares_model(folder / "traffic_signs" / "squares", test={"float32": tested, "int8": tested})


def test_a_card_that_tells_the_truth_holds(data: Path, tmp_path: Path):
    verdicts = verify(model_that_says(1.0, tmp_path), data)
    assert [(verdict.model_format, verdict.holds) for verdict in verdicts] == [("float32", True), ("int8", True)]
    assert "100.00%" in verdicts[0].reason


def test_a_card_that_boasts_or_is_modest_does_not_hold(data: Path, tmp_path: Path):
    assert [verdict.holds for verdict in verify(model_that_says(0.9, tmp_path), data)] == [False, False]


def test_a_sample_allows_for_chance(data: Path, tmp_path: Path):
    model = model_that_says(0.9, tmp_path, photos=10_000)
    assert [verdict.holds for verdict in verify(model, data, photos=9)] == [True, True]
    model = model_that_says(0.1, tmp_path / "low", photos=10_000)
    assert [verdict.holds for verdict in verify(model, data, photos=9)] == [False, False]


def test_without_the_photos_nobody_knows(tmp_path: Path):
    verdicts = verify(model_that_says(1.0, tmp_path), tmp_path / "nowhere")
    assert [verdict.holds for verdict in verdicts] == [None, None]
    assert "no folder" in verdicts[0].reason


def test_a_file_that_is_not_the_card_s_does_not_hold(data: Path, tmp_path: Path):
    model = model_that_says(1.0, tmp_path)
    (model / "model.int8.tflite").write_bytes(b"something else")
    (verdict,) = verify(model, data)
    assert verdict.holds is False
    assert "checksum" in verdict.reason


def test_the_command_says_so_and_its_status_tells(data: Path, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr("vision.cli.measure.model_store.list_models.__defaults__", (None, tmp_path / "models"))
    model = model_that_says(1.0, tmp_path / "models")
    command = ["models", "--verify", "--data", str(data), "--photos", "9"]
    assert main(command) == 0
    assert "traffic_signs/squares int8: the card says 100.00% of 15 photos" in capsys.readouterr().out
    card = json.loads((model / "card.json").read_text())
    card["test"]["int8"]["top1"] = 0.2
    (model / "card.json").write_text(json.dumps(card))
    assert main([*command, "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [row["holds"] for row in rows] == [True, False]
    assert main(["models", "--verify", "--data", str(tmp_path / "nowhere")]) == 1
