"""The commands around runs, called as scripts call them; no training here, see tests/training."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.models_for_tests import write_class_folders
from vision import jobs
from vision.cli import main
from vision.jobs import FINISHED, QUEUED, STOPPED, write_json
from vision.training import queue
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus

ROW = {"epoch": 0, "loss": 0.5, "accuracy": 0.75, "val_loss": 0.6, "val_accuracy": 0.7}


@pytest.fixture
def runs_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands look; no worker is started, and a run that is started does no work."""
    for module in ("train", "runs"):
        monkeypatch.setattr(f"vision.cli.{module}.RUNS_DIR", tmp_path / "runs")
    monkeypatch.setattr(queue, "start_worker", lambda runs_dir: None)
    return tmp_path / "runs"


@pytest.fixture
def stopped(runs_dir: Path) -> RunFolder:
    """A run that was stopped after its first epoch."""
    config = TrainingConfig("traffic_signs", "my photos", epochs=4)
    status = RunStatus(STOPPED, "stopped after epoch 1 of 4", progress=0.3, epoch=1, epochs=4)
    run = RunFolder.create(runs_dir, config, "mine", status)
    write_json(run.progress_path, {"epochs_done": 1, "history": [ROW], "points": []})
    return run


def test_the_list_tells_where_each_run_stands(stopped: RunFolder, runs_dir: Path, capsys):
    queue.enqueue(TrainingConfig("traffic_signs", "photos"), "next", runs_dir)
    assert main(["runs", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "next: queued, waits for its turn",
        "mine: stopped, stopped after epoch 1 of 4",
    ]
    assert main(["runs", "list", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["name"], first["state"], first["place"]) == ("next", QUEUED, 1)
    assert (second["name"], second["progress"], second["place"]) == ("mine", 0.3, None)


def test_an_empty_list_says_how_to_begin(runs_dir: Path, capsys):
    assert main(["runs", "list"]) == 0
    assert "python -m vision train" in capsys.readouterr().out
    assert main(["runs", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_show_tells_the_figures_and_how_to_repeat_it(stopped: RunFolder, capsys):
    assert main(["runs", "show", "mine"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "mine: stopped, stopped after epoch 1 of 4"
    assert "epoch 1: accuracy 0.7500, loss 0.5000, val_accuracy 0.7000, val_loss 0.6000" in lines
    assert shlex.split(lines[-1])[:6] == ["python", "-m", "vision", "train", "--task", "traffic_signs"]
    assert main(["runs", "show", "mine", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["history"] == [ROW]
    assert shown["config"]["data"] == "my photos"
    assert shown["command"] == lines[-1]


def test_a_run_is_stopped_and_queued_again_by_name(stopped: RunFolder, capsys):
    assert main(["runs", "resume", "mine", "--queue"]) == 0
    assert stopped.look().state == QUEUED
    assert main(["runs", "stop", "mine"]) == 0
    assert stopped.look().message == "taken out of the queue"


def test_a_queued_run_is_made_and_not_begun(runs_dir: Path, tmp_path: Path, capsys):
    data = str(write_class_folders(tmp_path / "photos", per_class=2))
    command = ["train", "--task", "traffic_signs", "--data", data, "--weights", "none", "--name", "a", "--queue"]
    assert main(command) == 0
    assert "runs show a" in capsys.readouterr().out
    assert RunFolder(runs_dir / "a").look().state == QUEUED
    assert main([*command[:-2], "b", "--queue", "--publish"]) == 2
    assert "published later" in capsys.readouterr().err
    assert not (runs_dir / "b").exists()


@pytest.mark.parametrize("action", ["resume", "finish"])
def test_a_finished_run_is_not_begun_again(stopped: RunFolder, action: str, capsys):
    stopped.write_status(RunStatus(FINISHED, "done"))
    assert main(["runs", action, "mine"]) == 2
    assert "is finished; start a new one" in capsys.readouterr().err
    assert stopped.look().state == FINISHED


def test_a_run_that_was_never_trained_cannot_be_reported(stopped: RunFolder, capsys):
    assert main(["runs", "report", "mine"]) == 2
    assert "is no model folder" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["show", "stop", "resume", "finish", "report"])
def test_a_run_that_does_not_exist_is_told(runs_dir: Path, action: str, capsys):
    assert main(["runs", action, "nobody"]) == 2
    assert capsys.readouterr().err == "There is no run 'nobody'; see: python -m vision runs list\n"


def test_looking_at_runs_loads_no_tensorflow(tmp_path: Path):
    script = (
        "import sys, vision.cli; status = vision.cli.main(['runs', 'list', '--json']);"
        "assert not {'tensorflow', 'keras', 'torch', 'streamlit'} & set(sys.modules); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={"SECOND_LOOK_HOME": str(tmp_path), "PATH": ""},
        cwd=Path(jobs.__file__).parent.parent,
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
