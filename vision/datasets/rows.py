"""Arrays kept on disk and read by the row, so that memory stays flat however long they are."""

import io
import os
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np


class Rows:
    """A .npy file whose first axis is read on demand, each time into new memory. Threads may share it.

    Unlike the pages of a memory map, what was read does not stay counted as memory of the process. The file may be
    deleted meanwhile: what is open can be read to the end.

    Attributes:
        path: the file.
        shape, dtype: as of an array.
    """

    def __init__(self, path: Path) -> None:
        """Opens a file that NumPy or `header_of` began.

        Raises:
            OSError: the file is missing or cannot be read.
            ValueError: it is no array.
        """
        self.path = path
        with path.open("rb") as file:
            np.lib.format.read_magic(file)
            self.shape, _, self.dtype = np.lib.format.read_array_header_1_0(file)
            self._start = file.tell()
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self._row_bytes = row_bytes(self.shape[1:], self.dtype)

    def __len__(self) -> int:
        return int(self.shape[0])

    def __getitem__(self, rows: int | slice | Sequence[int] | np.ndarray) -> np.ndarray:
        """One row, or several in the order asked for, as `numpy.ndarray` gives them for these kinds of index."""
        if isinstance(rows, slice):
            first, stop, step = rows.indices(len(self))
            if step != 1:
                return self[np.arange(first, stop, step)]
            part = np.empty((max(stop - first, 0), *self.shape[1:]), self.dtype)
            self._read_into(part, first)
            return part
        places = np.asarray(rows)
        if places.dtype.kind not in "iu" and places.size:
            raise IndexError(f"Rows are asked for by number, not by {places.dtype}.")
        part = np.empty((*places.shape, *self.shape[1:]), self.dtype)
        flat = part.reshape(-1, *self.shape[1:])
        for place, row in enumerate(places.ravel().tolist()):
            if not -len(self) <= row < len(self):
                raise IndexError(f"There is no row {row}; there are {len(self):,}.")
            self._read_into(flat[place], row % len(self))
        return part

    def _read_into(self, part: np.ndarray, first: int) -> None:
        buffer = part.reshape(-1).view(np.uint8).data
        offset = self._start + first * self._row_bytes
        while buffer:
            count = os.preadv(self._file, [buffer], offset)
            if not count:
                raise OSError(f"'{self.path}' ends too early; delete it, and it will be made again.")
            buffer, offset = buffer[count:], offset + count


Array = np.ndarray | Rows
"""What is indexed by row: in memory, or on disk."""


def row_bytes(row_shape: Sequence[int], dtype: np.dtype) -> int:
    """Bytes that a row takes."""
    return int(np.prod(row_shape, dtype=np.int64)) * dtype.itemsize


def header_of(shape: tuple[int, ...], dtype: np.dtype) -> bytes:
    """The beginning of a .npy file; the rows follow one after another."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    )
    return header.getvalue()
