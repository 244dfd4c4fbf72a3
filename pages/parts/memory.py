"""What was computed for one visitor and need not be computed again, within a bound."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

MOST_BYTES = 64 * 2**20


class Sized(Protocol):
    """Something that knows about how much memory it takes."""

    @property
    def size_bytes(self) -> int: ...


Value = TypeVar("Value", bound=Sized)


@dataclass
class Memory:
    """Values by key; when they take over `most_bytes`, the oldest go first."""

    most_bytes: int = MOST_BYTES
    _values: dict[tuple[object, ...], Sized] = field(default_factory=dict)
    _size_bytes: int = 0

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    def recall(self, key: tuple[object, ...], kind: type[Value], compute: Callable[[], Value]) -> Value:
        """The value of that key, of that kind; computed where it is not remembered."""
        known = self._values.get(key)
        if isinstance(known, kind):
            return known
        value = compute()
        self.keep(key, value)
        return value

    def keep(self, key: tuple[object, ...], value: Sized) -> None:
        if key in self._values:
            self._forget(key)
        self._values[key] = value
        self._size_bytes += value.size_bytes
        for old in list(self._values)[:-1]:
            if self._size_bytes <= self.most_bytes:
                return
            self._forget(old)

    def _forget(self, key: tuple[object, ...]) -> None:
        self._size_bytes -= self._values.pop(key).size_bytes

    def __len__(self) -> int:
        return len(self._values)
