"""A whole run on drawn photos with a tiny network: what it writes, and that a killed run continues as if it had not."""

import csv
import dataclasses
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.models_for_tests import write_class_folders
from vision.errors import DatasetError
from vision.training.config import TrainingConfig
from vision.training.job import load_training_data, predict_logits, train
from vision.training.run_folder import RunFolder

pytestmark = pytest.mark.usefixtures("tiny_backbone")


@dataclass(frozen=True)
class Run:
    folder: RunFolder
    model: keras.Model
    said: list[str]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Has the class folders "data" (six tracks a class, of two frames each) and "outliers"."""
    base = tmp_path_factory.mktemp("job")
    write_class_folders(base / "data", per_class=12)
    write_class_folders(base / "outliers", seed=500)
    return base


@pytest.fixture(scope="module")
def config(base: Path) -> TrainingConfig:
    return TrainingConfig(
        task="traffic_signs",
        data=str(base / "data"),
        backbone="tiny",
        weights="none",
        image_size=32,
        epochs=2,
        batch_size=8,
        learning_rate=0.01,
        augmentation=0.5,
        outliers=str(base / "outliers"),
        outlier_share=0.25,
        validation_fraction=0.2,
        seed=7,
    )


@pytest.fixture(scope="module")
def finished(base: Path, config: TrainingConfig, tiny_backbone: object) -> Iterator[Run]:
    """A run of two epochs. As the second one ends, before it is kept, its folder is copied to "killed"."""
    folder = RunFolder.create(base / "runs", config, "whole")
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if line.startswith("epoch 2"):
            shutil.copytree(folder.path, base / "runs" / "killed")

    model, _ = train(config, folder, base / "cache", say)
    yield Run(folder, model, said)


def history(folder: RunFolder) -> list[dict[str, str]]:
    with folder.history_path.open() as file:
        return list(csv.DictReader(file))


def test_a_run_leaves_all_that_it_promises(finished: Run):
    folder = finished.folder
    rows = history(folder)
    assert [row["epoch"] for row in rows] == ["0", "1"]
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(rows[0])
    assert all(np.isfinite(float(value)) for row in rows for value in row.values())
    status = folder.read_status()
    assert status is not None and status.updated > 0
    assert json.loads(folder.progress_path.read_text())["epochs_done"] == 2
    for path in (folder.checkpoint_path, folder.best_path, folder.config_path, folder.split_path):
        assert path.stat().st_size > 0
    assert any(folder.tensorboard_dir.rglob("events*"))
    assert not list(folder.path.glob("partial*"))
    assert [line.split(":")[0] for line in finished.said if line.startswith("epoch")] == ["epoch 1", "epoch 2"]


def test_the_split_is_written_down_with_whole_tracks(finished: Run, base: Path, config: TrainingConfig):
    held = json.loads(finished.folder.split_path.read_text())["validation"]
    assert len(held) == 6  # one track of two frames for each class
    assert all((base / "data" / name).is_file() for name in held)
    assert len({name.rsplit("_", 1)[0] for name in held}) == 3


def test_the_weights_given_back_are_the_best_on_validation(finished: Run):
    kept = keras.models.clone_model(finished.model)
    kept.load_weights(finished.folder.best_path)
    for weight, best in zip(finished.model.get_weights(), kept.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, best)
    best_accuracy = max(float(row["val_accuracy"]) for row in history(finished.folder))
    kept_rows = json.loads(finished.folder.progress_path.read_text())["history"]
    assert max(row["val_accuracy"] for row in kept_rows) == pytest.approx(best_accuracy)


def test_a_killed_run_continues_as_if_it_had_not_been_killed(finished: Run, base: Path, config: TrainingConfig):
    killed = RunFolder(base / "runs" / "killed")
    assert json.loads(killed.progress_path.read_text())["epochs_done"] == 1
    said: list[str] = []
    model, _ = train(config, killed, base / "cache", said.append)
    assert "continuing after epoch 1" in said
    last, whole_last = (keras.saving.load_model(f.checkpoint_path) for f in (killed, finished.folder))
    assert int(last.optimizer.iterations) == int(whole_last.optimizer.iterations)
    for weight, expected in zip(last.get_weights(), whole_last.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-4, atol=1e-6)
    for weight, expected in zip(model.get_weights(), finished.model.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-4, atol=1e-6)
    for row, expected_row in zip(history(killed), history(finished.folder), strict=True):
        assert {k: float(v) for k, v in row.items()} == pytest.approx({k: float(v) for k, v in expected_row.items()})


def test_a_finished_run_is_not_trained_again(finished: Run, base: Path, config: TrainingConfig):
    before = finished.folder.checkpoint_path.stat().st_mtime_ns
    model, _ = train(config, finished.folder, base / "cache", lambda line: None)
    assert finished.folder.checkpoint_path.stat().st_mtime_ns == before
    for weight, expected in zip(model.get_weights(), finished.model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_the_head_is_trained_alone_where_the_weights_are_worth_keeping(
    finished: Run, base: Path, config: TrainingConfig
):
    start = finished.folder.best_path
    head_only = dataclasses.replace(config, weights=str(start), epochs=0, head_epochs=2, outliers=None)
    model, data = train(head_only, RunFolder.create(base / "runs", head_only, "head"), base / "cache", lambda _: None)
    for name, changes in (("body", False), ("logits", True)):
        kept = [
            np.array_equal(weight, before)
            for weight, before in zip(
                model.get_layer(name).get_weights(), finished.model.get_layer(name).get_weights(), strict=True
            )
        ]
        assert all(kept) != changes
    rows = data.validation_rows[::-1]
    np.testing.assert_allclose(
        predict_logits(model, data, rows), predict_logits(model, data, data.validation_rows)[::-1], atol=1e-5
    )


def test_unreadable_photos_are_on_neither_side_of_the_split(tmp_path: Path, config: TrainingConfig):
    data = write_class_folders(tmp_path / "data", per_class=6)
    broken = sorted((data / "07").iterdir())[0]
    broken.write_bytes(b"no photo")
    colon = data / "02" / "odd: name.png"
    colon.write_bytes(b"no photo")
    good = data / "07" / f"{broken.name}: a good one.png"
    good.write_bytes(sorted((data / "07").iterdir())[1].read_bytes())
    config = dataclasses.replace(config, data=str(data))
    said: list[str] = []
    run = RunFolder.create(tmp_path / "runs", config, "run")
    loaded = load_training_data(config, run, tmp_path / "cache", said.append)
    used = {loaded.folders.files[row] for row in (*loaded.training_rows, *loaded.validation_rows)}
    assert used == set(loaded.folders.files) - {broken, colon}
    assert len(loaded.unreadable) == len(json.loads(run.split_path.read_text())["unreadable"]) == 2
    assert "2 unreadable" in said[-1]


def test_too_little_to_learn_from_is_refused(tmp_path: Path, config: TrainingConfig):
    data = write_class_folders(tmp_path / "data", per_class=1)
    config = dataclasses.replace(config, data=str(data))
    run = RunFolder.create(tmp_path / "runs", config, "run")
    with pytest.raises(DatasetError, match="too few photos to hold any out"):
        load_training_data(config, run, tmp_path / "cache", lambda _: None)
    shutil.rmtree(data / "02")
    shutil.rmtree(data / "07")
    with pytest.raises(DatasetError, match="at least two"):
        load_training_data(config, run, tmp_path / "cache", lambda _: None)
