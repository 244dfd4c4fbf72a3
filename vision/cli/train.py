"""train: TensorFlow is loaded once the arguments are known to be right."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from vision import publishing
from vision.errors import SettingsError
from vision.jobs import FINISHED
from vision.model_card import read_card
from vision.places import CACHE_DIR, RUNS_DIR
from vision.training import queue, work
from vision.training.backbones import backbone_named
from vision.training.command import add_options, config_from
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder


def add_commands(commands: Any) -> None:
    """Adds the command of this file."""
    training = commands.add_parser("train", help="train a classifier on a folder of photos")
    add_options(training)
    training.add_argument("--name", help="name of the run and of its model")
    training.add_argument("--publish", action="store_true", help="make the model selectable in the app")
    training.add_argument("--queue", action="store_true", help="return at once; the run waits for its turn")
    training.set_defaults(run=run_train)


def run_train(options: argparse.Namespace) -> int:
    config = config_from(options)
    check_places(config)
    if options.queue and options.publish:
        raise SettingsError("A queued run is published later, with: python -m vision publish RUN; leave out --publish.")
    name = options.name or time.strftime(f"{config.backbone}-{config.image_size}-%Y%m%d-%H%M%S")
    if options.queue:
        run = queue.enqueue(config, name, RUNS_DIR)
        print(f"Queued. See how it goes with: python -m vision runs show {run.name}")
        return 0
    return train_here(RunFolder.create(RUNS_DIR, config, name), options.publish)


def check_places(config: TrainingConfig) -> None:
    """Raises SettingsError or ModelError where something that a run reads is not there."""
    for folder in (config.data, config.test, config.outliers):
        if folder is not None and not Path(folder).is_dir():
            raise SettingsError(f"There is no folder '{folder}'; give a folder of photos.")
    if config.boxes is not None and not Path(config.boxes).is_file():
        raise SettingsError(f"There is no file '{config.boxes}'; give the boxes.json of the photos.")
    for teacher in config.teachers:
        read_card(Path(teacher))
    if config.weights not in ("imagenet", "none") and not Path(config.weights).is_file():
        raise SettingsError(f"There is no weights file '{config.weights}'; give imagenet, none or a path.")
    backbone_named(config.backbone).check(config.alpha, config.image_size)


def train_here(run: RunFolder, publish: bool) -> int:
    """Carries a run to its end in this process; the exit status."""
    _say(f"run {run.name}")
    status = work.carry_out(run, CACHE_DIR, _say)
    if status.state != FINISHED:
        _say(f"Stopped: {status.message}. Continue with: python -m vision runs resume {run.name}")
        return 130
    print(f"Model: {run.model_dir}")
    if publish:
        print(f"Published as {publishing.publish(run.model_dir, default=False)}.")
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
