"""publish, unpublish, rollback: by run or by folder, and refused in one sentence."""

from pathlib import Path

import pytest

from tests.models_for_tests import write_model
from tests.test_cli import refusal
from vision import model_store, places
from vision.cli import main
from vision.model_store import default_name, list_models
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus

FILES = {"float32": b"float"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for models and runs."""
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path / "models")
    monkeypatch.setattr(places, "RUNS_DIR", tmp_path / "runs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def finished_run(home: Path, name: str) -> RunFolder:
    run = RunFolder.create(home / "runs", TrainingConfig("traffic_signs", "data"), name)
    run.write_status(RunStatus("finished", "99 % right"))
    write_model(run.model_dir, FILES, name=name)
    return run


def names(home: Path) -> list[str]:
    return [model.path.name for model in list_models("traffic_signs", home / "models")]


def test_a_run_is_published_by_its_name_its_folder_or_its_model_folder(home: Path, capsys: pytest.CaptureFixture[str]):
    for name in ("one", "two", "three"):
        finished_run(home, name)
    assert main(["publish", "one"]) == 0
    assert main(["publish", "runs/two", "--default"]) == 0
    assert main(["publish", "runs/three/model"]) == 0
    assert names(home) == ["one", "three", "two"]
    assert default_name(home / "models" / "traffic_signs") == "two"
    assert str(home / "models" / "traffic_signs" / "three") in capsys.readouterr().out


def test_a_run_is_meant_also_where_a_folder_has_its_name(home: Path):
    finished_run(home, "models")
    (home / "models").mkdir()
    assert main(["publish", "models"]) == 0
    assert names(home) == ["models"]


def test_models_come_go_and_come_back(home: Path, capsys: pytest.CaptureFixture[str]):
    for name in ("one", "two"):
        finished_run(home, name)
        assert main(["publish", name, "--default"]) == 0
    assert main(["rollback", "traffic_signs"]) == 0
    assert "The default model of traffic_signs is one again." in capsys.readouterr().out
    assert main(["unpublish", "traffic_signs/one"]) == 0
    assert names(home) == ["two"]
    how = capsys.readouterr().out.split("python -m vision ")[1].split()
    assert main(how) == 0
    assert names(home) == ["one", "two"]


def test_a_run_without_a_finished_model_says_where_it_stands(home: Path, capsys: pytest.CaptureFixture[str]):
    run = RunFolder.create(home / "runs", TrainingConfig("traffic_signs", "data"), "early")
    assert "'early' has no finished model; it is interrupted" in refusal(["publish", "early"], capsys)
    write_model(run.model_dir, FILES)
    run.write_status(RunStatus("finishing", "measuring"))
    with run.held():
        assert "it is finishing: measuring" in refusal(["publish", "early"], capsys)
    assert names(home) == []


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["publish", ""], "There is no run and no folder ''"),
        (["publish", "nowhere"], "There is no run and no folder 'nowhere'"),
        (["publish", "."], "card.json is missing"),
        (["unpublish", "traffic_signs"], "No model of a task 'traffic_signs'"),
        (["unpublish", "../models/traffic_signs"], "No model of a task '..'"),
        (["unpublish", ""], "No model of a task ''"),
        (["rollback", "traffic_signs"], "No model of a task 'traffic_signs'"),
        (["rollback", ".."], "No model of a task '..'"),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence(
    arguments: list[str], part: str, capsys: pytest.CaptureFixture[str]
):
    assert part in refusal(arguments, capsys)
