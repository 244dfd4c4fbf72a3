"""Where exams lie, for how long, and how many there may be."""

import re
import secrets
import time
from pathlib import Path
from typing import IO

from vision import places
from vision.errors import DatasetError
from vision.exam.folder import AT_WORK, ExamFolder, ExamRequest

KEPT_S = 24 * 3600.0
_KEPT = 40


def exams_dir() -> Path:
    """The folder of all exams."""
    return places.CACHE_DIR / "exams"


def new_exam(request: ExamRequest, archive: IO[bytes] | None = None) -> ExamFolder:
    """A new exam with its photos, not yet started.

    Args:
        archive: the zip that came in, where `request.photos_dir` is None.

    Raises:
        DatasetError: the zip is too large or cannot be stored, or too many exams are under way.
    """
    forget_old()
    if sum(exam.look().state in AT_WORK for exam in _all_exams()) >= request.limits.waiting:
        raise DatasetError("Others are measuring on photos of theirs just now; try again in some minutes.")
    exam = ExamFolder(exams_dir() / secrets.token_urlsafe(16))
    try:
        exam.path.mkdir(parents=True)
        exam.write_request(request)
        if archive is not None:
            _store(archive, exam.archive_path, request.limits.upload_bytes)
    except OSError as error:
        exam.delete()
        raise DatasetError(
            f"The photos could not be stored here ({error.strerror or type(error).__name__}); try fewer."
        ) from error
    except DatasetError:
        exam.delete()
        raise
    return exam


def find_exam(name: str) -> ExamFolder | None:
    """The exam of that name, which may come from anywhere; None where there is none."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{22}", name):
        return None
    exam = ExamFolder(exams_dir() / name)
    return exam if exam.request_path.exists() else None


def forget_old() -> None:
    """Deletes exams of over a day ago, and of the others all but the newest; not those at work."""
    for place, exam in enumerate(sorted(_all_exams(), key=_begun, reverse=True)):
        if (place >= _KEPT or time.time() - _begun(exam) > KEPT_S) and not exam.is_held():
            exam.delete()


def _all_exams() -> list[ExamFolder]:
    folder = exams_dir()
    return [ExamFolder(path) for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _begun(exam: ExamFolder) -> float:
    for path in (exam.request_path, exam.path):
        try:
            return path.stat().st_mtime
        except OSError:  # being made, or being deleted
            continue
    return time.time()


def _store(source: IO[bytes], target: Path, most_bytes: int) -> None:
    with target.open("wb") as sink:
        while chunk := source.read(1 << 20):
            if sink.tell() + len(chunk) > most_bytes:
                raise DatasetError(f"The zip has over {most_bytes // 1_000_000} MB; take fewer photos.")
            sink.write(chunk)
