"""Hostile files in a process of their own, where each one's time and memory are measured.

In a process of its own, as what crashes takes its process with it, and growth hides in memory freed before. A file that
takes over `MOST_S` is taken in again, with an honest photo of the most pixels beside it: what is slow on a busy machine
only, is slow for both.
"""

import faulthandler
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image

from vision import images

ROOT = Path(__file__).parents[2]
MOST_S, MOST_MB = 2, 300
MOST_TIMES_HONEST = 2  # where the machine is too slow for MOST_S
HANG_S = 300  # by the clock, however busy the machine
TRIES = 2
PEAK = re.compile(r"VmHWM:\s+(\d+)")
NOW = re.compile(r"VmRSS:\s+(\d+)")

T = TypeVar("T")

needs_peaks = pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="needs Linux to measure peaks")


@dataclass(frozen=True)
class HostileFile:
    name: str
    data: bytes


@dataclass(frozen=True)
class Cost:
    """What a file took.

    Attributes:
        name: of the file; way: how it was taken in.
        outcome: a sentence, or what came of it.
        megabytes: the process grew by meanwhile.
        seconds: of processor time; honest_seconds: what the honest photo took, where it was asked for, else 0.
    """

    name: str
    way: str
    outcome: str
    megabytes: float
    seconds: float
    honest_seconds: float


# In the process that takes the files in


def status_mb(field: re.Pattern[str]) -> float:
    found = field.search(Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


@cache
def honest_photo() -> bytes:
    """A photo of as many pixels as are taken, that nobody made to do harm."""
    side, file = int(images.MAX_PIXELS**0.5), io.BytesIO()
    Image.radial_gradient("L").resize((side, side)).convert("RGB").save(file, "PNG")
    return file.getvalue()


def measure(name: str, way: str, attempt: Callable[[], str]) -> None:
    """Prints what an attempt, which gives its outcome and leaves nothing, took: a line of JSON before and after it."""
    print(json.dumps({"begins": name}), flush=True)
    faulthandler.dump_traceback_later(HANG_S, exit=True)
    forget_peak()
    before_mb = status_mb(NOW)
    outcome, seconds = _timed(attempt)
    megabytes, honest_seconds = status_mb(PEAK) - before_mb, 0.0
    for _ in range(TRIES if seconds > MOST_S else 0):
        seconds = min(seconds, _timed(attempt)[1])
        honest_seconds = max(honest_seconds, _timed(partial(images.decode, honest_photo()))[1])
    faulthandler.cancel_dump_traceback_later()
    print(json.dumps(asdict(Cost(name, way, outcome, megabytes, seconds, honest_seconds))), flush=True)


def _timed(attempt: Callable[[], T]) -> tuple[T, float]:
    started = time.process_time()
    return attempt(), time.process_time() - started


# In the test


def take_in(
    module: str, files: Iterable[HostileFile], corpus: Path, home: Path, environment: Mapping[str, str] | None = None
) -> list[Cost]:
    """Has `python -m module CORPUS` take all files in, and gives what each took; fails the test where it crashes.

    Args:
        corpus: a new folder for the files.
        home: the process' home, working folder and place for temporary files.
    """
    corpus.mkdir()
    home.mkdir()
    names = {}
    for number, file in enumerate(files):
        stored = f"{number:05d}"
        names[stored] = file.name
        (corpus / stored).write_bytes(file.data)
    assert len(set(names.values())) == len(names)
    places = {"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    places["MALLOC_MMAP_THRESHOLD_"] = "1000000"  # what is large goes back to the system, and shows when it comes
    done = subprocess.run(
        [sys.executable, "-m", module, str(corpus)],
        cwd=home, env=os.environ | places | (environment or {}), capture_output=True, text=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    last = names.get(lines[-1].get("begins", ""), "the end") if lines else "the start"
    assert done.returncode == 0, f"ended with {done.returncode} at {last}: {done.stderr[-2000:]}"
    costs = [Cost(**line | {"name": names[line["name"]]}) for line in lines if "outcome" in line]
    assert {cost.name for cost in costs} == set(names.values())
    return costs


def assert_bounded(costs: Sequence[Cost]) -> None:
    """No hang and no growth."""
    slow = [cost for cost in costs if cost.seconds > max(MOST_S, MOST_TIMES_HONEST * cost.honest_seconds)]
    assert slow == []
    assert [cost for cost in costs if cost.megabytes > MOST_MB] == []
