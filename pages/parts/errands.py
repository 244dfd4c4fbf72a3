"""Work of some seconds or minutes beside the page: it goes on while its visitor clicks elsewhere, or leaves."""

import threading
from collections.abc import Callable
from pathlib import Path

from vision.datasets.workshop import Report
from vision.errors import VisionError

MOST_KEPT = 50


class Errand:
    """Work in a thread of its own.

    Attributes:
        line: how far it has come, in a few words.
        error: why it failed, in a sentence; "" where it did not.
    """

    def __init__(self, work: Callable[[Report], object]) -> None:
        self.line = ""
        self.error = ""
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def _run(self, work: Callable[[Report], object]) -> None:
        try:
            work(self._hear)
        except VisionError as error:
            self.error = str(error)
        except BaseException:
            self.error = "That failed for a reason that only the server's log tells; try it again."
            raise

    def _hear(self, line: str) -> None:
        self.line = line


_errands: dict[Path, Errand] = {}
_lock = threading.Lock()


def begin(target: Path, work: Callable[[Report], object]) -> Errand:
    """Starts work that makes `target`; where some visitor's work on it is under way, that is given instead."""
    with _lock:
        known = _errands.get(target)
        if known is not None and known.is_running:
            return known
        for old in [path for path, errand in _errands.items() if not errand.is_running][:-MOST_KEPT]:
            del _errands[old]
        _errands[target] = Errand(work)
        return _errands[target]


def find(target: Path) -> Errand | None:
    """The work on `target` that was begun last, under way or ended."""
    return _errands.get(target)
