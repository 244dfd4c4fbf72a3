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
# One large buffer first: from then on, glibc as it comes keeps room for the next. Every tenth of them stays in use.
SCRIPT = """
import threading
import psutil
from vision import heap

assert heap.give_back_large_buffers()
kept = []

def read_photos():
    large = bytearray(b"x") * (24 << 20)
    del large
    photos = [bytearray(b"x") * (1 << 20) for _ in range(60)]
    kept.extend(photos[::10])

before = psutil.Process().memory_info().rss
for _ in range(3):
    threads = [threading.Thread(target=read_photos) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print(psutil.Process().memory_info().rss - before, sum(map(len, kept)))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's heap is set")
def test_only_what_is_in_use_stays_resident():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    grown, in_use = map(int, done.stdout.split())
    assert in_use == 72 * MB
    assert in_use * 0.9 < grown < in_use + 10 * MB


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert heap.give_back_large_buffers() is False


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
