"""Memory that goes back to the system, in a server that reads large photos in many threads.

As it comes, glibc gives threads up to eight heaps a processor, and after the first large photo it keeps room for the
next ones in each of them: up to twice the largest buffer that was freed, which `malloc_trim` gives back for the first
heap alone. And Python finds what visitors who left had before them only when it looks through all its objects, which a
server with many of them seldom does.
"""

import ctypes
import functools
import gc
import sys
import threading
import time

MAPPED_FROM_BYTES = 256 * 1024  # a larger buffer is mapped by itself, and given back when it is freed
KEPT_BYTES = 256 * 1024  # of what is free at a heap's end
HEAPS = 2
EVERY_S = 30.0  # looking through all objects stops everybody for a fifth of a second
LATEST_S = 300.0  # Streamlit keeps a visitor's things for two minutes after the last word
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of malloc.h


class Housekeeper:
    """Tidies up in a thread of its own, for some minutes after the last work."""

    def __init__(self, every_s: float = EVERY_S, latest_s: float = LATEST_S) -> None:
        self._every_s = every_s
        self._latest_s = latest_s
        self._worked_at = 0.0
        self._work = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def note_work(self) -> None:
        """Something large was done; the first time, this starts the thread."""
        self._worked_at = time.monotonic()
        self._work.set()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._tidy, name="housekeeper", daemon=True)
                self._thread.start()

    def _tidy(self) -> None:
        while True:
            self._work.wait()
            time.sleep(self._every_s)
            if time.monotonic() - self._worked_at > self._latest_s:
                self._work.clear()
            tidy()


def tidy() -> None:
    """Finds what nobody can reach any more, and gives its memory back to the system."""
    gc.collect()
    trim = _of_the_c_library("malloc_trim")
    if trim is not None:
        trim(0)


@functools.cache
def keep_little() -> bool:
    """Sets the C library so, for the whole process; best before there are many threads, as heaps stay once they are.

    Returns:
        whether that could be done: elsewhere than with glibc it cannot.
    """
    mallopt = _of_the_c_library("mallopt")
    if mallopt is None:
        return False
    settings = {_M_TRIM_THRESHOLD: KEPT_BYTES, _M_MMAP_THRESHOLD: MAPPED_FROM_BYTES, _M_ARENA_MAX: HEAPS}
    return all(mallopt(name, value) for name, value in settings.items())


def _of_the_c_library(name: str) -> "ctypes._NamedFuncPointer | None":
    if not sys.platform.startswith("linux"):
        return None
    try:
        found: ctypes._NamedFuncPointer = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError):
        return None
    return found
