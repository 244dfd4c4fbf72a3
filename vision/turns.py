"""Turns at what takes memory and processor: a few at once, the others in line, first come, first served.

A photo of 50 megapixels takes up to 300 MB while it is read (see `images`), so that two at once take 600 MB, whoever
else is waiting.
"""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from vision.errors import BusyError
from vision.settings import whole_number

AT_ONCE, MOST_WAITING = 2, 60
AT_ONCE_VARIABLE, MOST_WAITING_VARIABLE = "SECOND_LOOK_AT_ONCE", "SECOND_LOOK_MOST_WAITING"


class Turns:
    """A line for the whole process. May be shared by threads."""

    def __init__(self, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        """Takes how many have their turn at the same time, from 1, and how many may wait besides, from 0."""
        if at_once < 1 or most_waiting < 0:
            raise ValueError(f"{at_once} at once and {most_waiting} waiting; expected at least 1 and 0")
        self.at_once = at_once
        self.most_waiting = most_waiting
        self._changed = threading.Condition()
        self._having: set[Place] = set()
        self._line: list[Place] = []

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Turns":
        """As the operator has set it with `SECOND_LOOK_AT_ONCE` and `SECOND_LOOK_MOST_WAITING`.

        Raises:
            SettingsError: one of them is no number that can be meant.
        """
        at_once = whole_number(AT_ONCE_VARIABLE, AT_ONCE, least=1, environment=environment)
        return cls(at_once, whole_number(MOST_WAITING_VARIABLE, MOST_WAITING, least=0, environment=environment))

    @property
    def having(self) -> int:
        """How many have their turn now."""
        with self._changed:
            return len(self._having)

    @property
    def waiting(self) -> int:
        """How many are in line."""
        with self._changed:
            return len(self._line)

    @contextmanager
    def join(self) -> Iterator["Place"]:
        """A place in line, or at once a turn; both are given up at the end of the block, however it ends.

        Raises:
            BusyError: too many are waiting already.
        """
        place = Place(self)
        with self._changed:
            if len(self._having) < self.at_once:  # then nobody waits
                self._having.add(place)
            elif len(self._line) < self.most_waiting:
                self._line.append(place)
            else:
                raise BusyError(
                    "So many photos are being looked at just now that the line is full; yours is kept, so try again "
                    "in a moment."
                )
        try:
            yield place
        finally:
            self._give_up(place)

    def _give_up(self, place: "Place") -> None:
        with self._changed:
            if place in self._line:
                self._line.remove(place)
            self._having.discard(place)
            while self._line and len(self._having) < self.at_once:
                self._having.add(self._line.pop(0))
            self._changed.notify_all()

    def _wait(self, place: "Place", seconds: float) -> bool:
        give_up = time.monotonic() + seconds
        with self._changed:
            while place not in self._having:
                left = give_up - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
            return True

    def _position(self, place: "Place") -> int:
        with self._changed:
            return self._line.index(place) + 1 if place in self._line else 0


class Place:
    """Somebody's place in the line."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    @property
    def position(self) -> int:
        """1 for who is next; 0 for who has their turn."""
        return self._turns._position(self)

    def wait(self, seconds: float) -> bool:
        """Returns True as soon as the turn has come, or False after `seconds`."""
        return self._turns._wait(self, seconds)
