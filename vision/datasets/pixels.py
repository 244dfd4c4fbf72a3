"""Photos resized once and kept on disk, so that memory stays flat however many there are."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from vision import images
from vision.errors import ImageError
from vision.pipeline import part_in
from vision.predictions import Box

CROP_MARGIN = 0.1


def load_pixels(
    files: Sequence[Path],
    size: int,
    resize_rule: str,
    cache_dir: Path,
    on_progress: Callable[[int, int], None] | None = None,
    boxes: Sequence[Box | None] | None = None,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Decodes and resizes photos into a memory-mapped array, or opens the one made before from the same files.

    Args:
        files: photo paths.
        size: side in pixels; `resize_rule` as in `images.resize`, which serving uses too.
        cache_dir: where the array is kept; an unfinished one is never taken for a finished one.
        on_progress: called now and then with photos done and photos in all.
        boxes: crops each photo to its box, in fractions of it, as `pipeline.part_in` does with `CROP_MARGIN`; None in
            place of a box takes the whole photo.

    Returns:
        uint8 (photos, size, size, 3), memory-mapped read-only, and the files that could not be read, each with
        its reason; the rows of those are black.
    """
    boxes = boxes or [None] * len(files)
    key = _fingerprint(files, size, resize_rule, boxes)
    array_path = cache_dir / f"pixels-{size}-{key}.npy"
    notes_path = array_path.with_suffix(".json")
    if not (array_path.exists() and notes_path.exists()):
        cache_dir.mkdir(parents=True, exist_ok=True)
        partial = array_path.with_name(f"{array_path.name}.{os.getpid()}.partial")
        partial_notes = partial.with_suffix(".notes")
        try:
            partial_notes.write_text(json.dumps(_write_pixels(files, size, resize_rule, boxes, partial, on_progress)))
            partial_notes.replace(notes_path)
            partial.replace(array_path)  # the last step: the array's name stands for a finished one
        finally:
            partial.unlink(missing_ok=True)
            partial_notes.unlink(missing_ok=True)
    return np.load(array_path, mmap_mode="r"), tuple(json.loads(notes_path.read_text()))


def _write_pixels(
    files: Sequence[Path],
    size: int,
    resize_rule: str,
    boxes: Sequence[Box | None],
    path: Path,
    on_progress: Callable[[int, int], None] | None,
) -> list[str]:
    pixels = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(len(files), size, size, 3))
    unreadable: list[str] = []

    def read(row: int) -> str | None:
        box = boxes[row]
        try:
            photo = images.decode(files[row].read_bytes(), min_side=2 * size)
            if box is not None:
                photo = part_in(photo, box.scaled(photo.shape[1], photo.shape[0]), CROP_MARGIN)
        except (ImageError, OSError) as error:
            return f"{files[row].parent.name}/{files[row].name}: {error}"
        pixels[row] = images.resize(photo, size, resize_rule)
        return None

    with ThreadPoolExecutor(2) as pool:
        for row, problem in enumerate(pool.map(read, range(len(files)))):
            if problem is not None:
                unreadable.append(problem)
            if on_progress is not None and row % 500 == 499:
                on_progress(row + 1, len(files))
    pixels.flush()
    return unreadable


def _fingerprint(files: Sequence[Path], size: int, resize_rule: str, boxes: Sequence[Box | None]) -> str:
    digest = hashlib.sha256(f"{size} {resize_rule}".encode())
    for path, box in zip(files, boxes, strict=True):
        status = path.stat()
        if box is not None:
            digest.update(f"{box.xyxy} {CROP_MARGIN} ".encode())
        digest.update(f"{path.resolve()} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
