"""The command line, called as scripts call it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.models_for_tests import draw_square, write_class_folders, write_squares_model
from vision.cli import main


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_squares_model(tmp_path_factory.mktemp("models") / "traffic_signs" / "squares"))


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "green.png"
    Image.fromarray(draw_square(1, seed=5, size_hw=(120, 100))).save(path)
    return str(path)


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a refused command says, after checking that it is one line, on stderr, with exit status 2."""
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = int(str(stop.code))
    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    lines = [line for line in printed.err.splitlines() if line]
    assert len(lines) == 1, printed.err
    return lines[0]


def test_predict_prints_a_list_with_an_element_a_photo(model, photo, capsys):
    assert main(["predict", model, photo, photo, "--top", "2", "--json"]) == 0
    answers = json.loads(capsys.readouterr().out)
    assert [answer["file"] for answer in answers] == [photo, photo]
    assert answers[0]["error"] is None
    (prediction,) = answers[0]["predictions"]
    assert prediction["box_xyxy"] is None
    assert prediction["scores"][0]["label"] == "Green"
    assert len(prediction["scores"]) == 2
    assert 0.5 < prediction["scores"][0]["probability"] <= 1


def test_one_bad_file_does_not_stop_the_others(model, photo, tmp_path, capsys):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"PK\x03\x04 no photo")
    assert main(["predict", model, str(broken), str(tmp_path / "missing.jpg"), photo, "--json"]) == 1
    first, second, third = json.loads(capsys.readouterr().out)
    assert "zip" in first["error"]
    assert first["predictions"] == []
    assert "missing.jpg" in second["error"]
    assert third["error"] is None


def test_predict_says_in_words_what_it_sees(model, photo, capsys):
    assert main(["predict", model, photo]) == 0
    assert "Green" in capsys.readouterr().out


@pytest.mark.parametrize("model_format", ["float32", "int8"])
def test_evaluate_prints_the_figures(model, model_format, tmp_path, capsys):
    data = write_class_folders(tmp_path / "photos", per_class=4)
    assert main(["evaluate", model, str(data), "--format", model_format, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert set(figures) == {"model", "format", "images", "top1", "top3", "top5", "median_ms", "size_bytes"}
    assert (figures["model"], figures["format"], figures["images"]) == ("squares", model_format, 12)
    assert figures["top1"] == figures["top3"] == figures["top5"] == 1.0
    assert figures["size_bytes"] == (Path(model) / f"model.{model_format}.tflite").stat().st_size


def test_evaluate_takes_a_limit(model, tmp_path, capsys):
    data = write_class_folders(tmp_path / "photos", per_class=4)
    assert main(["evaluate", model, str(data), "--limit", "5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["images"] == 5


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([], "COMMAND"),
        (["fly"], "fly"),
        (["predict", "MODEL"], "PHOTO"),
        (["predict", "no_such_model", "x.jpg"], "no_such_model"),
        (["predict", "MODEL", "x.jpg", "--top", "0"], "0"),
        (["predict", "MODEL", "x.jpg", "--format", "float8"], "float8"),
        (["evaluate", "MODEL", "no_such_folder"], "no_such_folder"),
        (["evaluate", "MODEL", ".", "--limit", "many"], "many"),
        (["train", "--task", "birds", "--data", "."], "birds"),
        (["train", "--task", "traffic_signs", "--data", "no_such_folder"], "no_such_folder"),
        (["train", "--task", "traffic_signs", "--data", ".", "--weights", "no_such.h5"], "no_such.h5"),
        (["train", "--task", "traffic_signs", "--data", ".", "--epochs", "-1"], "-1"),
        (["train", "--task", "traffic_signs", "--data", ".", "--epochs", "0", "--head-epochs", "0"], "both 0"),
        (["train", "--task", "traffic_signs", "--data", ".", "--formats", "float8"], "float8"),
        (["train", "--task", "traffic_signs", "--data", ".", "--head-anchor", "-1"], "head_anchor is -1"),
        (["train", "--task", "traffic_signs", "--data", ".", "--start-share", "1.5"], "start_share is 1.5"),
        (["train", "--task", "traffic_signs", "--data", ".", "--image-size", "9000"], "9000"),
        (["train", "--task", "traffic_signs", "--data", ".", "--backbone", "spine"], "spine"),
        (["train", "--task", "traffic_signs", "--data", ".", "--alpha", "0.9"], "0.9"),
        (["train", "--task", "traffic_signs", "--data", ".", "--name", "../up"], "../up"),
        (["publish", "no_such_folder"], "no_such_folder"),
        (["runs", "resume", "no_such_run"], "no_such_run"),
    ],
)
def test_every_wrong_argument_ends_in_one_sentence(arguments, part, model, capsys):
    assert part in refusal([model if word == "MODEL" else word for word in arguments], capsys)


COMMANDS = "train evaluate predict models publish unpublish rollback runs detect detector data".split()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert command in capsys.readouterr().out


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    named = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("    ")}
    assert set(COMMANDS) <= named


@pytest.mark.parametrize("option", ["--boxes", "--teachers", "--test", "--outliers"])
def test_what_a_run_reads_is_looked_for_before_there_is_a_run(option, tmp_path, monkeypatch, capsys):
    """Else the same command, put right, would be told that there is such a run."""
    monkeypatch.setattr("vision.cli.train.RUNS_DIR", tmp_path / "runs")
    monkeypatch.setattr("vision.cli.train.CACHE_DIR", tmp_path / "cache")
    data = str(write_class_folders(tmp_path / "photos", per_class=2))
    command = ["train", "--task", "traffic_signs", "--data", data, "--weights", "none", "--backbone", "mobilenet"]
    command += ["--alpha", "0.25", "--image-size", "32", "--name", "mine", option, "no_such_place"]
    status = main(command)
    assert status == 2
    assert "no_such_place" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "runs").exists()


def test_models_tells_which_checksums_hold(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("vision.cli.measure.model_store.list_models.__defaults__", (None, tmp_path))
    write_squares_model(tmp_path / "traffic_signs" / "good")
    spoiled = write_squares_model(tmp_path / "traffic_signs" / "spoiled") / "model.int8.tflite"
    spoiled.write_bytes(spoiled.read_bytes()[:-1])
    assert main(["models", "--json"]) == 1
    good, bad = json.loads(capsys.readouterr().out)
    assert good["ok"]
    assert good["default"]
    assert good["formats"] == ["float32", "int8"]
    assert not bad["ok"]
    assert "checksum" in bad["problem"]


def test_the_command_runs_as_a_module_without_tensorflow(photo, model):
    script = (
        "import sys, vision.cli; status = vision.cli.main(sys.argv[1:]);"
        "assert not {'tensorflow', 'keras', 'torch', 'streamlit'} & set(sys.modules); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "predict", model, photo, "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["error"] is None


def test_train_to_prediction_through_the_command_line(tmp_path, monkeypatch, capsys):
    """A whole small run: train, publish, predict, and the run's folder tells about it."""
    monkeypatch.setattr("vision.cli.train.RUNS_DIR", tmp_path / "runs")
    monkeypatch.setattr("vision.cli.train.CACHE_DIR", tmp_path / "cache")
    monkeypatch.setattr("vision.publishing.publish.__defaults__", (tmp_path / "models",))
    data = write_class_folders(tmp_path / "photos", per_class=12, size_hw=(48, 48))
    test = write_class_folders(tmp_path / "test", per_class=4, seed=100, size_hw=(48, 48))
    arguments = [
        "train",
        "--task",
        "traffic_signs",
        "--data",
        str(data),
        "--test",
        str(test),
        "--backbone",
        "mobilenet",
    ]
    arguments += ["--alpha", "0.25", "--weights", "none", "--image-size", "32", "--epochs", "1", "--name", "squares"]
    assert main([*arguments, "--publish"]) == 0
    assert "Published" in capsys.readouterr().out
    card = json.loads((tmp_path / "models" / "traffic_signs" / "squares" / "card.json").read_text())
    assert card["test"]["float32"]["photos"] == card["test"]["int8"]["photos"] == 12
    assert card["training"]["seed"] == 0
    assert 0 <= card["validation"]["calibration_error_after"] <= 1
    assert np.isclose(sum(card["test"]["float32"]["per_class_top1"].values()) / 3, card["test"]["float32"]["top1"])
    monkeypatch.setattr("vision.cli.runs.RUNS_DIR", tmp_path / "runs")
    assert main(["runs", "list"]) == 0
    assert "squares: finished" in capsys.readouterr().out
    assert main(arguments) == 2
    assert "another --name" in capsys.readouterr().err
