"""How far a run is and how long it will take, as its status tells while it is at work."""

import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from vision.training.config import TrainingConfig
from vision.training.estimate import (
    EXPORTING,
    HEAD,
    MEASURING,
    PARTS,
    READING,
    TRAINING,
    correction_by,
    expected_seconds,
)
from vision.training.run_folder import RunFolder, RunStatus
from vision.training.runs import list_runs

STATES = {
    READING: "preparing",
    HEAD: "preparing",
    TRAINING: "training",
    EXPORTING: "finishing",
    MEASURING: "finishing",
}
WRITE_EVERY_S = 1.0
MEASURED_FROM = 0.02  # of a part: by then its own speed tells more than what was expected

# Part, steps done, steps in all and a sentence; may raise Stopped or Gone.
Report = Callable[[str, int, int, str], None]


def no_report(part: str, done: int, total: int, message: str) -> None:
    """For where nobody watches."""


class Progress:
    """Writes a run's status, once a second at most, from the part of the work that is under way."""

    def __init__(self, run: RunFolder, config: TrainingConfig) -> None:
        self._run, self._config = run, config
        others = [other for other in list_runs(run.path.parent) if other.name != run.name]
        self._correction = correction_by(others)
        self._expected = expected_seconds(config, 1000, correction=self._correction)
        self._pace = 1.0  # how many times longer than expected it takes
        self._part, self._first_share, self._has_stepped = "", 0.0, False
        self._began = self._part_began = time.monotonic()
        self._written = 0.0
        self._status = run.read_status() or RunStatus(STATES[READING])
        self._seconds_before = self._status.seconds

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        """Writes where the run came to, also where it was written a moment ago."""
        with suppress(OSError):  # what ended the work may be in the way of this too
            self._run.write_status(self._status)

    @property
    def seconds_left(self) -> float | None:
        """Of the whole work, as far as is known."""
        return self._status.seconds_left

    def plan(self, photos: int, test_photos: int) -> None:
        """Tells how many photos there are, as soon as that is known."""
        self._expected = expected_seconds(self._config, photos, test_photos, correction=self._correction)

    def report(self, part: str, done: int, total: int, message: str) -> None:
        """Writes where the run is.

        Raises:
            Stopped, Gone: see `RunFolder.stop_if_asked`.
        """
        self.write(part, done / max(total, 1), message, done=done, total=total)
        self._run.stop_if_asked()

    def counter(self, part: str, words: str) -> Callable[[int, int], None]:
        """Reports a count: `words` holds {done} and {total}, which it is given."""
        return lambda done, total: self.report(part, done, total, words.format(done=f"{done:,}", total=f"{total:,}"))

    def write(self, part: str, share: float, message: str, seconds_left: float | None = None, **figures: Any) -> None:
        """Keeps the status, and writes it unless the same part was written a moment ago.

        Args:
            part: one of `estimate.PARTS`.
            share: how much of the part is done, 0 to 1.
            seconds_left: of the part; without it, judged by how fast it has been.
            figures: further fields of the status.
        """
        now = time.monotonic()
        is_due = part != self._part or now - self._written >= WRITE_EVERY_S
        is_first_step = not self._has_stepped and share > self._first_share
        if part != self._part or is_first_step:  # the first step prepares the others, and says nothing of their pace
            self._has_stepped = part == self._part
            self._part, self._part_began, self._first_share = part, now, share
        whole_part_s = self._expected[part] * self._pace
        if share - self._first_share >= MEASURED_FROM:
            whole_part_s = (now - self._part_began) / (share - self._first_share)
            if part == TRAINING:
                self._pace = whole_part_s / self._expected[part]
        if seconds_left is None:
            seconds_left = whole_part_s * (1 - share)
        place = PARTS.index(part)
        before = sum(self._expected[name] for name in PARTS[:place])
        after = sum(self._expected[name] for name in PARTS[place + 1 :])
        progress = (before + share * self._expected[part]) / (before + self._expected[part] + after)
        self._status = replace(
            self._status,
            state=STATES[part],
            message=message,
            progress=max(self._status.progress, progress),
            seconds_left=seconds_left + after * self._pace,
            memory_mb=most_memory_mb(),
            seconds=self._seconds_before + now - self._began,
            **figures,
        )
        if is_due:
            self._written = now
            self._run.write_status(self._status)


def most_memory_mb() -> float:
    """The most memory that this process has had so far, in millions of bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6
