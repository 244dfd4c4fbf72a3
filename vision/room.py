"""Room for what many people keep here, within a bound: when it is full, what nobody used for longest is dropped."""

import threading
import weakref
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol


class Kept(Protocol):
    """Something that takes memory and may be asked to give it up."""

    @property
    def size_bytes(self) -> int:
        """About what it takes now; 0 once it is gone."""
        ...

    def drop(self) -> None:
        """Gives it up. Any thread may ask for that."""
        ...


class Elsewhere:
    """A thing that is kept only for as long as somebody else has it."""

    def __init__(self, thing: Kept) -> None:
        self._thing = weakref.ref(thing)

    @property
    def size_bytes(self) -> int:
        thing = self._thing()
        return 0 if thing is None else thing.size_bytes

    def drop(self) -> None:
        thing = self._thing()
        if thing is not None:
            thing.drop()


@dataclass(frozen=True)
class _Place:
    thing: Kept
    owner: Hashable


class Room:
    """For the whole process. May be shared by threads."""

    def __init__(self, most_bytes: int, most_bytes_each: int) -> None:
        """Takes what all things may take together, and those of one owner."""
        self.most_bytes = most_bytes
        self.most_bytes_each = most_bytes_each
        self._lock = threading.Lock()
        self._places: dict[Hashable, _Place] = {}  # what was used last comes last

    def keep(self, key: Hashable, thing: Kept, owner: Hashable) -> None:
        """Takes a thing in, or notes that it is in use; where it needs their room, others are dropped.

        Its owner's other things are dropped first, as far as these are too large together. The thing itself stays,
        whatever its size: who brings it sees to that.
        """
        with self._lock:
            self._places.pop(key, None)
            self._places = {known: place for known, place in self._places.items() if place.thing.size_bytes > 0}
            self._places[key] = _Place(thing, owner)
            own = [known for known, place in self._places.items() if place.owner == owner]
            self._make_room(own, self.most_bytes_each)
            self._make_room(list(self._places), self.most_bytes)

    @property
    def used_bytes(self) -> int:
        """What all things take together."""
        with self._lock:
            return sum(place.thing.size_bytes for place in self._places.values())

    def _make_room(self, keys: Sequence[Hashable], most_bytes: int) -> None:
        spare = most_bytes - sum(self._places[key].thing.size_bytes for key in keys)
        for key in keys[:-1]:
            if spare >= 0:
                return
            thing = self._places.pop(key).thing
            spare += thing.size_bytes
            thing.drop()
