"""A run's folder: the only thing that a training process shares with whoever watches it."""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from vision.errors import SettingsError
from vision.model_card import is_plain_name
from vision.training.config import TrainingConfig


@dataclass(frozen=True)
class RunStatus:
    """Where a run stands.

    Attributes:
        state: "preparing", "training", "finishing", "finished", "stopped" or "failed".
        done, total: steps of this state.
        seconds_left: estimate for this state, or None.
        message: a sentence for people.
        updated: seconds since 1970.
    """

    state: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    message: str = ""
    updated: float = 0.0


class RunFolder:
    """Paths and small files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config_path = path / "config.json"
        self.status_path = path / "status.json"
        self.split_path = path / "split.json"
        self.history_path = path / "history.csv"
        self.checkpoint_path = path / "checkpoint.keras"
        self.progress_path = path / "progress.json"
        self.best_path = path / "best.weights.h5"
        self.start_path = path / "start.weights.h5"
        self.model_dir = path / "model"
        self.report_path = path / "report.json"
        self.tensorboard_dir = path / "tensorboard"

    @classmethod
    def create(cls, runs_dir: Path, config: TrainingConfig, name: str) -> "RunFolder":
        """Makes a new folder called `name` for `config`.

        Raises:
            SettingsError: the name cannot be a folder's, or there is one of that name.
        """
        if not is_plain_name(name):
            raise SettingsError(f"'{name}' cannot be a folder's name; choose another --name.")
        run = cls(runs_dir / name)
        try:
            run.path.mkdir(parents=True)
        except FileExistsError as error:
            raise SettingsError(f"There is a run '{run.path}' already; choose another --name.") from error
        config.save(run.config_path)
        return run

    def write_status(self, status: RunStatus) -> None:
        write_json(self.status_path, asdict(status) | {"updated": time.time()})

    def read_status(self) -> RunStatus | None:
        try:
            return RunStatus(**json.loads(self.status_path.read_text()))
        except (OSError, ValueError, TypeError):
            return None


def write_json(path: Path, content: object) -> None:
    """Writes JSON so that a reader sees the old file or the new one, never a part."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    partial.replace(path)
