"""Photos resized once and kept on disk, so that memory stays flat however many there are."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from vision import images
from vision.datasets.row_cache import RowsPlan, cached_rows
from vision.datasets.rows import Rows
from vision.errors import ImageError
from vision.jobs import OnProgress
from vision.pipeline import part_in
from vision.predictions import Box

CROP_MARGIN = 0.1
READERS = min(4, os.cpu_count() or 2)  # each has a whole photo in memory


def load_pixels(
    files: Sequence[Path],
    size: int,
    resize_rule: str,
    cache_dir: Path,
    on_progress: OnProgress | None = None,
    boxes: Sequence[Box | None] | None = None,
) -> tuple[Rows, dict[int, str]]:
    """Decodes and resizes photos into an array on disk, or opens the one made before from the same files.

    Args:
        files: photo paths.
        size: side in pixels; `resize_rule` as in `images.resize`, which serving uses too.
        cache_dir: where the array is kept; an unfinished one is continued, and never taken for a finished one.
        on_progress: called now and then with photos done and photos in all; may raise to stop.
        boxes: crops each photo to its box, in fractions of it, as `pipeline.part_in` does with `CROP_MARGIN`; None in
            place of a box takes the whole photo.

    Returns:
        uint8 (photos, size, size, 3), and for each row that could not be read, which is black, the file and why.

    Raises:
        DatasetError: the disk is too full.
    """
    boxes = boxes or [None] * len(files)

    def read(row: int) -> np.ndarray | str:
        box = boxes[row]
        try:
            photo = images.decode(images.read_file(files[row]), min_side=2 * size)
            if box is not None:
                photo = part_in(photo, box.scaled(photo.shape[1], photo.shape[0]), CROP_MARGIN)
        except (ImageError, OSError) as error:
            return f"{files[row].parent.name}/{files[row].name}: {error}"
        return images.resize(photo, size, resize_rule)

    def make(first: int, stop: int) -> tuple[np.ndarray, dict[int, str]]:
        pixels = np.zeros((stop - first, size, size, 3), np.uint8)
        unreadable: dict[int, str] = {}
        for row, photo in zip(range(first, stop), pool.map(read, range(first, stop)), strict=True):
            if isinstance(photo, str):
                unreadable[row] = photo
            else:
                pixels[row - first] = photo
        return pixels, unreadable

    path = cache_dir / f"pixels-{size}-{_fingerprint(files, size, resize_rule, boxes)}.npy"
    with ThreadPoolExecutor(READERS) as pool:
        plan = RowsPlan(path, (len(files), size, size, 3), np.dtype(np.uint8), make)
        return cached_rows(plan, on_progress)


def _fingerprint(files: Sequence[Path], size: int, resize_rule: str, boxes: Sequence[Box | None]) -> str:
    digest = hashlib.sha256(f"{size} {resize_rule}".encode())
    folders = {folder: folder.resolve() for folder in {path.parent for path in files}}
    for path, box in zip(files, boxes, strict=True):
        status = path.stat()
        if box is not None:
            digest.update(f"{box.xyxy} {CROP_MARGIN} ".encode())
        digest.update(f"{folders[path.parent] / path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
