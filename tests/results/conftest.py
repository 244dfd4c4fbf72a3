"""A finished run on drawn photos, without training."""

import json
from pathlib import Path

import pytest

from tests.models_for_tests import write_class_folders, write_squares_model
from vision.datasets.class_folders import read_class_folders
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder

HISTORY = [
    {"epoch": 0, "accuracy": 0.5, "loss": 1.2, "val_accuracy": 0.6, "val_loss": 1.0},
    {"epoch": 1, "accuracy": 0.8, "loss": 0.6, "val_accuracy": 0.9, "val_loss": 0.4},
    {"epoch": 2, "accuracy": 0.9, "loss": 0.4, "val_accuracy": 0.85, "val_loss": 0.5},
]


def make_finished_run(base: Path, name: str = "squares-run", test: bool = True, **settings: object) -> RunFolder:
    """A run whose model is exported: 10 photos a class in data, 6 of each held out, 8 a class to test on.

    Two test photos of class 2 (red) lie in the folder of class 7 (green).
    """
    data = base / "data"
    if not data.exists():
        write_class_folders(data, per_class=10, seed=50)
        tests = write_class_folders(base / "test", per_class=8, seed=900)
        for number, photo in enumerate(sorted((tests / "02").iterdir())[:2]):
            photo.rename(tests / "07" / f"astray-{number}.png")
    config = TrainingConfig(
        task="traffic_signs",
        data=str(data),
        test=str(base / "test") if test else None,
        **({"image_size": 32} | settings),  # type: ignore[arg-type]
    )
    run = RunFolder.create(base / "runs", config, name)
    write_squares_model(run.model_dir)
    held = [
        path.relative_to(data).as_posix() for folder in sorted(data.iterdir()) for path in sorted(folder.iterdir())[:6]
    ]
    run.split_path.write_text(json.dumps({"validation": held, "unreadable": []}))
    run.progress_path.write_text(json.dumps({"history": HISTORY}))
    assert len(read_class_folders(data).files) == 30
    return run


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run that is not measured yet; do not change it."""
    return make_finished_run(tmp_path_factory.mktemp("finished"))
