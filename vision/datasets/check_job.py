"""The inspection of a data set in a process of its own, so that a page need not wait for it."""

import hashlib
import json
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

from vision import jobs, places
from vision.datasets.class_folders import list_folders
from vision.datasets.inspection import inspect_folder
from vision.datasets.inspection_result import Inspection
from vision.errors import DatasetError, VisionError
from vision.jobs import FAILED, FINISHED, INTERRUPTED, QUEUED, STOPPED, JobFolder, JobStatus, Stopped, write_json
from vision.tasks import TaskSpec, task_named

CHECKING = "checking"
_STARTS_WITHIN_S = 60.0
_PAUSE_S = 0.5
_KEPT = 50


class CheckFolder(JobFolder):
    """What is asked of an inspection, how far it is, and what it found."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.request_path = path / "request.json"
        self.result_path = path / "inspection.json"

    def start(self) -> None:
        """Lets a process of its own begin from the first photo, unless one is at it already."""
        if self.look().state in (QUEUED, CHECKING):
            return
        self.forget_stop()
        self.write_status(JobStatus(QUEUED, "about to look at the photos"))
        jobs.start(["data", "check-job", str(self.path)], self.log_path)

    def look(self) -> JobStatus:
        """Where it stands now: "queued", "checking", "stopped", "failed", "finished" or "interrupted"."""
        status = self.read_status()
        if status is None:
            return JobStatus(INTERRUPTED, "nobody has looked at the photos yet")
        if status.state == QUEUED and time.time() - status.updated > _STARTS_WITHIN_S and not self.is_held():
            return replace(status, state=INTERRUPTED)
        return self.observed(status)

    def inspection(self) -> Inspection | None:
        """What was found; None where it is not finished, or files were added, removed or changed since."""
        try:
            content = json.loads(self.result_path.read_text(encoding="utf-8"))
            if content["files"] != self.fingerprint():
                return None
            return Inspection.from_json(content["inspection"])
        except (OSError, ValueError, KeyError, TypeError, DatasetError):
            return None

    def run(self) -> JobStatus:
        """Inspects in this process, and returns how it ended.

        Raises:
            Busy: another process is at it.
        """
        with self.held():
            try:
                self._inspect()
                status = JobStatus(FINISHED, "all photos were looked at", progress=1.0)
            except (Stopped, KeyboardInterrupt):
                status = JobStatus(STOPPED, "stopped; nothing is known of the photos yet")
            except VisionError as error:
                status = JobStatus(FAILED, str(error))
            except OSError as error:
                status = JobStatus(FAILED, f"the photos could not be looked at: {error.strerror or error}")
            except BaseException as error:
                self.write_status(JobStatus(FAILED, f"ended by an unexpected fault ({type(error).__name__})"))
                raise
            self.write_status(status)
        return status

    def fingerprint(self) -> str:
        """Changes with the name, size or time of any file in the class folders.

        Raises:
            DatasetError: nothing says which folders these are.
            OSError: a file went away just now.
        """
        root, test, _ = self._request()
        digest = hashlib.sha256()
        for part in (root, test):
            for folder in [] if part is None else list_folders(part):
                with os.scandir(folder) as entries:
                    lines = sorted((os.fsencode(entry.path), _size_and_time(entry)) for entry in entries)
                digest.update(repr(lines).encode())
        return digest.hexdigest()

    def _request(self) -> tuple[Path, Path | None, str | None]:
        try:
            content = json.loads(self.request_path.read_text(encoding="utf-8"))
            return Path(content["root"]), Path(content["test"]) if content["test"] else None, content["task"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DatasetError(f"'{self.path}' does not say which photos to look at; begin again.") from error

    def _inspect(self) -> None:
        root, test, task_name = self._request()
        group_of = None if task_name is None else task_named(task_name).group_of
        began = shown_at = time.monotonic()
        self.write_status(JobStatus(CHECKING, "listing the photos"))

        def on_progress(done: int, total: int) -> None:
            nonlocal shown_at
            now = time.monotonic()
            if now - shown_at >= _PAUSE_S:
                shown_at = now
                seconds_left = (now - began) / done * (total - done)
                self.write_status(
                    JobStatus(CHECKING, f"looked at {done:,} of {total:,} photos", done / total, seconds_left)
                )

        files = self.fingerprint()
        inspection = inspect_folder(root, test, on_progress, self.is_asked_to_stop, group_of)
        write_json(self.result_path, {"files": files, "inspection": inspection.to_json()})


def _size_and_time(entry: os.DirEntry[str]) -> tuple[int, int]:
    status = entry.stat()
    return status.st_size, status.st_mtime_ns


def check_folder_for(
    root: Path, test: Path | None = None, cache_dir: Path = places.CACHE_DIR, task: TaskSpec | None = None
) -> CheckFolder:
    """The place for the inspection of these photos; begun by `start`.

    Args:
        root, test: as in `inspect_folder`.
        task: look-alikes of one object, told by the task's file names, are not reported.
    """
    request = {
        "root": str(root.resolve()),
        "test": None if test is None else str(test.resolve()),
        "task": None if task is None or task.group_pattern is None else task.name,
    }
    key = hashlib.sha256(json.dumps(request).encode()).hexdigest()[:16]
    check = CheckFolder(cache_dir / "checks" / key)
    if not check.request_path.exists():
        check.path.mkdir(parents=True, exist_ok=True)
        write_json(check.request_path, request)
        _forget_oldest(check.path.parent)
    return check


def _forget_oldest(folder: Path) -> None:
    """Keeps the `_KEPT` newest inspections, and those under way."""
    by_age = sorted(folder.iterdir(), key=_modified, reverse=True)
    for path in by_age[_KEPT:]:
        if not CheckFolder(path).is_held():
            shutil.rmtree(path, ignore_errors=True)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process has just forgotten it
        return 0.0
