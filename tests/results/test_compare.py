"""Runs side by side."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from tests.results.conftest import HISTORY, make_finished_run
from vision.errors import SettingsError
from vision.results.compare import compare
from vision.results.measure import write_results
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus


@pytest.fixture
def runs(tmp_path: Path) -> list[RunFolder]:
    """A measured run, and one of other settings that is queued."""
    measured = make_finished_run(tmp_path, "measured")
    write_results(measured)
    measured.write_status(RunStatus("finished", seconds=75.0))
    config = dataclasses.replace(TrainingConfig.load(measured.config_path), image_size=64, formats=("int8",))
    queued = RunFolder.create(tmp_path / "runs", config, "queued", RunStatus("queued"))
    return [measured, queued]


def test_only_the_settings_that_differ_are_told(runs: list[RunFolder]):
    assert compare(runs).differing == {"image_size": (32, 64), "formats": (("float32", "int8"), ("int8",))}
    assert compare(runs[:1]).differing == {}


def test_a_measured_run_has_its_figures(runs: list[RunFolder]):
    measured = compare(runs).runs[0]
    assert (measured.name, measured.state, measured.epochs, measured.seconds) == ("measured", "finished", 3, 75.0)
    assert measured.test is not None and (measured.test.right, measured.test.photos) == (22, 24)
    assert measured.validation is not None and measured.validation.photos == 18
    assert measured.best_validation == 0.9
    assert measured.size_bytes == (runs[0].model_dir / "model.float32.tflite").stat().st_size
    assert measured.median_ms is not None and 0 < measured.median_ms < 1000


def test_curves_count_epochs_as_people_do(runs: list[RunFolder]):
    measured = compare(runs).runs[0]
    assert measured.curve("val_accuracy") == tuple((row["epoch"] + 1, row["val_accuracy"]) for row in HISTORY)
    assert measured.curve("unknown") == ()


def test_a_run_that_has_come_to_nothing_yet_says_so(runs: list[RunFolder]):
    queued = compare(runs).runs[1]
    assert (queued.state, queued.epochs, queued.history) == ("queued", 0, ())
    figures = (queued.test, queued.validation, queued.best_validation, queued.size_bytes, queued.median_ms)
    assert figures == (None,) * 5
    assert queued.seconds is None


def test_a_damaged_report_is_no_report(runs: list[RunFolder]):
    runs[0].report_path.write_text('{"schema": 1, "findings": {"part": "test"}}')
    measured = compare(runs).runs[0]
    assert measured.test is None
    assert measured.size_bytes is not None


def test_a_folder_that_is_no_run_is_refused(runs: list[RunFolder], tmp_path: Path):
    shutil.rmtree(runs[1].path)
    with pytest.raises(SettingsError):
        compare(runs)
