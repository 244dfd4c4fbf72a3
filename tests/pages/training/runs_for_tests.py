"""Run folders in every state, as a training process leaves them, with drawn photos and a tiny network."""

from pathlib import Path
from typing import Any

from tests.models_for_tests import write_class_folders, write_squares_model
from vision.jobs import FINISHED, write_json
from vision.results.measure import write_results
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus

TASK = "squares"
NEW_TASK = {"title": "Squares & more", "noun": "square", "mirror_safe": True}
EPOCHS = 4


def write_photos(root: Path) -> Path:
    """A folder with train/ and test/ in it."""
    write_class_folders(root / "train", per_class=6, seed=40)
    write_class_folders(root / "test", per_class=4, seed=80)
    return root


def write_run(home: Path, name: str, status: RunStatus | None, epochs_done: int = 0, **settings: Any) -> RunFolder:
    """A run in that state; its photos are in `home / "data"`."""
    photos = home / "data" / "squares"
    if not photos.exists():
        write_photos(photos)
    content: dict[str, Any] = {
        "task": TASK,
        "new_task": NEW_TASK,
        "data": str(photos / "train"),
        "test": str(photos / "test"),
        "image_size": 32,
        "epochs": EPOCHS,
    }
    run = RunFolder.create(home / "runs", TrainingConfig(**(content | settings)), name)
    write_history(run, epochs_done)
    if status is None:
        run.status_path.unlink(missing_ok=True)
    else:
        run.write_status(status)
    return run


def write_history(run: RunFolder, epochs: int) -> None:
    """Curves of so many epochs that get better and better."""
    if not epochs:
        return
    history = [
        {
            "epoch": epoch,
            "loss": 1.5 / (epoch + 1),
            "accuracy": 1 - 0.5 / (epoch + 1),
            "val_loss": 1.6 / (epoch + 1),
            "val_accuracy": 1 - 0.6 / (epoch + 1),
        }
        for epoch in range(epochs)
    ]
    write_json(run.progress_path, {"epochs_done": epochs, "history": history, "points": []})


def write_finished_run(home: Path, name: str, **settings: Any) -> RunFolder:
    """A finished run with a model that works and the report that it gets; one test photo lies in the wrong folder."""
    run = write_run(home, name, RunStatus(FINISHED, "done", 1.0), EPOCHS, **settings)
    config = TrainingConfig.load(run.config_path)
    write_squares_model(run.model_dir, name=name, task=config.task, new_task=config.new_task)
    held_back = [path.relative_to(config.data).as_posix() for path in sorted(Path(config.data).glob("*/*_0000[01]_*"))]
    write_json(run.split_path, {"validation": held_back, "unreadable": []})
    if config.test is not None:
        wrong = next(Path(config.test).glob("02/*"), None)
        if wrong is not None and not (Path(config.test) / "07" / "moved.png").exists():
            wrong.rename(Path(config.test) / "07" / "moved.png")
    write_results(run)
    return run
