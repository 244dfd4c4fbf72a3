"""Names of any length and script become lines that fit."""

import pytest

from vision.lettering import BOLD, ELLIPSIS, REGULAR, Lettering, plain

LETTERING = Lettering()
NAMES = [
    "basset",
    "Entlebucher Sennenhund and whatever else there is to be said of this dog",
    "w" * 300,
    "כלב רועים גרמני",
    "كلب",
    "柴犬",
    "\u202eevil\u202d dog",
    "a\u0301" * 40,
    "🐶" * 30,
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width_px", [4, 60, 300])
def test_lines_fit_and_are_few(name: str, width_px: int):
    lines = LETTERING.lines(name, 20, BOLD, width_px, most=2)
    assert 1 <= len(lines) <= 2
    font = LETTERING.font(plain(name), 20, BOLD)
    widest_letter = max(font.getlength(letter) for letter in plain(name) + ELLIPSIS)
    for line in lines:
        assert font.getlength(line) <= max(width_px, 2 * widest_letter)


def test_a_line_breaks_between_words():
    width_px = LETTERING.font("a", 20, REGULAR).getlength("shepherd dog") + 1
    assert LETTERING.lines("German shepherd dog", 20, REGULAR, width_px, most=3) == ["German", "shepherd dog"]


def test_what_does_not_fit_ends_in_an_ellipsis():
    (line,) = LETTERING.lines("German shepherd dog", 20, REGULAR, 120, most=1)
    assert line.endswith(ELLIPSIS) and line.startswith("German")


def test_a_name_that_fits_stays_whole():
    assert LETTERING.lines("basset", 20, REGULAR, 500, most=1) == ["basset"]
    assert LETTERING.lines("", 20, REGULAR, 500, most=1) == []


def test_marks_that_turn_text_around_are_left_out():
    assert plain("a\u202eb\u200f c\n\td\x00") == "ab c d"
