"""The peak of memory that the benchmarks report."""

import subprocess
import sys
from pathlib import Path

from benchmarks.memory import peak_bytes

ROOT = Path(__file__).resolve().parent.parent
MB = 2**20
SCRIPT = "from benchmarks.memory import peak_bytes; large = bytearray(b'x') * {size}; del large; print(peak_bytes())"


def peak_of_child(size_bytes: int) -> int:
    command = [sys.executable, "-c", SCRIPT.format(size=size_bytes)]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def test_it_is_the_processs_own_and_tells_what_was_freed_again():
    large = bytearray(b"x") * (200 * MB)
    assert peak_bytes() > 200 * MB
    del large
    little = peak_of_child(1)
    assert 5 * MB < little < 60 * MB, "not that of the process which started it"
    assert 95 * MB < peak_of_child(100 * MB) - little < 110 * MB
