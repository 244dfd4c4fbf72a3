"""Long work in a process of its own, and the folder through which it is watched and stopped.

The folder is all that the process and its watchers share: the page may be closed, the server restarted, the process
killed, and the folder still tells the truth. Whether somebody works on it is told by a file lock, which the kernel
lets go with the process, however that ends.
"""

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TypeVar

from vision import places
from vision.errors import VisionError

QUEUED, STOPPED, FAILED, FINISHED, INTERRUPTED = "queued", "stopped", "failed", "finished", "interrupted"
RESTING = (QUEUED, STOPPED, FAILED, FINISHED, INTERRUPTED)  # in every other state a process has to be at work
COMMAND = (sys.executable, "-m", "vision")

OnProgress = Callable[[int, int], None]
"""Is told now and then what is done of how much; may raise to stop the work, which can be continued."""


class Stopped(Exception):
    """The work was asked to stop, and is where it can be continued."""


class Gone(Exception):
    """The folder was deleted while it was worked on."""


class Busy(VisionError):
    """Another process works on it."""


@dataclass(frozen=True)
class JobStatus:
    """Where a piece of work stands.

    Attributes:
        state: "queued", "stopped", "failed", "finished", or what is being done, such as "preparing".
        message: a sentence for people.
        progress: part of the whole work that is done, 0 to 1.
        seconds_left: estimate for the whole work, or None.
        updated: seconds since 1970.
    """

    state: str
    message: str = ""
    progress: float = 0.0
    seconds_left: float | None = None
    updated: float = 0.0


Status = TypeVar("Status", bound=JobStatus)


class JobFolder:
    """Status, lock, log and stop request of a piece of work."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.status_path = path / "status.json"
        self.log_path = path / "log.txt"
        self._lock_path = path / ".lock"
        self._stop_path = path / "stop"

    def write_status(self, status: JobStatus) -> None:
        write_json(self.status_path, asdict(status) | {"updated": time.time()})

    def read_status(self) -> JobStatus | None:
        """The status as it was written last."""
        return self._read_status(JobStatus)

    def _read_status(self, kind: type[Status]) -> Status | None:
        try:
            content = json.loads(self.status_path.read_text(encoding="utf-8"))
            return kind(**{field.name: content[field.name] for field in fields(kind) if field.name in content})
        except (OSError, ValueError, TypeError):
            return None

    def observed(self, status: Status) -> Status:
        """That status as an onlooker has to take it: "interrupted" where the process that should be at work is gone."""
        if status.state in RESTING or self.is_held():
            return status
        latest = self._read_status(type(status))
        if latest is not None and latest.state in RESTING:  # it ended between the two looks
            return latest
        return replace(status, state=INTERRUPTED, seconds_left=None)

    def ask_to_stop(self) -> None:
        """Asks the process at work to end where it can be continued."""
        self._stop_path.touch()

    def forget_stop(self) -> None:
        self._stop_path.unlink(missing_ok=True)

    def is_asked_to_stop(self) -> bool:
        return self._stop_path.exists()

    def stop_if_asked(self) -> None:
        """Raises Stopped where a stop was asked for."""
        if self.is_asked_to_stop():
            raise Stopped

    @contextmanager
    def held(self) -> Iterator[None]:
        """Works on the folder: until the block ends, every other process is told so.

        Raises:
            Busy: another process works on it.
        """
        with locked(self._lock_path):
            yield

    def is_held(self) -> bool:
        """Whether a process works on it."""
        return is_locked(self._lock_path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock of that file, made if missing.

    Raises:
        Busy: another process holds it.
    """
    with path.open("a") as file:
        for attempt in range(5):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if attempt == 4:
                    raise Busy(f"Another process works on '{path.parent}'; wait until it has ended.") from error
                time.sleep(0.05)  # an onlooker holds it for a moment
        yield


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock of that file."""
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def start(arguments: Sequence[str], log_path: Path, command: Sequence[str] | None = None) -> subprocess.Popen[bytes]:
    """Starts `python -m vision ARGUMENTS` so that it outlives this process; what it prints is added to `log_path`.

    Args:
        command: what is started instead of `python -m vision`.
    """
    with log_path.open("ab") as log:
        return subprocess.Popen(
            [*(command or COMMAND), *arguments],
            cwd=places.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def write_json(path: Path, content: object) -> None:
    """Writes JSON so that a reader sees the old file or the new one, never a part."""
    partial = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_native_id()}")  # pages are threads
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    try:
        partial.write_text(text, encoding="utf-8", errors="backslashreplace")  # names of files need not be text
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)  # on a full disk a part of a file is in the way
        raise
