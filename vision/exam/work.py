"""The exam itself, in a process of its own.

Photos that were brought for it are deleted as soon as they were looked at, or it was stopped.
"""

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from vision import jobs
from vision.classifier import Classifier
from vision.datasets.archives import ArchiveLimits
from vision.datasets.class_folders import read_class_folders
from vision.datasets.upload import UPLOAD_LIMITS, unpack_class_folders
from vision.errors import DatasetError, VisionError
from vision.evaluation import evaluate_photos
from vision.exam.folder import MEASURING, UNPACKING, ExamFolder, ExamLimits
from vision.exam.match import match_folders
from vision.exam.result import LeftOut, describe
from vision.jobs import FAILED, FINISHED, QUEUED, STOPPED, Busy, JobStatus, Stopped
from vision.model_card import ModelCard
from vision.model_store import task_of

_PAUSE_S = 0.5
_TELL_EVERY = 5
_TURN_FILE = ".turn"
_SHOWN_NAMES = 3


def run_exam(exam: ExamFolder) -> JobStatus:
    """Measures in this process, and returns how it ended.

    Raises:
        Busy: another process is at it.
    """
    with exam.held():
        try:
            with _turn(exam):
                _measure(exam)
            status = JobStatus(FINISHED, "all photos were looked at", progress=1.0)
        except (Stopped, KeyboardInterrupt):
            status = JobStatus(STOPPED, "stopped before all photos were looked at")
        except VisionError as error:
            status = JobStatus(FAILED, _as_the_visitor_knows_it(exam, str(error)))
        except OSError as error:
            status = JobStatus(FAILED, f"The photos could not be looked at: {error.strerror or error}.")
        except BaseException as error:
            exam.say(JobStatus(FAILED, f"It ended by an unexpected fault ({type(error).__name__})."))
            raise
        finally:
            exam.delete_photos()
        exam.say(status)
        if not exam.request_path.exists():  # deleted meanwhile: nothing may be left
            shutil.rmtree(exam.path, ignore_errors=True)
    return status


@contextmanager
def _turn(exam: ExamFolder) -> Iterator[None]:
    """One exam at a time has the machine; a stop is obeyed while it waits."""
    with ExitStack() as stack:
        while True:
            exam.stop_if_asked()
            try:
                stack.enter_context(jobs.locked(exam.path.parent / _TURN_FILE))
                break
            except Busy:
                exam.say(JobStatus(QUEUED, "waiting until somebody else's photos are done"))
                time.sleep(_PAUSE_S)
        yield


def _measure(exam: ExamFolder) -> None:
    request = exam.request()
    classifier = Classifier.load(request.model_dir, request.model_format)
    root = request.photos_dir or _unpack(exam, request.limits)
    files, labels, left_out = _labelled(root, classifier.card)
    rows = np.arange(len(files))
    if request.limits.photos < len(rows):
        rows = np.linspace(0, len(rows) - 1, request.limits.photos).round().astype(int)
    began = shown_at = time.monotonic()

    def on_progress(done: int, total: int) -> None:
        nonlocal shown_at
        exam.stop_if_asked()
        now = time.monotonic()
        if now - shown_at >= _PAUSE_S:
            shown_at = now
            left = (now - began) / done * (total - done)
            exam.say(JobStatus(MEASURING, f"looked at {done:,} of {total:,} photos", done / total, left))

    exam.say(JobStatus(MEASURING, f"looking at {len(rows):,} photos"))
    chosen, truth = [files[row] for row in rows], [labels[row] for row in rows]
    evaluation = evaluate_photos(classifier, chosen, truth, root, on_progress, tell_every=_TELL_EVERY)
    exam.stop_if_asked()
    describe(evaluation, classifier.card, len(files), left_out).write(exam.result_path)


def _unpack(exam: ExamFolder, limits: ExamLimits) -> Path:
    """Class folders of what came in: its test photos, where it has some apart."""
    exam.say(JobStatus(UNPACKING, "unpacking the zip"))
    shutil.rmtree(exam.unpacked_dir, ignore_errors=True)  # left by a process that was killed
    told_at = time.monotonic()

    def report(line: str) -> None:
        nonlocal told_at
        exam.stop_if_asked()
        if time.monotonic() - told_at >= _PAUSE_S:
            told_at = time.monotonic()
            exam.say(JobStatus(UNPACKING, line))

    archive_limits = ArchiveLimits(limits.members, limits.unpacked_bytes, UPLOAD_LIMITS.ratio)
    folder = exam.unpacked_dir / "photos"
    unpack_class_folders(exam.archive_path, folder, report, archive_limits, tests_alone=True)
    parts = [part for part in (folder / "test", folder / "train") if part.is_dir()]
    # Else these are two classes of that name.
    has_parts = any(inner.is_dir() for part in parts for inner in part.iterdir())
    return parts[0] if has_parts else folder


def _labelled(root: Path, card: ModelCard) -> tuple[list[Path], list[int], list[LeftOut]]:
    """Photos in folders that mean a class of the model, that class of each, and the folders that mean none."""
    folders = read_class_folders(root)
    counts = Counter(file.parent.name for file in folders.files)
    meant = match_folders(counts, card, task_of(card).other_names)
    left_out = [LeftOut(name, counts[name]) for name, index in meant.items() if index is None]
    files: list[Path] = []
    labels: list[int] = []
    for file in folders.files:
        if (index := meant[file.parent.name]) is not None:
            files.append(file)
            labels.append(index)
    if not files:
        some = ", ".join(f"“{each.folder}”" for each in left_out[:_SHOWN_NAMES])
        wanted = ", ".join(f"“{label}”" for label in card.labels[:_SHOWN_NAMES])
        raise DatasetError(
            f"No folder is called as anything that this model knows: there are {some}; it knows {wanted} and so on. "
            "Rename the folders, or take another model."
        )
    return files, labels, left_out


def _as_the_visitor_knows_it(exam: ExamFolder, message: str) -> str:
    """A message without the places of this machine."""
    return message.replace(str(exam.unpacked_dir / "photos"), "photos.zip")
