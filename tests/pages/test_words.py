"""How scores are put into words."""

import pytest

from pages.parts.words import lead, percent
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
