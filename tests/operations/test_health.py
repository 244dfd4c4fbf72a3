"""Whether the app can answer."""

import json
from pathlib import Path

import pytest

from tests.models_for_tests import card_content
from vision import model_store
from vision.feedback.place import VARIABLE
from vision.operations import health

NAMES = ("traffic_signs", "dog_breeds", "dog_detector")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Model folders that are what their cards say; nobody asks here whether they are networks."""
    for name in NAMES:
        folder = tmp_path / "models" / name / "some"
        folder.mkdir(parents=True)
        (folder / "model.float32.tflite").write_bytes(b"network")
        (folder / "labels.txt").write_text("Red\nGreen\nBlue\n")
        (folder / "card.json").write_text(json.dumps(card_content({"float32": b"network"}, task=name)))
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path / "models")
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'feedback.db'}")
    return tmp_path / "models"


@pytest.mark.usefixtures("models")
def test_all_is_well():
    found = health.check()
    assert found.models == dict.fromkeys(NAMES, "ok")
    assert found.feedback == "ok"
    assert found.can_answer


@pytest.mark.parametrize("harm", ["gone", "cut", "no card", "no model at all"])
def test_a_model_that_cannot_answer_is_told(models: Path, harm: str):
    folder = models / "dog_breeds" / "some"
    if harm == "gone":
        (folder / "model.float32.tflite").unlink()
    elif harm == "cut":
        (folder / "model.float32.tflite").write_bytes(b"net")
    elif harm == "no card":
        (folder / "card.json").write_text("{")
    else:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    found = health.check()
    assert found.models["dog_breeds"] != "ok" and found.models["traffic_signs"] == "ok"
    assert not found.can_answer


@pytest.mark.usefixtures("models")
def test_without_a_place_for_feedback_the_app_can_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'missing' / 'feedback.db'}")
    found = health.check()
    assert "cannot be opened" in found.feedback
    assert found.can_answer
    monkeypatch.setenv(VARIABLE, "off")
    assert health.check().feedback == "off"


def test_the_shipped_models_are_well(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "off")
    assert set(health.check().models.values()) == {"ok"}
