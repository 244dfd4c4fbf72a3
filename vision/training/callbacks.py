"""What a run writes while it trains."""

import json
import time
from collections.abc import Callable
from typing import Any

import keras

from vision.training.run_folder import RunFolder, RunStatus, write_json


class WriteStatus(keras.callbacks.Callback):
    """Keeps status.json true, every two seconds at most, and says a line now and then."""

    def __init__(self, run: RunFolder, first_step: int, total_steps: int, batch_size: int, say: Callable[[str], None]):
        super().__init__()
        self._run, self._first, self._total, self._batch_size, self._say = run, first_step, total_steps, batch_size, say
        self._step = first_step
        self._began = self._written = self._said = time.monotonic()

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
        self._run.write_status(RunStatus("training", self._step, self._total, left, message))
        if now - self._said > 30:
            self._said = now
            self._say(message)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        logs = logs or {}
        self._say(f"epoch {epoch + 1}: " + ", ".join(f"{name} {value:.4f}" for name, value in sorted(logs.items())))


class KeepProgress(keras.callbacks.Callback):
    """After each epoch keeps the whole state for resuming, and the weights if they are the best on validation."""

    def __init__(self, run: RunFolder) -> None:
        super().__init__()
        self._run = run

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        logs = logs or {}
        score = [float(logs["val_accuracy"]), -float(logs["val_loss"])]
        best = read_progress(self._run).get("best_score")
        if best is None or score > best:
            best = score
            partial = self._run.best_path.with_name("partial-best.weights.h5")
            self.model.save_weights(partial)
            partial.replace(self._run.best_path)
        partial = self._run.checkpoint_path.with_name("partial-checkpoint.keras")
        self.model.save(partial)
        partial.replace(self._run.checkpoint_path)
        write_json(self._run.progress_path, {"epochs_done": epoch + 1, "best_score": best})


def read_progress(run: RunFolder) -> dict[str, Any]:
    """What `KeepProgress` kept, or an empty dict."""
    try:
        return json.loads(run.progress_path.read_text())
    except (OSError, ValueError):
        return {}
