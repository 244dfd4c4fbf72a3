"""The settings of a demo page in its address, so that a link opens the same view. Never anything of a photo.

Streamlit can bind a widget to the address by itself; but under the widget's key, by the words on it, and saying nothing
of what it cannot use.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.parts import thumbnails
from vision import names

MODEL, FORMAT, CROP, COMPARE, CONFIDENCE, MARGIN = "model", "format", "crop", "compare", "confidence", "margin"
WORDS = (MODEL, FORMAT, CROP, COMPARE, CONFIDENCE, MARGIN)
ON, OFF = "on", "off"
ARRIVAL = "view_link_arrival"
MOST_SHOWN = 40
MOST_LISTED = 8

Value = TypeVar("Value", str, bool, float)


@dataclass
class Arrival:
    """What a visitor's address asked for when they came to the page.

    Attributes:
        page: the page's address.
        unread: what no setting on the page has taken yet; a setting may appear only with a photo.
        settled: the settings that have their value since then; from there on it is the visitor's.
        problems: what could not be used, and has not been said yet.
    """

    page: str
    unread: dict[str, str]
    settled: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


class ViewLink:
    """The address during one run of a page: each setting is declared before its widget, then all are written."""

    def __init__(self, arrival: Arrival) -> None:
        self._arrival = arrival
        self._writers: dict[str, Callable[[], str | None]] = {}

    def choice(self, word: str, key: str, options: Sequence[str], usual: str) -> None:
        """A choice among `options`, made by the widget of that key."""

        def read(text: str) -> str:
            if text not in options:
                raise ValueError(f"there is {_listed(options)}")
            return text

        self._declare(word, key, usual, read, str)

    def switch(self, word: str, key: str, usual: bool) -> None:
        """A switch, which says "on" or "off" in the address."""

        def read(text: str) -> bool:
            if text not in (ON, OFF):
                raise ValueError(f"expected {ON} or {OFF}")
            return text == ON

        self._declare(word, key, usual, read, lambda value: ON if value else OFF)

    def part(self, word: str, key: str, least: float, most: float, usual: float) -> None:
        """A part of a whole, 0 to 1, which is in whole percents in the address."""

        def read(text: str) -> float:
            value = int(text) / 100 if text.isascii() and text.isdigit() and len(text) <= 3 else -1.0
            if not least <= value <= most:
                raise ValueError(f"expected a percentage from {100 * least:.0f} to {100 * most:.0f}")
            return value

        self._declare(word, key, usual, read, lambda value: str(round(100 * value)))

    def _declare(
        self, word: str, key: str, usual: Value, read: Callable[[str], Value], write: Callable[[Value], str]
    ) -> None:
        value, asked = usual, self._arrival.unread.pop(word, None)
        if asked is not None:
            try:
                value = read(asked)
            except ValueError as error:
                self._arrival.problems.append(f"{word} “{_shown(asked)}” ({error})")
        if word in self._arrival.settled:
            st.session_state.setdefault(key, value)
        else:
            self._arrival.settled.add(word)
            st.session_state[key] = value

        def written() -> str | None:
            said = write(st.session_state.get(key, usual))
            return None if said == write(usual) else said

        self._writers[word] = written

    def write(self) -> str:
        """Puts what differs from the usual into the address, and gives it; what others put there stays."""
        said = {word: writer() for word, writer in self._writers.items()}
        own = {word: text for word in WORDS if (text := said.get(word) or self._arrival.unread.get(word))}
        before = st.query_params.to_dict()
        after = {name: text for name, text in before.items() if name not in WORDS} | own
        if after != before:
            st.query_params.from_dict(after)
        return urlencode(own)

    def take_problem(self) -> str | None:
        """A sentence on what could not be used, once; None where there was nothing."""
        problems, self._arrival.problems = self._arrival.problems, []
        if not problems:
            return None
        return f"Part of this link cannot be used, and the usual setting stands in its place: {'; '.join(problems)}."


def note_page(page: str) -> None:
    """Takes down what the address asks for, if the visitor has just come to the page: by a link, or back and forth."""
    arrival = st.session_state.get(ARRIVAL)
    context = get_script_run_ctx()
    came_back = context is not None and context.is_history_navigation
    if arrival is None or arrival.page != page or came_back:
        asked = {word: text for word, text in st.query_params.to_dict().items() if word in WORDS}
        st.session_state[ARRIVAL] = Arrival(page, asked)


def of_this_run() -> ViewLink:
    """The address of the page that runs."""
    return ViewLink(st.session_state.setdefault(ARRIVAL, Arrival("", {})))


def _shown(text: str) -> str:
    """What stands in an address, as Markdown may show it."""
    return thumbnails.plain(names.shortened(text, MOST_SHOWN))


def _listed(options: Sequence[str]) -> str:
    plain = [thumbnails.plain(option) for option in options[:MOST_LISTED]]
    return ", ".join([*plain, "and others"] if len(options) > MOST_LISTED else plain)
