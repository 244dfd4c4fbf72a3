"""A home of its own for models, photos and exams; an exam is done as soon as it is started."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.figures_for_tests import draw_figures
from tests.models_for_tests import write_squares_model
from vision import jobs, model_store, places
from vision.exam.folder import ExamFolder
from vision.exam.work import run_exam


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the app keeps things during the test."""
    monkeypatch.setattr(places, "CACHE_DIR", tmp_path / "cache")
    monkeypatch.setattr(places, "DATA_DIR", tmp_path / "data")
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path / "models")
    return tmp_path


@pytest.fixture
def model_dir(home: Path) -> Path:
    """A model of traffic signs as float32 and int8, with figures."""
    return write_squares_model(home / "models" / "traffic_signs" / "squares", measured=draw_figures().to_json())


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be a process of its own is done before `start` returns."""

    def start(arguments: Sequence[str], log_path: Path, command: Sequence[str]) -> None:
        (folder,) = arguments
        assert command[1:] == ("-m", "vision.exam")
        run_exam(ExamFolder(Path(folder)))

    monkeypatch.setattr(jobs, "start", start)


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """No process is started; these would have been, by their arguments."""
    calls: list[Sequence[str]] = []
    monkeypatch.setattr(jobs, "start", lambda arguments, log_path, command: calls.append(arguments))
    return calls
