"""A home of its own for runs, models and photos, in which no process is started."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from vision import jobs, model_store, places


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the app keeps things during the test."""
    monkeypatch.setattr(places, "RUNS_DIR", tmp_path / "runs")
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path / "models")
    return tmp_path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The processes that would have been started, by their arguments."""
    calls: list[Sequence[str]] = []
    monkeypatch.setattr(jobs, "start", lambda arguments, log_path: calls.append(arguments))
    return calls
