"""What a run is of, in a line."""

from pathlib import Path

from vision.errors import VisionError
from vision.tasks import TaskSpec
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder


def of_run(run: RunFolder) -> str:
    """The task's title and the data set's name; says so where the settings cannot be read."""
    try:
        config = TrainingConfig.load(run.config_path)
    except VisionError:
        return "its settings cannot be read"
    return f"{task_title(config)}, photos of {data_name(config)}"


def in_a_line(config: TrainingConfig) -> str:
    """What is trained, on what, and how."""
    passes = f"{config.epochs} times through the photos" if config.epochs else "head only"
    return (
        f"{task_title(config)}, photos of {data_name(config)}; {config.backbone.replace('_', ' ')} "
        f"at {config.image_size} pixels, width {config.alpha:g}, {passes}"
    )


def task_title(config: TrainingConfig) -> str:
    task = task_of(config)
    return config.task if task is None else task.title


def task_of(config: TrainingConfig) -> TaskSpec | None:
    """The task of a run; None where its settings describe none."""
    try:
        return config.task_spec
    except (VisionError, TypeError):  # TypeError: `new_task` has other entries than a task takes
        return None


def data_name(config: TrainingConfig) -> str:
    """The data set's folder; for a train/ inside it, the one around it."""
    folder = Path(config.data)
    return folder.parent.name if folder.name == "train" and folder.parent.name else folder.name
