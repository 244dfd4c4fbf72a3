"""Names that strangers give to files, folders and runs, made so that they can stand in any sentence."""

import re
import unicodedata
from collections.abc import Iterable

MOST_SHOWN = 80
ENDING_KEPT = 20
ELLIPSIS = "…"
MOST_MARKS = 4  # on one letter: more of them would be drawn over the lines above and below
NO_NAME = "�"

_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
_JOINERS = "\u200c\u200d"  # they print nothing, but Persian, Hindi and many emoji are misspelt without them
_LONELY_JOINER = re.compile(f"(?<![^\\s{_JOINERS}])[{_JOINERS}]+|[{_JOINERS}]+(?![^\\s{_JOINERS}])")
_MANY_JOINERS = re.compile(f"([{_JOINERS}])[{_JOINERS}]+")
_KEPT = _JOINERS + "\u00a0\u202f"  # and spaces at which no line ends
_INSIDE = "-_.'’\u05f3\u05f4"  # signs within names; the last two are Hebrew
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = re.compile("r(?:[rn]*r)?")


def as_text(name: str) -> str:
    """A file's name with what is no text in it escaped; on Linux a name is bytes, and JSON and pages are text."""
    return name.encode("utf-8", "backslashreplace").decode()


def tidy(text: str) -> str:
    """The text in one line, without what cannot be seen, and without what turns around or covers its surroundings.

    Control and direction marks are left out; of marks that pile up on one letter, `MOST_MARKS` stay. Where nothing is
    left, `NO_NAME` stands for it.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())  # most are, and a page's pictures come by here as well
    kept, marks = [], 0
    for letter in _SPACES.sub(" ", as_text(text)):
        marks = marks + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if marks <= MOST_MARKS and (letter.isprintable() or letter in _KEPT):
            kept.append(letter)
    joined = _LONELY_JOINER.sub("", _MANY_JOINERS.sub(r"\1", "".join(kept))).strip()
    return joined or (NO_NAME if text else "")


def shortened(name: str, most: int = MOST_SHOWN) -> str:
    """A tidy name of at most `most` signs; of a longer one the middle is left out, for endings tell names apart."""
    name = tidy(name)
    if len(name) <= most:
        return name
    ending = min(ENDING_KEPT, most // 2)
    return name[: most - ending - 1].rstrip() + ELLIPSIS + name[-ending:].lstrip()


def told_apart(names: Iterable[str]) -> dict[str, str]:
    """Each name and how a list of choices calls it: tidy, and numbered where others would look the same."""
    shown: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        usual = tidy(name)
        words, number = usual, 1
        while words in taken:
            number += 1
            words = f"{usual} ({number})"
        taken.add(words)
        shown[name] = words
    return shown


def isolated(text: str) -> str:
    """Text whose words in Arabic, Hebrew and the like keep their direction to themselves.

    Else figures and brackets after such a name change places with it: "NAME (12 photos)" would end in "photos) 12)".
    """
    if text.isascii():
        return text
    kinds = "".join(map(_direction, text))
    parts, end = [], 0
    for run in _RIGHT_TO_LEFT.finditer(kinds):
        parts += [text[end : run.start()], _ISOLATE, text[run.start() : run.end()], _END_OF_ISOLATE]
        end = run.end()
    return "".join([*parts, text[end:]])


def _direction(letter: str) -> str:
    """r: runs from right to left; n: stays inside a name that does; "-": ends it."""
    kind = unicodedata.bidirectional(letter)
    if kind in ("R", "AL"):
        return "r"
    return "n" if kind in ("NSM", "BN", "WS", "EN", "AN") or letter in _INSIDE else "-"
