"""What is costly to compute for each photo, kept on disk under a bound and continued where it was cut off."""

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vision.datasets.rows import Rows, header_of, row_bytes
from vision.errors import DatasetError
from vision.jobs import Busy, is_locked, locked, write_json

LIMIT_BYTES = 20_000_000_000
"""What all that is kept may take together; what was used longest ago goes first."""
CHUNK = 64  # rows that are written, counted and lost together

Make = Callable[[int, int], tuple[np.ndarray, dict[int, str]]]
"""First row and the one after the last -> these rows, and remarks on some by their number."""
Progress = Callable[[int, int], None]
"""Is told now and then what is done of how much; may raise to stop the work, which can be continued."""


@dataclass(frozen=True)
class RowsPlan:
    """What is to be computed.

    Attributes:
        path: where it is kept, ending in .npy; the name tells everything that it depends on.
        shape: of the whole array, rows first.
        dtype: type of its elements.
        make: computes rows.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype
    make: Make

    @property
    def partial_path(self) -> Path:
        return self.path.with_suffix(".partial")

    @property
    def notes_path(self) -> Path:
        return self.path.with_suffix(".json")

    @property
    def partial_notes_path(self) -> Path:
        return self.path.with_suffix(".notes")


def cached_rows(
    plan: RowsPlan, on_progress: Progress | None = None, limit_bytes: int = LIMIT_BYTES
) -> tuple[Rows, tuple[str, ...]]:
    """Opens the array made before, or makes it, from where an earlier call was stopped or killed.

    Where another process is at the same array, its end is waited for.

    Returns:
        The array and the remarks, in the order of their rows.

    Raises:
        DatasetError: the disk is too full.
    """
    while True:
        try:
            rows = Rows(plan.path)
            os.utime(plan.path)  # it is used: others go first
            return rows, tuple(json.loads(plan.notes_path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            plan.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with locked(plan.partial_path):
                if plan.path.exists():
                    plan.partial_path.unlink(missing_ok=True)  # another process has just ended
                else:
                    _make(plan, on_progress, limit_bytes)
        except Busy:
            if on_progress is not None:
                on_progress(0, plan.shape[0])
            time.sleep(0.5)


def _make(plan: RowsPlan, on_progress: Progress | None, limit_bytes: int) -> None:
    count, size = plan.shape[0], row_bytes(plan.shape[1:], plan.dtype)
    done, notes = _what_is_done(plan, size)
    make_room(plan.path.parent, (count - done) * size, limit_bytes)
    with plan.partial_path.open("ab") as file:
        for first in range(done, count, CHUNK):
            stop = min(first + CHUNK, count)
            rows, remarks = plan.make(first, stop)
            if remarks:
                notes |= remarks
                write_json(plan.partial_notes_path, notes)
            file.write(np.ascontiguousarray(rows, plan.dtype).data)
            file.flush()
            if on_progress is not None:
                on_progress(stop, count)
    write_json(plan.notes_path, [notes[row] for row in sorted(notes)])
    plan.partial_path.replace(plan.path)  # after all else: the array's name stands for a finished one
    plan.partial_notes_path.unlink(missing_ok=True)


def _what_is_done(plan: RowsPlan, size: int) -> tuple[int, dict[int, str]]:
    """Cuts off what is not whole; returns how many rows are, and the remarks on them."""
    header = header_of(plan.shape, plan.dtype)
    done = max(0, plan.partial_path.stat().st_size - len(header)) // size
    if done == 0:
        plan.partial_path.write_bytes(header)
        return 0, {}
    os.truncate(plan.partial_path, len(header) + done * size)
    try:
        notes = json.loads(plan.partial_notes_path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return done, {}
    return done, {int(row): remark for row, remark in notes.items() if int(row) < done}


def make_room(cache_dir: Path, needed_bytes: int, limit_bytes: int = LIMIT_BYTES) -> None:
    """Deletes what was used longest ago, until `needed_bytes` fit below the limit and on the disk.

    What another process has open it can read to the end; what is being made stays.

    Raises:
        DatasetError: even then the disk is too full.
    """
    kept = sorted((p for p in cache_dir.iterdir() if p.suffix in (".npy", ".partial")), key=_last_use)
    total = sum(map(_size, kept))
    for path in kept:
        if total + needed_bytes <= limit_bytes and needed_bytes <= shutil.disk_usage(cache_dir).free:
            return
        if path.suffix == ".partial" and is_locked(path):
            continue
        total -= _size(path)
        path.unlink(missing_ok=True)
        path.with_suffix(".json" if path.suffix == ".npy" else ".notes").unlink(missing_ok=True)
    free = shutil.disk_usage(cache_dir).free
    if free < needed_bytes:
        raise DatasetError(
            f"Preparing the photos needs {needed_bytes / 1e9:,.1f} GB in '{cache_dir}', and {free / 1e9:,.1f} GB are "
            "free; free some space, or choose a smaller input size."
        )


def _last_use(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
