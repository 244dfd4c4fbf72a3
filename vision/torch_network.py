"""A detector's `.pt` weights through ultralytics, for operators who bring their own: slower and larger than ONNX."""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ["ULTRALYTICS_SAFE_LOAD"] = "1"  # read when ultralytics is imported
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_VERBOSE", "false")

import numpy as np
import torch
from ultralytics.nn import tasks as ultralytics_tasks

from vision.errors import ModelError


def load_weights(path: Path) -> Any:
    """The network in a `.pt` file of ultralytics, in float32.

    A `.pt` file is a pickle, and unpickling can run anything: only the known classes of networks are put together from
    it (`torch.load(weights_only=True)`), and nothing that is missing is installed.

    Raises:
        ModelError: the file is damaged, holds anything else, or is no detector.
    """
    try:
        with _safe_loading():
            model, _ = ultralytics_tasks.load_checkpoint(path, device="cpu")
    except Exception as error:  # ultralytics raises whatever torch, pickle and zip do
        raise ModelError(
            f"'{path.name}' is no detector of ultralytics that can be loaded without running code in it; export it "
            "again with a current ultralytics, best as ONNX."
        ) from error
    if getattr(model, "task", "detect") != "detect" or not hasattr(model, "names"):
        raise ModelError(f"'{path.name}' holds a network for another task; expected a YOLO detector.")
    return model.float()


@contextmanager
def _safe_loading() -> Iterator[None]:
    tasks: Any = ultralytics_tasks
    if not tasks._SafeLoad.SUPPORTED:
        raise ModelError("This torch cannot load weights without running code in them; install the pinned version.")
    before, tasks.SAFE_LOAD = tasks.SAFE_LOAD, True  # whoever imported ultralytics first
    try:
        yield
    finally:
        tasks.SAFE_LOAD = before


class TorchNetwork:
    """A `detector.Network`; one inference at a time."""

    def __init__(self, content: bytes, threads: int) -> None:
        """Raises ModelError where the bytes are no `.pt` file that can be loaded safely."""
        torch.set_num_threads(threads)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.pt"
            path.write_bytes(content)
            self._model = load_weights(path).eval().fuse(verbose=False).to(memory_format=torch.channels_last)
        self._lock = threading.Lock()

    def run(self, pixels: np.ndarray) -> np.ndarray:
        planes = torch.from_numpy(pixels).permute(2, 0, 1)[None].float().div(255)
        with self._lock, torch.inference_mode():
            found: np.ndarray = self._model(planes.contiguous(memory_format=torch.channels_last))[0][0].numpy()
        return found
