"""What large photos needed goes back to the system."""

import gc
import platform
import subprocess
import sys
import time
import weakref

import pytest

from vision import heap

MB = 2**20
# One large buffer first: from then on, glibc as it comes keeps room for the next. A tenth of the photos stays in use.
SCRIPT = """
import sys
import threading
import psutil
from vision import heap

size_bytes, number, visitors = map(int, sys.argv[1:])
large = bytearray(b"x") * (24 << 20)
del large
assert heap.keep_little()
kept = []

def read_photos():
    photos = [bytearray(b"x") * size_bytes for _ in range(number)]
    kept.extend(photos[: number // 10])

before = psutil.Process().memory_info().rss
for _ in range(3):
    threads = [threading.Thread(target=read_photos) for _ in range(visitors)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
heap.tidy()
print(psutil.Process().memory_info().rss - before, sum(map(len, kept)))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's heap is set")
@pytest.mark.parametrize(("size_bytes", "number", "visitors"), [(MB, 60, 4), (MB // 8, 240, 1)])
def test_only_what_is_in_use_stays_resident(size_bytes: int, number: int, visitors: int):
    command = [sys.executable, "-c", SCRIPT, str(size_bytes), str(number), str(visitors)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    grown, in_use = map(int, done.stdout.split())
    assert in_use == 3 * visitors * number // 10 * size_bytes
    assert in_use * 0.9 < grown < in_use + 10 * MB


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert heap.keep_little.__wrapped__() is False


def test_what_a_visitor_left_is_found_in_the_end():
    class Left:
        def __init__(self) -> None:
            self.itself = self

    gc.disable()
    try:
        housekeeper = heap.Housekeeper(every_s=0.05, latest_s=1.0)
        housekeeper.note_work()
        left = weakref.ref(Left())
        assert left() is not None, "it holds itself"
        give_up = time.monotonic() + 20
        while left() is not None and time.monotonic() < give_up:
            time.sleep(0.02)
        assert left() is None
    finally:
        gc.enable()
