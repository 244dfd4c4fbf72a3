"""Starts and watches quantisation-aware training, which needs an older Keras and so a process of its own."""

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from vision import places
from vision.errors import SettingsError
from vision.export.operators import ExportError
from vision.jobs import FAILED, JobFolder, JobStatus, Stopped, write_json

NEEDED = ("tf_keras", "tensorflow_model_optimization")
LOOK_EVERY_S = 0.5
STOPS_WITHIN_S = 60.0

# Told now and then; may raise Stopped.
OnStatus = Callable[[JobStatus], None]


@dataclass(frozen=True)
class QatSettings:
    """What decides the result of quantisation-aware training.

    Attributes:
        model_dir: model folder whose float32 file is to be had in 8 bits.
        data: its training photos, class folders.
        cache_dir: where resized photos are kept.
        steps, batch_size: how long it trains; learning_rate: at its start, cosine decay to zero.
        augmentation: strength, 0 to 1; mirror: whether half of the photos are mirrored.
        calibration_photos: training photos on which ranges are found; validation_photos: held-out ones by which the
            best weights are chosen.
    """

    model_dir: str
    data: str
    cache_dir: str
    steps: int = 300
    batch_size: int = 32
    learning_rate: float = 2e-5
    augmentation: float = 0.5
    mirror: bool = False
    calibration_photos: int = 430
    validation_photos: int = 512
    seed: int = 0

    def __post_init__(self) -> None:
        limits = {
            "steps": (0, 1_000_000),
            "batch_size": (1, 1024),
            "learning_rate": (0, 1),
            "augmentation": (0, 1),
            "calibration_photos": (1, 100_000),
            "validation_photos": (1, 100_000),
        }
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise SettingsError(f"{name} is {getattr(self, name)}; expected {low} to {high}.")

    def save(self, path: Path) -> None:
        write_json(path, dataclasses.asdict(self))

    @classmethod
    def load(cls, path: Path) -> "QatSettings":
        """Reads what `save` wrote.

        Raises:
            SettingsError: the file is missing, damaged, or of another version.
        """
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise SettingsError(f"'{path}' does not hold settings; delete its folder, and begin again.") from error


class QatFolder(JobFolder):
    """Paths of one training of a rounded twin."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.settings_path = path / "settings.json"
        self.checkpoint_dir = path / "checkpoint"
        self.best_path = path / "best.npz"
        self.result_path = path / "model.tflite"


def train_rounded(folder: QatFolder, settings: QatSettings, on_status: OnStatus) -> bytes:
    """The int8 file of quantisation-aware training, which goes on where an earlier call with these settings stopped.

    Raises:
        Stopped: raised by `on_status`, or by hand; the training has been stopped where it can be continued.
        SettingsError: the folder belongs to other settings, or what is needed is not installed.
        ExportError: the training failed.
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise SettingsError(f"int8-qat needs {' and '.join(missing)}; install what requirements.txt lists.")
    folder.path.mkdir(parents=True, exist_ok=True)
    if not folder.settings_path.exists():
        settings.save(folder.settings_path)
    elif QatSettings.load(folder.settings_path) != settings:
        raise SettingsError(f"'{folder.path}' holds a training with other settings; delete it, or give another --to.")
    if not folder.result_path.exists():
        folder.forget_stop()
        _run(folder, on_status)
    return folder.result_path.read_bytes()


def _run(folder: QatFolder, on_status: OnStatus) -> None:
    environment = os.environ | {"TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    with folder.log_path.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "vision.export.qat", str(folder.path)],
            cwd=places.ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches this process, which then stops it in order
        )
    try:
        while process.poll() is None:
            status = folder.read_status()
            if status is not None:
                on_status(status)
            time.sleep(LOOK_EVERY_S)
    except (Stopped, KeyboardInterrupt):
        folder.ask_to_stop()
        try:
            process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:  # it converts, which nothing interrupts; the weights are kept
            process.terminate()
            process.wait()
        raise
    status = folder.read_status()
    if process.returncode == 130:
        raise Stopped
    if process.returncode:
        why = status.message if status is not None and status.state == FAILED else f"see '{folder.log_path}'"
        raise ExportError(f"Quantisation-aware training failed: {why}")
