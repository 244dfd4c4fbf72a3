"""What all that writes data sets shares: a folder that appears only when whole, space on the disk, progress."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
        DatasetError: `target` exists, is being written already, or cannot be written.
    """
    _require_new(target)
    workshop = target.with_name(f".{target.name}.partial")
    with writing_to(target.parent), _alone_in(workshop):
        try:
            _require_new(target)  # another process may have been quicker
            for left in workshop.iterdir():  # by a killed run
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
            yield workshop
            _require_new(target)  # an empty folder would be replaced
            workshop.rename(target)
        except BaseException:
            shutil.rmtree(workshop, ignore_errors=True)
            raise


def _require_new(target: Path) -> None:
    if target.exists():
        raise DatasetError(f"'{target}' exists already; move it away, or choose another folder with --to.")


@contextmanager
def _alone_in(workshop: Path) -> Iterator[None]:
    """Makes the folder and holds its lock, which the kernel lets go with the process, however that ends."""
    folder = _locked_folder(workshop)
    try:
        yield
    finally:
        os.close(folder)


def _locked_folder(workshop: Path) -> int:
    while True:
        workshop.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # whoever had it is done with it just now: once more
            folder = os.open(workshop, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(os.fstat(folder), workshop.stat()):
                    return folder
            except BlockingIOError as error:
                os.close(folder)
                raise DatasetError(
                    f"'{workshop}' is being written by another process; wait until it is done."
                ) from error
            except FileNotFoundError:
                pass
            os.close(folder)


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
