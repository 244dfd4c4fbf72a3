"""What a run writes while it trains."""

import csv
import json
import time
from collections.abc import Callable
from typing import Any

import keras

from vision.jobs import write_json
from vision.training.run_folder import RunFolder, RunStatus


class WriteStatus(keras.callbacks.Callback):
    """Keeps status.json true, every two seconds at most, and says a line now and then."""

    def __init__(self, run: RunFolder, first_step: int, total_steps: int, batch_size: int, say: Callable[[str], None]):
        super().__init__()
        self._run, self._first, self._total, self._batch_size, self._say = run, first_step, total_steps, batch_size, say
        self._step = first_step
        self._began = self._written = self._said = time.monotonic()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self._run.write_status(
            RunStatus("training", "the first step takes longest", done=self._first, total=self._total)
        )

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._step += 1
        now = time.monotonic()
        if now - self._written < 2:
            return
        self._written = now
        seconds_a_step = (now - self._began) / (self._step - self._first)
        left = seconds_a_step * (self._total - self._step)
        rate = self._batch_size / seconds_a_step
        logs = logs or {}
        message = (
            f"step {self._step} of {self._total}, {rate:.0f} photos/s, {left / 60:.0f} min left, "
            f"loss {logs.get('loss', float('nan')):.3f}, accuracy {logs.get('accuracy', float('nan')):.1%}"
        )
        self._run.write_status(RunStatus("training", message, seconds_left=left, done=self._step, total=self._total))
        if now - self._said > 30:
            self._said = now
            self._say(message)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        logs = logs or {}
        self._say(f"epoch {epoch + 1}: " + ", ".join(f"{name} {value:.4f}" for name, value in sorted(logs.items())))


class KeepProgress(keras.callbacks.Callback):
    """After each epoch keeps the figures, the best weights on validation, and the whole state for resuming.

    The checkpoint comes last: a run that is killed in between trains the epoch again and keeps the same once more.
    """

    def __init__(self, run: RunFolder, epochs_done: int) -> None:
        super().__init__()
        self._run = run
        self._history: list[dict[str, float]] = read_progress(run).get("history", [])[:epochs_done]

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        figures = {name: float(value) for name, value in (logs or {}).items()}
        score = [figures["val_accuracy"], -figures["val_loss"]]
        if all(score > [row["val_accuracy"], -row["val_loss"]] for row in self._history):
            partial = self._run.best_path.with_name("partial-best.weights.h5")
            self.model.save_weights(partial)
            partial.replace(self._run.best_path)
        self._history.append({"epoch": epoch} | figures)
        write_json(self._run.progress_path, {"epochs_done": epoch + 1, "history": self._history})
        self._write_csv()
        partial = self._run.checkpoint_path.with_name("partial-checkpoint.keras")
        self.model.save(partial)
        partial.replace(self._run.checkpoint_path)

    def _write_csv(self) -> None:
        partial = self._run.history_path.with_name("partial-history.csv")
        with partial.open("w", newline="") as file:
            writer = csv.DictWriter(file, self._history[0])
            writer.writeheader()
            writer.writerows(self._history)
        partial.replace(self._run.history_path)


def read_progress(run: RunFolder) -> dict[str, Any]:
    """What `KeepProgress` kept, or an empty dict."""
    try:
        return json.loads(run.progress_path.read_text())
    except (OSError, ValueError):
        return {}
