"""Fields of JSON that people may have edited: each is what it is called, or a ValueError says which is not."""

import math
from collections.abc import Mapping
from typing import Any


def text_in(content: Mapping[str, Any], key: str) -> str:
    """A text that says something."""
    value = content[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"'{key}' is {value!r}; expected a text")
    return value


def number_in(content: Mapping[str, Any], key: str, low: float = 0.0, high: float = math.inf) -> float:
    """A finite number from `low` to `high`."""
    return _number(content[key], key, low, high)


def count_in(content: Mapping[str, Any], key: str, low: int = 1) -> int:
    """A whole number, at least `low`."""
    value = content[key]
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise ValueError(f"'{key}' is {value!r}; expected a whole number from {low}")
    return value


def share_in(content: Mapping[str, Any], key: str) -> float:
    """A part of a whole, 0 to 1."""
    return number_in(content, key, 0.0, 1.0)


def interval_in(content: Mapping[str, Any], key: str) -> tuple[float, float]:
    """Two parts of a whole, the smaller first."""
    value = content[key]
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"'{key}' is {value!r}; expected two numbers")
    low, high = (_number(end, key, 0.0, 1.0) for end in value)
    if low > high:
        raise ValueError(f"'{key}' is {value!r}; expected the smaller number first")
    return low, high


def _number(value: object, key: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"'{key}' is {value!r}; expected a number")
    if not low <= value <= high:
        raise ValueError(f"'{key}' is {value!r}; expected {low:g} to {high:g}")
    return float(value)
