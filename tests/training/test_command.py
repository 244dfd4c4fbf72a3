"""The command line of a run: what it says is what the run does."""

import dataclasses
import shlex
from typing import Any

import pytest

from vision.cli import build_parser
from vision.errors import SettingsError
from vision.training.command import OPTIONS, command_line, config_from
from vision.training.config import TrainingConfig

CONFIG = TrainingConfig("traffic_signs", "data/gtsrb/train", image_size=96)
CHANGED: dict[str, Any] = {
    "test": "photos of /Straße 'x'",
    "backbone": "mobilenet",
    "alpha": 0.5,
    "weights": "some where/a.h5",
    "image_size": 128,
    "resize": "stretch",
    "boxes": "boxes.json",
    "warm_start": True,
    "head_anchor": 0.5,
    "teachers": ("models/a", "models/b"),
    "teacher_share": 0.25,
    "start_share": 0.3,
    "formats": ("int8",),
    "head_epochs": 0,
    "epochs": 3,
    "batch_size": 16,
    "learning_rate": 1.5e-05,
    "warmup": 0.2,
    "weight_decay": 0.0,
    "label_smoothing": 0.0,
    "train_batch_norm": False,
    "augmentation": 0.25,
    "outliers": "--odd",
    "outlier_share": 0.1,
    "validation_fraction": 0.2,
    "seed": 7,
    "class_weights": True,
    "patience": 4,
}


def read_back(command: str) -> tuple[TrainingConfig, str]:
    python, flag, package, *arguments = shlex.split(command)
    assert (python, flag, package) == ("python", "-m", "vision")
    options = build_parser().parse_args(arguments)
    return config_from(options), options.name


@pytest.mark.parametrize("field", [None, *CHANGED])
def test_the_command_repeats_the_settings(field: str | None):
    config = CONFIG if field is None else dataclasses.replace(CONFIG, **{field: CHANGED[field]})
    assert read_back(command_line(config, "mine")) == (config, "mine")


def test_all_settings_at_once_are_repeated():
    config = dataclasses.replace(CONFIG, **CHANGED)
    assert read_back(command_line(config, "-a name")) == (config, "-a name")


def test_no_setting_is_forgotten():
    fields = {field.name for field in dataclasses.fields(TrainingConfig)}
    assert fields == set(CHANGED) | {"task", "data", "new_task"}
    assert {option.field for option in OPTIONS} == set(CHANGED) - {"image_size", "resize"}


def test_what_is_as_usual_is_left_out():
    assert command_line(CONFIG, "a") == (
        "python -m vision train --task traffic_signs --data data/gtsrb/train --image-size 96 --name a"
    )


@pytest.mark.parametrize("mirror_safe", [True, False])
def test_a_new_task_is_repeated_too(mirror_safe: bool):
    new_task = {"title": "Mushrooms & more", "noun": "mushroom", "mirror_safe": mirror_safe}
    config = TrainingConfig("mushrooms", "photos", image_size=160, new_task=new_task)
    assert read_back(command_line(config, "m"))[0] == config


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("--task mushrooms --new-task-noun mushroom", "needs both"),
        ("--task dog_breeds --new-task-title Dogs --new-task-noun dog", "taken by the app"),
        ("--task mushrooms", "no task 'mushrooms'"),
    ],
)
def test_half_a_new_task_is_refused(words: str, part: str):
    with pytest.raises(SettingsError, match=part):
        config_from(build_parser().parse_args(["train", "--data", "photos", *words.split()]))
