"""Takes the archives of a folder in as photos to train on and as photos to measure a model on; see `trial`."""

import shutil
import sys
from functools import partial
from pathlib import Path

from pages.parts.training.dataset_choice import unpack_upload
from tests.hostile.archive_corpus import OUTSIDE
from tests.hostile.trial import ROOT, measure
from vision import model_store, places
from vision.datasets.class_folders import read_class_folders
from vision.datasets.workshop import no_report
from vision.errors import VisionError
from vision.exam.folder import HOSTED, ExamRequest
from vision.exam.result import read_result
from vision.exam.shelf import new_exam
from vision.exam.work import run_exam
from vision.jobs import FAILED

TARGET = places.DATA_DIR / "uploads" / "photos"
REMAINS = {".turn"}  # the file whose lock lets one exam at a time begin
SIGNS = ROOT / "models/traffic_signs"
MODEL_DIR = SIGNS / str(model_store.default_name(SIGNS))


def import_photos(path: Path) -> str:
    """As the page *Training* does it."""
    try:
        with path.open("rb") as file:
            unpack_upload(file, TARGET, no_report)
        outcome = f"{len(read_class_folders(TARGET).files)} photos"
    except VisionError as error:
        outcome = str(error)
    _require_plain(TARGET)
    shutil.rmtree(TARGET, ignore_errors=True)
    _require_nothing_left()
    return outcome


def examine(path: Path) -> str:
    """As the page *Models* of a shared demo does it."""
    with path.open("rb") as file:
        exam = new_exam(ExamRequest(MODEL_DIR, "int8", "photos.zip", None, HOSTED), file)
    status = run_exam(exam)
    left = {file.name for file in exam.path.iterdir()}
    assert left <= {"request.json", "status.json", "result.json", ".lock"}, f"the exam left {left}"
    outcome = status.message
    if status.state != FAILED:
        result = read_result(exam.result_path)
        outcome = f"{result.scores[1].photos} photos"
    exam.delete()
    _require_nothing_left()
    return outcome


def _require_plain(folder: Path) -> None:
    """Refuses links, devices, and what others may write to."""
    for found in folder.rglob("*"):
        assert found.is_dir() or (found.is_file() and not found.is_symlink()), f"{found} is no file"
        assert found.stat().st_mode & 0o7022 == 0, f"{found} has the rights {found.stat().st_mode:o}"


def _require_nothing_left() -> None:
    left = {path.name for path in places.HOME.rglob("*") if not path.is_dir()} - REMAINS
    assert not left, f"left were {left}"
    assert not OUTSIDE.exists(), f"something was written to {OUTSIDE}"


def main(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        measure(path.name, "photos to train on", partial(import_photos, path))
        measure(path.name, "photos to measure on", partial(examine, path))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
