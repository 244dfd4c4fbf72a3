"""What the model folder of a run holds."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.export.conftest import branched_network
from tests.models_for_tests import CLASS_KEYS, draw_squares, trained_network
from vision.classifier import Classifier
from vision.datasets.class_folders import ClassFolders
from vision.export import model_folder
from vision.export.formats import CONVERTED
from vision.export.model_folder import write_model_folder
from vision.export.rounding import round_kernels
from vision.model_card import read_card
from vision.model_store import check_files, list_tasks
from vision.publishing import publish
from vision.training.config import TrainingConfig
from vision.training.job import TrainingData


@pytest.fixture(scope="module")
def data() -> TrainingData:
    pixels, labels = draw_squares(8, seed=400)
    rows = np.arange(len(labels))
    return TrainingData(ClassFolders(Path("data"), CLASS_KEYS, (), (), ()), pixels, labels, rows[::2], rows[1::2], ())


def test_the_card_of_a_new_task_brings_it_to_the_app(data: TrainingData, tmp_path: Path):
    new_task = {"title": " Coloured  squares", "noun": "square", "mirror_safe": False}
    config = TrainingConfig("squares", "data", image_size=32, formats=("float32",), new_task=new_task)
    card = write_model_folder(tmp_path / "model", "first", trained_network(), data, config, print)
    assert card["new_task"] == new_task | {"title": "Coloured squares"}
    assert json.loads((tmp_path / "model" / "card.json").read_text())["new_task"] == card["new_task"]
    publish(tmp_path / "model", default=True, root=tmp_path / "models")
    assert list_tasks(tmp_path / "models")[-1] == config.task_spec


def test_the_card_of_a_known_task_describes_none(data: TrainingData, tmp_path: Path):
    config = TrainingConfig("traffic_signs", "data", image_size=32, formats=("float32",))
    assert "new_task" not in write_model_folder(tmp_path / "model", "first", trained_network(), data, config, print)


def test_every_format_of_a_run_answers_alike_and_has_the_labels_inside(
    data: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rounded: list[str] = []

    def round_and_count(*arguments):
        rounded.append("once")
        round_kernels(*arguments)

    monkeypatch.setattr(model_folder, "round_kernels", round_and_count)
    config = TrainingConfig("traffic_signs", "data", image_size=32, formats=CONVERTED)
    write_model_folder(tmp_path / "model", "first", branched_network(), data, config, print)
    card = read_card(tmp_path / "model")
    assert tuple(card.formats) == CONVERTED
    check_files(tmp_path / "model", card)
    answers = []
    for name, entry in card.formats.items():
        with zipfile.ZipFile(tmp_path / "model" / entry.file) as archive:
            assert archive.read("labels.txt").decode().splitlines() == list(card.labels)
        classifier = Classifier.load(tmp_path / "model", name)
        answers.append([int(classifier.probabilities(photo).argmax()) for photo in data.pixels])
    assert answers == [data.labels.tolist()] * len(CONVERTED)
    assert rounded == ["once"]
