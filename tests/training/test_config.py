"""Settings: kept as they were, and refused where they make no sense."""

import json
from pathlib import Path
from typing import Any

import pytest

from vision.errors import SettingsError
from vision.training.config import USUAL_FORMATS, TrainingConfig


def test_settings_are_read_as_they_were_saved(tmp_path: Path):
    config = TrainingConfig(
        "traffic_signs",
        "Straße/bilder",
        epochs=3,
        learning_rate=1e-3,
        outliers="elsewhere",
        boxes="boxes.json",
        warm_start=True,
        head_anchor=0.5,
        teachers=("models/a", "models/b"),
        start_share=0.3,
        formats=("int8",),
    )
    config.save(tmp_path / "config.json")
    assert TrainingConfig.load(tmp_path / "config.json") == config


@pytest.mark.parametrize(
    "change",
    [
        {"image_size": 16},
        {"head_anchor": -1},
        {"head_anchor": float("nan")},
        {"teacher_share": 1.1},
        {"start_share": -0.1},
        {"epochs": -1},
        {"batch_size": 0},
        {"learning_rate": -1e-4},
        {"learning_rate": float("nan")},
        {"warmup": 1.5},
        {"weight_decay": -1},
        {"label_smoothing": 1},
        {"augmentation": 2},
        {"outlier_share": 0.9},
        {"validation_fraction": 0},
        {"validation_fraction": 1},
        {"seed": -1},
        {"seed": 2**32},
        {"resize": "squeeze"},
    ],
    ids=str,
)
def test_a_setting_out_of_range_is_refused_by_name(change: dict[str, Any]):
    (name,) = change
    with pytest.raises(SettingsError, match=f"{name} is .*expected"):
        TrainingConfig("traffic_signs", "data", **change)


def test_a_run_without_any_epoch_is_refused():
    with pytest.raises(SettingsError, match="at least one epoch"):
        TrainingConfig("traffic_signs", "data", epochs=0, head_epochs=0)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"task": "traffic_signs", "data": "d", "colour": 3}',
        '{"task": "t", "data": "d", "epochs": "8"}',
        '{"task": "t", "data": "d", "teachers": null}',
        '{"task": "t", "data": "d", "formats": 8}',
    ],
)
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path, content: str):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(SettingsError, match="does not hold the settings of a run"):
        TrainingConfig.load(tmp_path / "config.json")


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path):
    with pytest.raises(SettingsError, match="does not hold the settings of a run"):
        TrainingConfig.load(tmp_path / "config.json")


def test_an_older_file_without_a_newer_setting_takes_its_default(tmp_path: Path):
    (tmp_path / "config.json").write_text(json.dumps({"task": "traffic_signs", "data": "d"}))
    config = TrainingConfig.load(tmp_path / "config.json")
    assert config == TrainingConfig("traffic_signs", "d")
    assert (config.boxes, config.warm_start, config.head_anchor, config.start_share) == (None, False, 0, 0)
    assert (config.teachers, config.formats) == ((), USUAL_FORMATS)


def test_a_run_may_train_the_head_alone():
    assert TrainingConfig("traffic_signs", "data", epochs=0, head_epochs=1).epochs == 0


@pytest.mark.parametrize("formats", [(), ("float32", "float8"), ("float32", "int8-qat")], ids=str)
def test_formats_that_do_not_exist_are_refused_before_anything_is_trained(formats: tuple[str, ...]):
    with pytest.raises(SettingsError, match="format"):
        TrainingConfig("traffic_signs", "data", formats=formats)
