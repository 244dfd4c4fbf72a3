"""What all that writes data sets shares: a folder that appears only when whole, space on the disk, progress."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vision.errors import DatasetError

Report = Callable[[str], None]
"""Is told now and then, in a few words, how far something has come."""


def no_report(line: str) -> None:
    """Tells nobody."""


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A new hidden folder beside `target` that takes its name when the block ends well, and else goes away.

    Raises:
        DatasetError: `target` exists, or cannot be written.
    """
    if target.exists():
        raise DatasetError(f"'{target}' exists already; move it away, or choose another folder with --to.")
    workshop = target.with_name(f".{target.name}.partial")
    with writing_to(target.parent):
        shutil.rmtree(workshop, ignore_errors=True)  # what a killed run has left
        workshop.mkdir(parents=True)
        try:
            yield workshop
            workshop.rename(target)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Turns a failure to write below `folder` into a DatasetError."""
    try:
        yield
    except OSError as error:
        raise DatasetError(
            f"'{folder}' cannot be written ({error.strerror or error}); free some space or choose another folder "
            "with --to."
        ) from error


def require_space(folder: Path, needed_bytes: int) -> None:
    """Raises DatasetError where the disk of `folder`, which need not exist yet, has not that much space."""
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < needed_bytes:
        raise DatasetError(
            f"'{folder}' needs {needed_bytes / 1e9:,.1f} GB and has {free / 1e9:,.1f} GB free; "
            "free some space or choose another folder with --to."
        )
