"""Measuring a finished run from its folder alone."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.models_for_tests import write_model
from tests.results.conftest import HISTORY, make_finished_run
from vision import images
from vision.classifier import Classifier
from vision.errors import DatasetError, SettingsError
from vision.evaluation import evaluate
from vision.jobs import Stopped
from vision.results import measure
from vision.results.findings import find
from vision.results.measure import measure_run, write_results
from vision.results.outcome import Outcome
from vision.results.report_file import read_findings, read_report_file
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return make_finished_run(tmp_path)


def test_both_parts_are_classified_with_the_served_file(run: RunFolder):
    write_results(run)
    outcome = Outcome.load(run.outcome_path)
    assert outcome.parts == ("test",) * 24 + ("validation",) * 18
    assert (outcome.class_keys, outcome.labels) == (("2", "7", "10"), ("Red", "Green", "Blue"))
    assert outcome.model_format == "float32"
    classifier = Classifier.load(run.model_dir, "float32")
    for row in (0, 10, 30, 41):
        photo = images.decode(outcome.path_of(row).read_bytes())
        np.testing.assert_allclose(outcome.probabilities[row], classifier.probabilities(photo), atol=1e-6)


def test_the_report_for_programs_holds_figures_settings_and_history(run: RunFolder):
    assert write_results(run) == run.page_path
    report = read_report_file(run)
    assert report is not None
    assert report["run"] == "squares-run"
    assert report["history"] == HISTORY
    assert report["config"]["image_size"] == 32
    assert report["model"]["formats"]["int8"]["size_bytes"] > 0
    findings = read_findings(run)
    assert findings == find(Outcome.load(run.outcome_path))
    top = findings.score(1)
    assert top is not None and (top.right, top.photos) == (22, 24)
    astray = {"07/astray-0.png", "07/astray-1.png"}
    assert {case.file for case in findings.mistakes} == astray
    assert {case.file for case in findings.doubtful_labels} & astray
    assert {case.file for case in findings.doubtful_labels} <= astray


def test_a_report_is_made_again_without_asking_the_model_again(run: RunFolder, monkeypatch: pytest.MonkeyPatch):
    write_results(run)
    first = json.loads(run.report_path.read_text())
    run.report_path.unlink()
    run.page_path.unlink()
    monkeypatch.setattr(measure, "measure_run", None)
    write_results(run)
    again = json.loads(run.report_path.read_text())
    assert again["findings"] == first["findings"]
    assert run.page_path.exists()


def test_answers_of_another_model_are_not_taken(run: RunFolder):
    write_results(run)
    before = Outcome.load(run.outcome_path)
    dataclasses.replace(before, model_sha256="f" * 64, truth=1 - before.truth).save(run.outcome_path)
    write_results(run)
    after = Outcome.load(run.outcome_path)
    assert after.model_sha256 == before.model_sha256
    np.testing.assert_array_equal(after.truth, before.truth)


def test_damaged_answers_are_made_again(run: RunFolder):
    run.outcome_path.write_bytes(b"half a file")
    write_results(run)
    assert len(Outcome.load(run.outcome_path).files) == 42


def test_a_report_outlives_the_photos(run: RunFolder):
    write_results(run)
    config = TrainingConfig.load(run.config_path)
    shutil.rmtree(config.data)
    shutil.rmtree(config.test or "")
    assert "named right" in write_results(run).read_text()


def test_without_the_photos_there_is_nothing_to_measure(run: RunFolder):
    shutil.rmtree(TrainingConfig.load(run.config_path).data)
    with pytest.raises(DatasetError, match="can be read"):
        write_results(run)


def test_without_a_split_nobody_knows_what_was_held_out(run: RunFolder):
    run.split_path.unlink()
    with pytest.raises(SettingsError, match="held out"):
        write_results(run)


def test_a_run_without_test_photos_is_measured_on_validation(tmp_path: Path):
    run = make_finished_run(tmp_path, test=False)
    write_results(run)
    findings = read_findings(run)
    assert findings is not None
    assert (findings.part, findings.photos) == ("validation", 18)


def test_where_float32_was_not_exported_the_format_that_is_served_answers(tmp_path: Path):
    run = make_finished_run(tmp_path)
    content = (run.model_dir / "model.int8.tflite").read_bytes()
    shutil.rmtree(run.model_dir)
    write_model(run.model_dir, {"int8": content})
    write_results(run)
    assert Outcome.load(run.outcome_path).model_format == "int8"


def test_test_photos_that_were_answered_already_are_not_asked_again(run: RunFolder):
    config = TrainingConfig.load(run.config_path)
    tested = evaluate(Classifier.load(run.model_dir, "float32"), Path(config.test or ""))
    marked = dataclasses.replace(tested, probabilities=np.roll(tested.probabilities, 1, axis=1))
    held = [Path(config.data) / name for name in json.loads(run.split_path.read_text())["validation"]]
    labels = [["02", "07", "10"].index(path.parent.name) for path in held]
    told: list[tuple[int, int]] = []
    outcome = measure_run(
        run,
        config,
        run.model_dir,
        ("2", "7", "10"),
        held,
        labels,
        on_progress=lambda done, total: told.append((done, total)),
        tested=marked,
    )
    np.testing.assert_array_equal(outcome.probabilities[outcome.rows_of("test")], marked.probabilities)
    assert outcome.truth[outcome.rows_of("validation")].tolist() == labels


def test_measuring_tells_how_far_it_is_and_can_be_stopped(run: RunFolder):
    config = TrainingConfig.load(run.config_path)
    held = [next(Path(config.data).rglob("*.png"))] * 450
    told: list[tuple[int, int]] = []
    arguments = (run, config, run.model_dir, ("2", "7", "10"), held, [0] * 450)
    measure_run(*arguments, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(200, 474), (400, 474)]
    run.outcome_path.unlink()
    with pytest.raises(Stopped):
        measure_run(*arguments, should_stop=lambda: True)
    assert not run.outcome_path.exists()


def test_names_that_are_no_text_are_told_all_the_same(run: RunFolder):
    folder = Path(TrainingConfig.load(run.config_path).test or "") / "10"
    red = next((folder.parent / "02").iterdir())
    red.rename(folder / "caf\udce9.png")
    (folder / "\udcff.png").write_bytes(b"no photo")
    page = write_results(run).read_text()
    findings = read_findings(run)
    assert findings is not None
    assert "10/caf\\udce9.png" in [case.file for case in findings.mistakes]
    assert "caf\\udce9.png" in page and "\\udcff.png: " in page


def test_photos_that_cannot_be_read_are_counted(run: RunFolder):
    config = TrainingConfig.load(run.config_path)
    next((Path(config.test or "") / "10").iterdir()).write_bytes(b"no photo")
    write_results(run)
    outcome = Outcome.load(run.outcome_path)
    assert len(outcome.files) == 41
    assert len(outcome.unreadable) == 1
