"""Names made so that they can stand in any sentence."""

import pytest

from tests.hostile.names import LONG, NAMES, PERSIAN, RTL
from vision.names import MOST_MARKS, MOST_SHOWN, NO_NAME, isolated, shortened, tidy, told_apart

JOINERS = "\u200c\u200d"


@pytest.mark.parametrize("name", NAMES)
def test_a_tidy_name_is_text_in_one_line_and_stays_so(name: str):
    text = tidy(name)
    text.encode()
    assert text
    assert all(letter.isprintable() or letter in JOINERS for letter in text)
    assert tidy(text) == text
    assert "  " not in text and text == text.strip()


@pytest.mark.parametrize(
    "name",
    ["basset", "Øresund", RTL, PERSIAN, "👨\u200d👩\u200d👧", "e\u0301", "97.3\u00a0%", "क\u094d\u200dष", ""],
)
def test_what_people_call_things_stays_as_it_is(name: str):
    assert tidy(name) == name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a\u202egpj.exe", "agpj.exe"),
        ("\u202e", NO_NAME),
        ("a\tb\n\nc ", "a b c"),
        ("a\u2028b", "a b"),
        ("caf\udce9.png", "caf\\udce9.png"),
        ("\u200d=1", "=1"),
        ("a\u200d\u200db", "a\u200db"),
        ("Z" + "\u0301" * 200, "Z" + "\u0301" * MOST_MARKS),
    ],
)
def test_what_cannot_be_seen_or_does_harm_is_left_out(name: str, text: str):
    assert tidy(name) == text


def test_a_long_name_keeps_its_beginning_and_its_ending():
    short = shortened(f"{LONG}-17.jpg")
    assert len(short) <= MOST_SHOWN
    assert short.startswith(LONG[:50]) and short.endswith("-17.jpg") and "…" in short
    assert shortened("basset") == "basset"


@pytest.mark.parametrize("most", [2, 9, 80])
@pytest.mark.parametrize("name", NAMES)
def test_no_short_name_is_longer_than_asked(name: str, most: int):
    assert len(shortened(name, most)) <= most


def test_names_that_look_the_same_are_numbered():
    assert told_apart(["a\u200b", "a", "b", "a\u200f"]) == {"a\u200b": "a", "a": "a (2)", "b": "b", "a\u200f": "a (3)"}


def test_a_name_from_right_to_left_keeps_its_direction_to_itself():
    assert isolated(f"“{RTL}” (12 photos)") == f"“\u2068{RTL}\u2069” (12 photos)"
    assert isolated(f"{RTL}, {RTL}") == f"\u2068{RTL}\u2069, \u2068{RTL}\u2069"
    assert isolated("“basset” (12 photos), 柴犬") == "“basset” (12 photos), 柴犬"
