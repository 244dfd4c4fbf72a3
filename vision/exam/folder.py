"""What an exam is asked, how far it is, and what came of it: a folder that a page watches."""

import json
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from vision import jobs
from vision.datasets.upload import UPLOAD_LIMITS
from vision.errors import DatasetError
from vision.jobs import INTERRUPTED, QUEUED, JobFolder, JobStatus, write_json

UNPACKING, MEASURING = "unpacking", "measuring"
AT_WORK = (QUEUED, UNPACKING, MEASURING)
COMMAND = (sys.executable, "-m", "vision.exam")
_STARTS_WITHIN_S = 60.0


@dataclass(frozen=True)
class ExamLimits:
    """What one exam may take.

    Attributes:
        upload_bytes: of the zip; unpacked_bytes: of what comes of it; members: files and folders in it.
        photos: as many are measured at most, spread evenly over all.
        waiting: exams under way and waiting at a time, of all visitors.
    """

    upload_bytes: int
    unpacked_bytes: int
    members: int
    photos: int
    waiting: int


# Where anybody can train, anybody may use the machine; else strangers share it with the visitors of the demos.
TRUSTED = ExamLimits(500_000_000, UPLOAD_LIMITS.total_bytes, UPLOAD_LIMITS.members, 60_000, 20)
HOSTED = ExamLimits(100_000_000, 500_000_000, 5_000, 2_000, 6)


@dataclass(frozen=True)
class ExamRequest:
    """What is to be measured.

    Attributes:
        model_dir, model_format: the model's folder and the format.
        photos_name: how the photos are called on the page.
        photos_dir: class folders on this machine, which stay as they are; None: the zip in the exam's folder.
    """

    model_dir: Path
    model_format: str
    photos_name: str
    photos_dir: Path | None
    limits: ExamLimits


class ExamFolder(JobFolder):
    """Paths of one exam. Whoever knows its name can see what came of it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.name = path.name
        self.request_path = path / "request.json"
        self.result_path = path / "result.json"
        self.archive_path = path / "photos.zip"
        self.unpacked_dir = path / "unpacked"

    def write_request(self, request: ExamRequest) -> None:
        photos_dir = None if request.photos_dir is None else str(request.photos_dir.resolve())
        content = asdict(request) | {"model_dir": str(request.model_dir.resolve()), "photos_dir": photos_dir}
        write_json(self.request_path, content)

    def request(self) -> ExamRequest:
        """What is to be measured.

        Raises:
            DatasetError: nothing says it.
        """
        try:
            content = json.loads(self.request_path.read_text(encoding="utf-8"))
            return ExamRequest(
                Path(content["model_dir"]),
                str(content["model_format"]),
                str(content["photos_name"]),
                Path(content["photos_dir"]) if content["photos_dir"] else None,
                ExamLimits(**content["limits"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DatasetError("Nothing says which photos to measure on; begin again.") from error

    def start(self) -> None:
        """Lets a process of its own begin, unless one is at it already."""
        if self.look().state in AT_WORK:
            return
        self.forget_stop()
        self.write_status(JobStatus(QUEUED, "about to begin"))
        jobs.start([str(self.path)], self.log_path, COMMAND)

    def look(self) -> JobStatus:
        """Where it stands now: one of `AT_WORK`, "stopped", "failed", "finished" or "interrupted"."""
        status = self.read_status()
        if status is None:
            return JobStatus(INTERRUPTED, "nothing was measured yet")
        if status.state == QUEUED and time.time() - status.updated > _STARTS_WITHIN_S and not self.is_held():
            return replace(status, state=INTERRUPTED)
        return self.observed(status)

    def is_asked_to_stop(self) -> bool:
        """Whether it was asked to stop, or was deleted."""
        return super().is_asked_to_stop() or not self.request_path.exists()

    def say(self, status: JobStatus) -> None:
        """Writes the status, unless the exam was deleted."""
        with suppress(FileNotFoundError):
            self.write_status(status)

    @property
    def can_begin_again(self) -> bool:
        """Whether the photos are there still."""
        try:
            return self.request().photos_dir is not None or self.archive_path.exists()
        except DatasetError:
            return False

    def delete_photos(self) -> None:
        """Deletes the photos that were brought for it."""
        self.archive_path.unlink(missing_ok=True)
        shutil.rmtree(self.unpacked_dir, ignore_errors=True)

    def delete(self) -> None:
        """Ends it and deletes all that it keeps."""
        self.request_path.unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)
