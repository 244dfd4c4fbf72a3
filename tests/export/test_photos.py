"""Which photos an export looks at: the training part as the run had it."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.models_for_tests import write_class_folders, write_model
from vision import places
from vision.export.photos import PhotoFiles, draw_evenly, find_photos, load_photos
from vision.model_card import read_card
from vision.training.run_folder import RunFolder

FILES = {"float32": b"a file that is not looked into"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_class_folders(tmp_path / "train", per_class=10)


@pytest.fixture
def run(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """A run called as its model, which held back the last photo of each class."""
    monkeypatch.setattr(places, "RUNS_DIR", tmp_path / "runs")
    run = RunFolder(tmp_path / "runs" / "squares")
    write_model(run.model_dir, FILES)
    held_back = [max(folder.iterdir()).relative_to(data).as_posix() for folder in data.iterdir()]
    run.split_path.write_text(json.dumps({"validation": held_back}))
    return run


def held_back(files: PhotoFiles) -> set[str]:
    assert sorted([*files.training_rows, *files.validation_rows]) == list(range(len(files.paths)))
    return {f"{files.paths[row].parent.name}/{files.paths[row].name}" for row in files.validation_rows}


def found(data: Path, model_dir: Path) -> PhotoFiles:
    return find_photos(data, model_dir, read_card(model_dir))


def test_photos_that_the_run_held_back_are_not_trained_on(data: Path, run: RunFolder, tmp_path: Path):
    expected = set(json.loads(run.split_path.read_text())["validation"])
    assert held_back(found(data, run.model_dir)) == expected
    assert held_back(found(data, write_model(tmp_path / "models" / "published", FILES))) == expected


def test_another_model_of_the_same_name_is_not_taken_for_the_run(data: Path, run: RunFolder, tmp_path: Path):
    theirs = set(json.loads(run.split_path.read_text())["validation"])
    files = found(data, write_model(tmp_path / "other", {"float32": b"another file"}))
    assert held_back(files) != theirs
    assert len(files.validation_rows) == 6  # a track of each class, of two photos


def test_where_the_run_is_gone_the_cards_rule_holds(data: Path, tmp_path: Path):
    model_dir = write_model(tmp_path / "model", FILES, training={"validation_fraction": 0.3, "seed": 4})
    files = found(data, model_dir)
    assert len(files.validation_rows) == 12  # two of the five tracks of each class
    assert held_back(files) == held_back(found(data, model_dir))


def test_photos_that_cannot_be_read_are_named_by_what_is_left(data: Path, tmp_path: Path):
    model_dir = write_model(tmp_path / "model", FILES)
    files = found(data, model_dir)
    rows = draw_evenly(files.labels, files.training_rows, 6, seed=0)
    files.paths[rows[2]].write_bytes(b"no photo")
    pixels, readable = load_photos(files, rows, read_card(model_dir), tmp_path / "cache", lambda done, total: None)
    assert readable.tolist() == [0, 1, 3, 4, 5]
    assert pixels.shape == (6, 32, 32, 3)
    assert np.unique(files.labels[rows], return_counts=True)[1].tolist() == [2, 2, 2]
