"""A run's folder: the only thing that a training process shares with whoever watches it."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from vision.errors import SettingsError
from vision.jobs import INTERRUPTED, Gone, JobFolder, JobStatus
from vision.model_card import is_plain_name
from vision.training.config import TrainingConfig

GONE_PROCESS = (
    "Its process ended without a word: it was killed, memory ran out, the disk was full, or the machine was switched "
    "off."
)


@dataclass(frozen=True)
class RunStatus(JobStatus):
    """Where a run stands: "queued", "preparing", "training", "finishing", "finished", "stopped" or "failed".

    Attributes:
        done, total: steps of this state; while it trains, of this epoch.
        epoch, epochs: the pass over the photos that is under way, from 1, and how many there will be; 0 before.
        photos_per_second: how fast it trains, or None.
        memory_mb: the most memory that the process has had so far, in millions of bytes, or None.
        seconds: time at work so far, over all the times that it was started.
    """

    done: int = 0
    total: int = 0
    epoch: int = 0
    epochs: int = 0
    photos_per_second: float | None = None
    memory_mb: float | None = None
    seconds: float = 0.0


class RunFolder(JobFolder):
    """Paths and small files of one run."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.config_path = path / "config.json"
        self.split_path = path / "split.json"
        self.history_path = path / "history.csv"
        self.checkpoint_path = path / "checkpoint.keras"
        self.progress_path = path / "progress.json"
        self.best_path = path / "best.weights.h5"
        self.start_path = path / "start.weights.h5"
        self.model_dir = path / "model"
        self.outcome_path = path / "outcome.npz"
        self.report_path = path / "report.json"
        self.page_path = path / "report.html"
        self.tensorboard_dir = path / "tensorboard"
        self._finish_path = path / "finish"

    @classmethod
    def create(cls, runs_dir: Path, config: TrainingConfig, name: str, status: RunStatus | None = None) -> "RunFolder":
        """Makes a new folder called `name` for `config`, which is in the state `status`.

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
        run.write_status(status or RunStatus("preparing", "starting"))
        config.save(run.config_path)  # the last step: it makes the folder a run
        return run

    @property
    def name(self) -> str:
        return self.path.name

    def read_status(self) -> RunStatus | None:
        """The status as it was written last."""
        return self._read_status(RunStatus)

    def look(self) -> RunStatus:
        """Where the run stands now, also where its process is gone or its folder damaged."""
        status = self.read_status()
        if status is None:
            return RunStatus(INTERRUPTED, "Nothing is written about it.")
        seen = self.observed(status)
        if seen.state == INTERRUPTED and seen.state != status.state:
            return replace(seen, message=f"{GONE_PROCESS} It was last heard of {status.state}: {status.message}.")
        return seen

    def stop_if_asked(self) -> None:
        """Raises Stopped where a stop was asked for, and Gone where the folder was deleted."""
        if not self.config_path.exists():
            raise Gone(f"The folder '{self.path}' was deleted; nothing of this run is kept.")
        super().stop_if_asked()

    def ask_to_finish(self) -> None:
        """Lets the next process end the run with the best weights so far, instead of training on."""
        self._finish_path.touch()

    def forget_finish(self) -> None:
        self._finish_path.unlink(missing_ok=True)

    def is_asked_to_finish(self) -> bool:
        return self._finish_path.exists()

    def forget_training(self) -> None:
        """Drops what only a run that goes on needs, and what takes most of the disk."""
        for path in (self.checkpoint_path, self.start_path):
            path.unlink(missing_ok=True)

    def read_points(self) -> list[dict[str, float]]:
        """Figures within the epochs: epoch (0.5: half of the first one), loss and accuracy since the last point."""
        return self._read_progress("points")

    def read_history(self) -> list[dict[str, float]]:
        """The figures of each epoch so far: epoch (from 0), loss, accuracy, val_loss, val_accuracy ..."""
        return self._read_progress("history")

    def _read_progress(self, name: str) -> list[dict[str, float]]:
        try:
            return list(json.loads(self.progress_path.read_text(encoding="utf-8"))[name])
        except (OSError, ValueError, KeyError, TypeError):
            return []
