"""TensorBoard for chosen runs, on this machine only, for as long as the process that started it lives."""

import atexit
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from vision.errors import VisionError
from vision.training.run_folder import RunFolder

# It serves until its input ends: the pipe closes with the process that holds the other end, however that ends.
SERVE = """
import shutil, sys
from tensorboard import program
board = program.TensorBoard()
board.configure(argv=[None, "--logdir", sys.argv[1], "--host", "127.0.0.1", "--port", "0", "--reload_interval", "5"])
print(board.launch(), flush=True)
sys.stdin.read()
shutil.rmtree(sys.argv[1])
"""


class TensorBoard:
    """A TensorBoard of one's own; at most one is at work for each of these."""

    def __init__(self) -> None:
        self.url: str | None = None
        self._process: subprocess.Popen[str] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def start(self, runs: Sequence[RunFolder]) -> str:
        """Shows these runs, and no longer those before. Returns the address, which only this machine can reach.

        Raises:
            VisionError: TensorBoard does not start.
        """
        self.stop()
        self._folder = tempfile.TemporaryDirectory(prefix="second-look-tensorboard-")
        for run in runs:
            (Path(self._folder.name) / run.name).symlink_to(run.tensorboard_dir.resolve(), target_is_directory=True)
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVE, self._folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        atexit.register(self.stop)
        self.url = next(iter(self._process.stdout or ()), "").strip()
        if not self.url:
            self.stop()
            raise VisionError("TensorBoard does not start; try: python -m tensorboard.main --logdir runs")
        return self.url

    def stop(self) -> None:
        """Ends it, if it is at work."""
        atexit.unregister(self.stop)
        self.url = None
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
