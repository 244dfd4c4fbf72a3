"""Files that come in: bounded on their way, and out of Streamlit's hands as soon as they are taken.

It would keep each one for as long as its visitor has the page open.
"""

from collections import deque
from tempfile import SpooledTemporaryFile
from typing import Any

from starlette import formparsers
from starlette.formparsers import MultiPartException
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile, UploadedFileRec

from pages.parts import kept
from vision.errors import GoneError
from vision.room import Elsewhere

OBJECT_BYTES = 1000  # of an empty file
MOST_NOTED = 10_000
LOST_ZIP = "The zip had to make room for others' files before it was read; please send it again."

_dropped: deque[str] = deque(maxlen=MOST_NOTED)
_add_file = MemoryUploadedFileManager.add_file


class _Arriving(SpooledTemporaryFile[bytes]):
    """A file of which a part has come in; it may stay so for as long as its sender likes."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._size_bytes = 0
        self._is_dropped = self._is_on_disk = False

    @property
    def size_bytes(self) -> int:
        return 0 if self._is_dropped or self._is_on_disk or self.closed else self._size_bytes

    def drop(self) -> None:
        self._is_dropped = True
        self.seek(0)
        self.truncate(0)

    def rollover(self) -> None:
        super().rollover()
        self._is_on_disk = True

    def write(self, data: Any) -> int:
        if self._is_dropped:
            raise MultiPartException("There was no room for this file; send it again in a moment.")
        count = super().write(data)
        self._size_bytes += count
        kept.room().keep(id(self), Elsewhere(self), owner=id(self))
        return count


class _Arrived:
    """A file that came in and was not taken yet; it may stay so for as long as its visitor likes."""

    def __init__(self, manager: MemoryUploadedFileManager, session_id: str, file_id: str) -> None:
        self._manager = manager
        self._session_id = session_id
        self._file_id = file_id

    @property
    def size_bytes(self) -> int:
        file = self._manager.file_storage.get(self._session_id, {}).get(self._file_id)
        return 0 if file is None else OBJECT_BYTES + len(file.name) + len(file.data)

    def drop(self) -> None:
        _dropped.append(self._file_id)
        self._manager.remove_file(self._session_id, self._file_id)


def bound() -> None:
    """From now on a file has its place in the visitors' room (see `kept`) while it comes in, and until it is taken."""

    def add_file(self: MemoryUploadedFileManager, session_id: str, file: UploadedFileRec) -> None:
        room = kept.room()
        _add_file(self, session_id, file)
        arrived = _Arrived(self, session_id, file.file_id)
        room.keep((session_id, "file", file.file_id), arrived, owner=session_id)

    # Neither Starlette nor Streamlit offers another way.
    formparsers.SpooledTemporaryFile = _Arriving  # type: ignore[assignment, attr-defined]
    MemoryUploadedFileManager.add_file = add_file  # type: ignore[method-assign]


def is_here(file: object) -> bool:
    """Whether it is a file that was not taken before: the run of a fragment gives it to its widget once more."""
    return isinstance(file, UploadedFile)


def was_dropped(file: object) -> bool:
    """Whether it is a file that had to make room before it was taken."""
    return isinstance(file, DeletedFile) and file.file_id in _dropped


def take(file: UploadedFile) -> bytes:
    """The file's content, which the server forgets; its widget must not be drawn with it again."""
    _forget(file)
    return file.getvalue()


def take_zip(file: object) -> UploadedFile | None:
    """The file to read from, the only copy of its content; None where there is none, or it was taken before.

    Its widget must not be drawn with it again.

    Raises:
        GoneError: it had to make room.
    """
    if was_dropped(file):
        raise GoneError(LOST_ZIP)
    if not isinstance(file, UploadedFile):
        return None
    _forget(file)
    return file


def _forget(file: UploadedFile) -> None:
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)
