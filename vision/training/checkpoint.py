"""A run's whole state in one file: weights, optimizer, the figures of the epoch under way and random numbers."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np

from vision.errors import SettingsError

STATE_FILE = "run_state.json"  # beside what Keras writes


def save_checkpoint(model: keras.Model, path: Path, weights_path: Path | None = None) -> None:
    """Writes a compiled model so that it can be continued at its next step; the old file stays until the new is whole.

    Keras keeps the weights, the optimizer and its steps. The sums behind the figures of this epoch and the state of
    random layers it does not keep; they are added.

    Args:
        weights_path: a file of weights that is written first.
    """
    with _written_by_keras(model, path) as partial:
        if weights_path is not None:
            _take_weights(partial, weights_path)
        state = {
            "metrics": [float(variable.numpy()) for variable in model.metrics_variables],
            "random": [variable.numpy().tolist() for variable in _random_variables(model)],
        }
        with zipfile.ZipFile(partial, "a") as archive:
            archive.writestr(STATE_FILE, json.dumps(state))
        partial.replace(path)


def save_weights(model: keras.Model, path: Path) -> None:
    """Writes the weights, whole or not at all; `model.load_weights` reads them.

    Unlike `model.save_weights`, where HDF5 writes to the disk itself: it takes the process with it when that is full.
    """
    with _written_by_keras(model, path.with_name(f"{path.name}.keras")) as partial:
        _take_weights(partial, path)


@contextmanager
def _written_by_keras(model: keras.Model, path: Path) -> Iterator[Path]:
    """A Keras file beside `path`, which is gone after the block unless it was renamed."""
    partial = path.with_name(f"partial-{path.name}")
    try:
        model.save(partial)
        yield partial
    finally:
        partial.unlink(missing_ok=True)  # on a full disk it would be in the way


def _take_weights(keras_file: Path, path: Path) -> None:
    partial = path.with_name(f"partial-{path.name}")
    try:
        with (
            zipfile.ZipFile(keras_file) as archive,
            archive.open("model.weights.h5") as source,
            partial.open("wb") as target,
        ):
            shutil.copyfileobj(source, target)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def load_checkpoint(path: Path) -> tuple[keras.Model, list[float]]:
    """The model, and the values of its metrics' variables, for `restore_metrics`.

    Raises:
        SettingsError: the file is damaged.
    """
    try:
        model = keras.saving.load_model(path)
        with zipfile.ZipFile(path) as archive:
            state = json.loads(archive.read(STATE_FILE))
        for variable, value in zip(_random_variables(model), state["random"], strict=True):
            variable.assign(value)
        return model, [float(value) for value in state["metrics"]]
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise SettingsError(f"The checkpoint '{path}' cannot be read; start a new run.") from error


def restore_metrics(model: keras.Model, values: list[float]) -> None:
    """Puts back the figures of an epoch that was cut off, after `fit` has reset them."""
    answer = np.zeros((1, model.output_shape[-1]), np.float32)
    model.compute_metrics(None, answer, answer)  # else Keras makes their variables in the first step only
    for variable, value in zip(model.metrics_variables, values, strict=True):
        variable.assign(value)


def _random_variables(model: keras.Model) -> list[Any]:
    weights = {id(weight) for weight in model.weights}
    return [variable for variable in model.variables if id(variable) not in weights]
