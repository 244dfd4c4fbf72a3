"""Exams in a cache of their own, of the tiny network that tells squares apart."""

from pathlib import Path

import pytest

from tests.models_for_tests import write_squares_model
from vision import places


@pytest.fixture
def cache_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "CACHE_DIR", tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    return write_squares_model(tmp_path / "models" / "traffic_signs" / "squares")
