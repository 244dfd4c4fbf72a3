"""From training to the report, with a tiny network."""

from pathlib import Path

import numpy as np
import pytest

from tests.models_for_tests import write_class_folders
from vision.classifier import Classifier
from vision.evaluation import evaluate
from vision.export.model_folder import write_model_folder
from vision.results import measure
from vision.results.measure import write_results
from vision.results.outcome import Outcome
from vision.results.report_file import read_findings
from vision.training.config import TrainingConfig
from vision.training.job import train
from vision.training.run_folder import RunFolder

pytestmark = pytest.mark.usefixtures("tiny_backbone")


def test_a_run_ends_in_a_report_and_asks_the_model_once_about_each_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    config = TrainingConfig(
        task="traffic_signs",
        data=str(write_class_folders(tmp_path / "data", per_class=12)),
        test=str(write_class_folders(tmp_path / "test", per_class=4, seed=300)),
        backbone="tiny",
        weights="none",
        image_size=32,
        formats=("float32",),
        epochs=2,
        batch_size=8,
        learning_rate=0.01,
        validation_fraction=0.2,
    )
    run = RunFolder.create(tmp_path / "runs", config, "whole")
    model, data = train(config, run, tmp_path / "cache", lambda _: None)
    asked: list[int] = []
    answer = Classifier.probabilities

    def counted(self: Classifier, photo: np.ndarray) -> np.ndarray:
        asked.append(1)
        return answer(self, photo)

    monkeypatch.setattr(Classifier, "probabilities", counted)
    card = write_model_folder(run.model_dir, "whole", model, data, config, lambda _: None, run=run)
    assert len(asked) == 12 + len(data.validation_rows)
    monkeypatch.setattr(measure, "measure_run", None)
    page = write_results(run)
    assert len(asked) == 12 + len(data.validation_rows)
    monkeypatch.undo()

    outcome, findings = Outcome.load(run.outcome_path), read_findings(run)
    again = evaluate(Classifier.load(run.model_dir, "float32"), tmp_path / "test")
    np.testing.assert_allclose(outcome.probabilities[outcome.rows_of("test")], again.probabilities, atol=1e-6)
    held = [data.folders.files[row] for row in data.validation_rows]
    assert [outcome.path_of(row) for row in outcome.rows_of("validation")] == held
    top = findings.score(1) if findings else None
    assert top is not None
    assert (top.share, top.photos) == (card["test"]["float32"]["top1"], 12)
    assert "python -m vision train --task traffic_signs" in page.read_text()
