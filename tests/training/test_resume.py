"""A run that was stopped or killed, wherever that was, ends with the same weights and figures as one that was not."""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.models_for_tests import write_class_folders
from vision.errors import DatasetError, SettingsError
from vision.jobs import FINISHED, INTERRUPTED, STOPPED
from vision.results.measure import write_results
from vision.training import queue
from vision.training.callbacks import ReportSteps
from vision.training.checkpoint import load_checkpoint
from vision.training.config import TrainingConfig
from vision.training.job import train
from vision.training.run_folder import RunFolder
from vision.training.work import carry_out

pytestmark = pytest.mark.usefixtures("tiny_backbone")

STEPS, EPOCHS = 6, 3
COMMAND = (sys.executable, str(Path(__file__).with_name("tiny_command.py")))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("resume")
    write_class_folders(base / "data", per_class=12)
    return base


@pytest.fixture(scope="module")
def config(base: Path) -> TrainingConfig:
    return TrainingConfig(
        "traffic_signs",
        str(base / "data"),
        backbone="tiny",
        weights="none",
        image_size=32,
        formats=("float32",),
        epochs=EPOCHS,
        batch_size=5,
        learning_rate=0.01,
        augmentation=0.5,
        validation_fraction=0.2,
        seed=3,
        class_weights=True,
    )


@pytest.fixture(scope="module")
def whole(base: Path, config: TrainingConfig, tiny_backbone: object) -> RunFolder:
    """A run that nothing came in the way of."""
    run = RunFolder.create(base / "runs", config, "whole")
    end(run, base)
    return run


def end(run: RunFolder, base: Path) -> None:
    """Carries the run out to its end; the checkpoint that it drops then is kept as "last.keras"."""
    forget = RunFolder.forget_training

    def keep(self: RunFolder) -> None:
        shutil.copy(self.checkpoint_path, self.path / "last.keras")
        forget(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunFolder, "forget_training", keep)
        assert carry_out(run, base / "cache", lambda _: None).state == FINISHED


@contextmanager
def stop_after(step: int) -> Iterator[None]:
    """Asks the run that trains to stop once it has done that step, counted from its start."""
    told = ReportSteps.on_train_batch_end

    def ask(self: ReportSteps, batch: int, logs: dict[str, float] | None = None) -> None:
        told(self, batch, logs)
        if self._step == step:
            self._progress._run.ask_to_stop()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ReportSteps, "on_train_batch_end", ask)
        yield


def assert_ends_alike(run: RunFolder, whole: RunFolder) -> None:
    models = [load_checkpoint(folder.path / "last.keras")[0] for folder in (run, whole)]
    steps = [int(model.optimizer.iterations) for model in models]
    assert steps == [STEPS * EPOCHS] * 2
    for weight, expected in zip(models[0].get_weights(), models[1].get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-4, atol=1e-6)
    best = [keras.models.clone_model(models[0]) for _ in range(2)]
    for model, folder in zip(best, (run, whole), strict=True):
        model.load_weights(folder.best_path)
    for weight, expected in zip(best[0].get_weights(), best[1].get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-4, atol=1e-6)
    assert len(run.read_history()) == EPOCHS
    for row, expected_row in zip(run.read_history(), whole.read_history(), strict=True):
        assert row == pytest.approx(expected_row, rel=1e-4)
    for point, expected_point in zip(run.read_points(), whole.read_points(), strict=True):
        assert point == pytest.approx(expected_point, rel=1e-3)


def test_a_run_stopped_anywhere_ends_as_if_it_had_not_been(whole: RunFolder, base: Path, config: TrainingConfig):
    run = RunFolder.create(base / "runs", config, "stopped")
    stops = (
        (2, 2, "stopped in epoch 1 of 3, at step 2 of 6"),
        (STEPS - 1, STEPS - 1, "stopped in epoch 1 of 3, at step 5 of 6"),
        (STEPS + 2, STEPS + 2, "stopped in epoch 2 of 3, at step 2 of 6"),
        # While validation is under way: what was trained since the last checkpoint is done again.
        (2 * STEPS, STEPS + 2, "stopped in epoch 2 of 3, at step 6 of 6"),
        (2 * STEPS + 1, 2 * STEPS + 1, "stopped in epoch 3 of 3, at step 1 of 6"),
    )
    for step, kept, message in stops:
        with stop_after(step):
            assert carry_out(run, base / "cache", lambda _: None).state == STOPPED
        assert (run.look().state, run.look().message) == (STOPPED, message)
        assert int(load_checkpoint(run.checkpoint_path)[0].optimizer.iterations) == kept
    end(run, base)
    assert_ends_alike(run, whole)


def test_a_killed_run_says_so_and_ends_as_if_it_had_not_been(
    whole: RunFolder, base: Path, config: TrainingConfig, tmp_path: Path
):
    """kill -9 in the middle of an epoch."""
    run = RunFolder.create(base / "runs", config, "killed")
    places = {"SECOND_LOOK_HOME": str(base), "SLOW_STEP_S": "0.7"}
    with (tmp_path / "log").open("wb") as log:
        command = [*COMMAND, "runs", "resume", run.name]
        child = subprocess.Popen(command, env=os.environ | places, stdout=log, stderr=log)
    try:
        wait_until(
            lambda: (run.read_status() or run.look()).epoch == 2 and run.look().done >= 2, child, tmp_path / "log"
        )
    finally:
        child.kill()
        child.wait()
    status = run.look()
    assert (status.state, status.epoch, status.seconds_left) == (INTERRUPTED, 2, None)
    assert "killed" in status.message
    assert len(run.read_history()) == 1
    end(run, base)
    assert_ends_alike(run, whole)


def wait_until(is_so: object, child: subprocess.Popen[bytes], log: Path, timeout_s: float = 180) -> None:
    assert callable(is_so)
    give_up = time.monotonic() + timeout_s
    while not is_so():
        assert child.poll() is None and time.monotonic() < give_up, log.read_text()
        time.sleep(0.02)


def test_a_stopped_run_can_be_ended_with_the_best_that_it_has(base: Path, config: TrainingConfig):
    run = RunFolder.create(base / "runs", config, "ended")
    with stop_after(2):
        carry_out(run, base / "cache", lambda _: None)
    queue.prepare_again(run, finish=True)
    status = carry_out(run, base / "cache", lambda _: None)
    assert status.state == FINISHED
    assert "after 0 of 3 epochs" in status.message
    assert (run.model_dir / "card.json").is_file()
    assert not run.read_history()


def test_a_run_that_has_no_weights_yet_cannot_be_ended(base: Path, config: TrainingConfig):
    run = RunFolder.create(base / "runs", config, "empty")
    run.ask_to_finish()
    with pytest.raises(SettingsError, match="not trained yet"):
        carry_out(run, base / "cache", lambda _: None)


def test_a_run_does_not_go_on_with_other_photos(tmp_path: Path, config: TrainingConfig):
    data = write_class_folders(tmp_path / "data", per_class=12)
    config = dataclasses.replace(config, data=str(data))
    run = RunFolder.create(tmp_path / "runs", config, "run")
    with stop_after(2):
        carry_out(run, tmp_path / "cache", lambda _: None)
    next((data / "02").iterdir()).unlink()
    with pytest.raises(DatasetError, match="other photos now"):
        carry_out(run, tmp_path / "cache", lambda _: None)


def test_a_run_does_not_go_on_with_a_photo_that_is_another_under_the_same_name(tmp_path: Path, config: TrainingConfig):
    data = write_class_folders(tmp_path / "data", per_class=12)
    config = dataclasses.replace(config, data=str(data))
    run = RunFolder.create(tmp_path / "runs", config, "run")
    with stop_after(2):
        carry_out(run, tmp_path / "cache", lambda _: None)
    photo, other = sorted((data / "02").iterdir())[:2]
    before = photo.read_bytes()
    photo.write_bytes(other.read_bytes())
    said = f"'02/{photo.name}' changed since the run began; put back what was there, or start a new run."
    with pytest.raises(DatasetError, match=re.escape(said)):
        carry_out(run, tmp_path / "cache", lambda _: None)
    assert run.look().message == said
    photo.write_bytes(before)  # at another time than the file had at first
    assert carry_out(run, tmp_path / "cache", lambda _: None).state == FINISHED


def test_a_finished_run_keeps_nothing_that_only_training_needs(tmp_path: Path, base: Path, config: TrainingConfig):
    config = dataclasses.replace(config, epochs=1)
    run = RunFolder.create(tmp_path / "runs", config, "run")
    carry_out(run, base / "cache", lambda _: None)
    assert {run.checkpoint_path.exists(), run.start_path.exists()} == {False}
    assert {run.best_path.exists(), run.page_path.exists(), (run.model_dir / "card.json").exists()} == {True}
    write_results(run)
    with pytest.raises(SettingsError, match="is finished; start a new one"):
        queue.prepare_again(run)


def test_patience_ends_a_run_early_and_it_stays_ended(base: Path, config: TrainingConfig):
    """With a learning rate of nothing the first epoch stays the best."""
    config = dataclasses.replace(config, learning_rate=0.0, weight_decay=0.0, train_batch_norm=False, patience=1)
    run = RunFolder.create(base / "runs", config, "patient")
    train(config, run, base / "cache", lambda _: None)
    assert len(run.read_history()) == 2
    train(config, run, base / "cache", lambda _: None)
    assert len(run.read_history()) == 2
