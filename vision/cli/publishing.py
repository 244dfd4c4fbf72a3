"""publish, unpublish, rollback: what the app offers its visitors."""

import argparse
from pathlib import Path
from typing import Any

from vision import model_store, places, publishing
from vision.errors import SettingsError
from vision.model_card import CARD_FILE
from vision.training.run_folder import RunFolder


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    adding = commands.add_parser("publish", help="make a trained model selectable in the app")
    adding.add_argument("model", metavar="RUN|MODEL_DIR", help="a run's name, or a model folder")
    adding.add_argument("--default", action="store_true", help="let the app take it unless told otherwise")
    adding.set_defaults(run=run_publish)

    removing = commands.add_parser("unpublish", help="take a model out of the app")
    removing.add_argument("model", metavar="TASK/NAME", help="as the command models lists it")
    removing.set_defaults(run=run_unpublish)

    returning = commands.add_parser("rollback", help="make what was a task's default model before the default again")
    returning.add_argument("task", metavar="TASK", help="the task's name")
    returning.set_defaults(run=run_rollback)


def run_publish(options: argparse.Namespace) -> int:
    target = publishing.publish(_model_dir(options.model), options.default, model_store.MODELS_DIR)
    print(f"Published as {target}.")
    return 0


def run_unpublish(options: argparse.Namespace) -> int:
    task, _, name = options.model.partition("/")
    kept = publishing.unpublish(task, name, model_store.MODELS_DIR)
    print(f"{options.model} is out of the app. It can be brought back with: python -m vision publish {kept}")
    return 0


def run_rollback(options: argparse.Namespace) -> int:
    name = publishing.roll_back(options.task, model_store.MODELS_DIR)
    print(f"The default model of {options.task} is {name} again.")
    return 0


def _model_dir(model: str) -> Path:
    """The model folder: the one given, or that of the run given by its name or its folder."""
    given = Path(model)
    if (given / CARD_FILE).is_file():
        return given
    runs = (RunFolder(path) for path in (places.RUNS_DIR / model, given))
    run = next((run for run in runs if run.config_path.is_file()), None)
    if run is None and model and given.is_dir():
        return given  # what it lacks is said by who reads it
    if run is None:
        raise SettingsError(f"There is no run and no folder '{model}'; give a run's name, or a model folder.")
    if run.is_held() or not (run.model_dir / CARD_FILE).is_file():
        status = run.look()
        raise SettingsError(f"The run '{run.name}' has no finished model; it is {status.state}: {status.message}")
    return run.model_dir
