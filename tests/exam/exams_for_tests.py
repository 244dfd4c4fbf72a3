"""Zips of squares, and exams on them."""

import io
from pathlib import Path

from PIL import Image

from tests.archives_for_tests import zip_of
from tests.models_for_tests import draw_square
from vision.exam.folder import HOSTED, ExamFolder, ExamLimits, ExamRequest
from vision.exam.shelf import new_exam


def square_bytes(label: int, seed: int) -> bytes:
    behind = io.BytesIO()
    Image.fromarray(draw_square(label, seed)).save(behind, "PNG")
    return behind.getvalue()


def zip_of_squares(folders: dict[str, list[int]], seed: int = 40) -> bytes:
    """A zip with, in each folder, a square of each of these labels."""
    return zip_of(
        {
            f"{folder}/{place}.png": square_bytes(label, seed + place)
            for folder, labels in folders.items()
            for place, label in enumerate(labels)
        }
    )


def exam_on(
    model_dir: Path, archive: bytes | None = None, photos_dir: Path | None = None, limits: ExamLimits = HOSTED
) -> ExamFolder:
    request = ExamRequest(model_dir, "int8", "my photos", photos_dir, limits)
    return new_exam(request, None if archive is None else io.BytesIO(archive))
