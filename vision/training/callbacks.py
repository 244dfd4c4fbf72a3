"""What a run writes while it trains."""

import csv
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import keras

from vision.jobs import Stopped, write_json
from vision.results.words import duration
from vision.training.checkpoint import restore_metrics, save_checkpoint
from vision.training.estimate import TRAINING
from vision.training.progress import Progress
from vision.training.run_folder import RunFolder

POINTS = 500  # about so many figures within all epochs
POINTS_EVERY_S = 2.0
CHECKPOINT_EVERY_S = 120.0
CHECKPOINT_BEFORE_VALIDATION_S = 10.0
SAY_EVERY_S = 30.0


class ReportSteps(keras.callbacks.Callback):
    """Tells how far training is and how fast, and says a line now and then."""

    def __init__(
        self,
        progress: Progress,
        first_step: int,
        steps_per_epoch: int,
        epochs: int,
        batch_size: int,
        say: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._progress, self._say = progress, say
        self._step, self._steps, self._epochs, self._batch_size = first_step, steps_per_epoch, epochs, batch_size
        self._took_s: deque[float] = deque(maxlen=50)
        self._validation_s = 0.0
        self._is_first = True
        self._began = self._said = time.monotonic()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self._is_first = True
        self._write("the first step takes longest", None)

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._step += 1
        now = time.monotonic()
        if self._is_first:  # building the graph is in it
            self._is_first = False
            self._write("the first step is done", None)
            return
        self._took_s.append(now - self._began)
        step_s = sum(self._took_s) / len(self._took_s)
        epochs_left = self._epochs - (self._step - 1) // self._steps
        left_s = step_s * (self._epochs * self._steps - self._step) + self._validation_s * epochs_left
        rate = self._batch_size / step_s
        logs = logs or {}
        message = (
            f"step {self._step} of {self._epochs * self._steps}, {rate:.0f} photos/s, "
            f"loss {logs.get('loss', float('nan')):.3f}, accuracy {logs.get('accuracy', float('nan')):.1%}"
        )
        self._write(message, left_s, photos_per_second=rate)
        if now - self._said > SAY_EVERY_S:
            self._said = now
            self._say(f"{message}, {duration(self._progress.seconds_left or 0)} left")

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        self._began = time.monotonic()

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._write("looks at the photos held back", None)

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        self._validation_s = time.monotonic() - self._began

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        logs = logs or {}
        self._say(f"epoch {epoch + 1}: " + ", ".join(f"{name} {value:.4f}" for name, value in sorted(logs.items())))

    def _write(self, message: str, left_s: float | None, **figures: float) -> None:
        epoch, done = divmod(max(self._step - 1, 0), self._steps)
        self._progress.write(
            TRAINING,
            self._step / (self._epochs * self._steps),
            message,
            left_s,
            done=done + 1 if self._step else 0,
            total=self._steps,
            epoch=epoch + 1,
            epochs=self._epochs,
            **figures,
        )


class KeepProgress(keras.callbacks.Callback):
    """Keeps the figures, the best weights on validation and the whole state for resuming; stops where that is asked.

    The state is kept after each epoch, every two minutes, before the last step of an epoch and when a stop is asked
    for. It comes last: a run that is killed in between trains the same steps again and keeps the same once more. While
    validation is under way, the state is the one from before the last step, as validation uses the same metrics.
    """

    def __init__(
        self, run: RunFolder, first_step: int, steps_per_epoch: int, epochs: int, metrics: list[float], patience: int
    ) -> None:
        super().__init__()
        self._run, self._step, self._steps, self._patience = run, first_step, steps_per_epoch, patience
        self._metrics = metrics if first_step % steps_per_epoch else []
        self._history = run.read_history()[: first_step // steps_per_epoch]
        self._points = [point for point in run.read_points() if point["epoch"] * steps_per_epoch < first_step + 0.5]
        self._spacing = -(-steps_per_epoch * epochs // POINTS)
        self._window: tuple[int, float, float] = (0, 0.0, 0.0)
        self._checkpointed = self._written = time.monotonic()

    @property
    def has_seen_enough(self) -> bool:
        """Whether the score has not become better for as many epochs as patience lasts."""
        scores = [score(row) for row in self._history]
        return bool(self._patience and scores and len(scores) - 1 - scores.index(max(scores)) >= self._patience)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self._metrics:
            restore_metrics(self.model, self._metrics)
            self._window = self._sums(self._step % self._steps, self.model.get_metrics_result())
            self._metrics = []
        else:
            self._window = (0, 0.0, 0.0)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._step += 1
        place, now = self._step % self._steps, time.monotonic()
        if self._step % self._spacing == 0 or not place:
            self._add_point(logs or {})
            if now - self._written > POINTS_EVERY_S:
                self._write_progress()
        if not place:
            return
        try:
            self._run.stop_if_asked()
        except Stopped:
            self._write_progress()
            save_checkpoint(self.model, self._run.checkpoint_path)
            raise
        since = now - self._checkpointed
        if since > CHECKPOINT_EVERY_S or (place == self._steps - 1 and since > CHECKPOINT_BEFORE_VALIDATION_S):
            self._checkpoint()

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._run.stop_if_asked()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        figures = {name: float(value) for name, value in (logs or {}).items()}
        is_best = all(score(figures) > score(row) for row in self._history)
        self._history.append({"epoch": epoch} | figures)
        self._write_progress()
        self._write_csv()
        self._checkpoint(self._run.best_path if is_best else None)
        if self.has_seen_enough:
            self.model.stop_training = True
        self._run.stop_if_asked()

    def _sums(self, count: int, logs: dict[str, float]) -> tuple[int, float, float]:
        """Steps of this epoch so far, and what their loss and accuracy add up to."""
        return count, float(logs.get("loss", 0)) * count, float(logs.get("accuracy", 0)) * count

    def _add_point(self, logs: dict[str, float]) -> None:
        before, self._window = self._window, self._sums(self._step % self._steps or self._steps, logs)
        count, loss, accuracy = (now - then for now, then in zip(self._window, before, strict=True))
        self._points.append({"epoch": self._step / self._steps, "loss": loss / count, "accuracy": accuracy / count})

    def _checkpoint(self, best_path: Path | None = None) -> None:
        save_checkpoint(self.model, self._run.checkpoint_path, best_path)
        self._checkpointed = time.monotonic()

    def _write_progress(self) -> None:
        self._written = time.monotonic()
        kept = {"epochs_done": len(self._history), "history": self._history, "points": self._points}
        write_json(self._run.progress_path, kept)

    def _write_csv(self) -> None:
        partial = self._run.history_path.with_name("partial-history.csv")
        with partial.open("w", newline="") as file:
            writer = csv.DictWriter(file, self._history[0])
            writer.writeheader()
            writer.writerows(self._history)
        partial.replace(self._run.history_path)


def score(row: dict[str, float]) -> list[float]:
    """What makes weights the best: accuracy on the photos held back, then the loss there."""
    return [row["val_accuracy"], -row["val_loss"]]
