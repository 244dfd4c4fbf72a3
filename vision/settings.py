"""Numbers that an operator sets in the environment."""

import os
from collections.abc import Mapping

from vision.errors import SettingsError

MOST = 10_000


def whole_number(name: str, usual: int, least: int, environment: Mapping[str, str] = os.environ) -> int:
    """The number in the variable `name`, from `least` to 10000; `usual` where it is not set.

    Raises:
        SettingsError: it is no such number.
    """
    text = environment.get(name, "").strip()
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and least <= int(text) <= MOST):
        raise SettingsError(f"{name} is {text!r}; expected a whole number from {least} to {MOST}.")
    return int(text)
