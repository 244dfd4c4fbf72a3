"""How scores are put into words."""

import pytest

from pages.parts.words import counted, heading, inside, lead, percent
from vision.model_card import Sureness


@pytest.mark.parametrize(
    ("probability", "text"),
    [(1.0, "> 99.9 %"), (0.9987, "99.9 %"), (0.5, "50.0 %"), (0.0012, "0.1 %"), (0.0, "< 0.1 %")],
)
def test_no_probability_reads_as_certain(probability: float, text: str):
    assert percent(probability) == text


def test_each_sureness_has_its_own_words():
    assert len({lead(sureness, "sign") for sureness in Sureness}) == len(Sureness)
    assert "not sure" in lead(Sureness.UNSURE, "sign")


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("basset", "Basset"),
        ("silky terrier", "Silky terrier"),
        ("EntleBucher", "EntleBucher"),
        ("Stop", "Stop"),
        ("", ""),
    ],
)
def test_a_name_starts_its_line_with_a_capital(label: str, text: str):
    assert heading(label) == text


def test_one_dog_and_several_are_counted_in_words():
    assert [counted(count, "dog") for count in (1, 2)] == ["1 dog", "2 dogs"]


@pytest.mark.parametrize(
    ("title", "text"), [("Traffic signs", "traffic signs"), ("BMW models", "BMW models"), ("A", "A"), ("", "")]
)
def test_a_title_inside_a_sentence_keeps_its_capitals(title: str, text: str):
    assert inside(title) == text
