"""Figures on cards: read as they were written, or refused in a sentence; and the format that they recommend."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.figures_for_tests import FLOAT32, INT8, draw_figures
from tests.models_for_tests import write_model
from vision.errors import ModelError
from vision.format_figures import FormatFigures, read_figures, recommended_format
from vision.model_card import ModelCard, read_card

FILES = {"float32": b"float", "int8": b"eight"}


def card_with(folder: Path, measured: Any) -> ModelCard:
    return read_card(write_model(folder / "m", FILES, measured=measured))


def test_what_is_written_is_read_back(tmp_path: Path):
    measured = draw_figures()
    assert read_figures(card_with(tmp_path, measured.to_json())) == measured


def test_figures_are_json_as_cards_hold_it():
    content = json.loads(json.dumps(draw_figures().to_json()))
    assert content["formats"]["int8"]["top1_interval"] == [0.933, 0.96]
    assert content == draw_figures().to_json()
    assert list(content) == "date commit data photos command machine formats recommended".split()


def test_a_card_without_figures_has_none(tmp_path: Path):
    assert read_figures(read_card(write_model(tmp_path / "m", FILES))) is None


def changed(*path: str, value: Any) -> dict[str, Any]:
    content = draw_figures().to_json()
    inside = content
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return content


@pytest.mark.parametrize(
    "measured",
    [
        {},
        [],
        "good",
        3,
        changed("date", value=None),
        changed("command", value=" "),
        changed("photos", value=0),
        changed("photos", value=True),
        changed("photos", value="many"),
        changed("recommended", value="float16"),
        changed("recommended", value=["int8"]),
        changed("formats", value={}),
        changed("formats", value=[]),
        changed("formats", "int8", value=None),
        changed("formats", "int8", "top1", value=94.8),
        changed("formats", "int8", "top1", value=-0.1),
        changed("formats", "int8", "top1", value=float("nan")),
        changed("formats", "int8", "top1", value="0.9"),
        changed("formats", "int8", "top1_interval", value=[0.9]),
        changed("formats", "int8", "top1_interval", value=[0.96, 0.93]),
        changed("formats", "int8", "top1_interval", value=0.93),
        changed("formats", "int8", "size_bytes", value=2.5),
        changed("formats", "int8", "latency_ms_1", value=float("inf")),
        changed("formats", "int8", "latency_ms_1", value=10**400),
        changed("formats", "int8", "peak_mb", value=None),
    ],
    ids=str,
)
def test_figures_that_are_none_are_refused_in_a_sentence(tmp_path: Path, measured: Any):
    with pytest.raises(ModelError, match=r"figures .* on the card of 'squares' are damaged .*measure them again"):
        read_figures(card_with(tmp_path, measured))


@pytest.mark.parametrize("key", draw_figures().to_json())
def test_figures_that_lack_something_say_what(tmp_path: Path, key: str):
    content = draw_figures().to_json()
    del content[key]
    with pytest.raises(ModelError, match=f"'{key}' is missing"):
        read_figures(card_with(tmp_path, content))


@pytest.mark.parametrize("key", draw_figures().to_json()["formats"]["int8"])
def test_a_format_that_lacks_a_figure_says_which(tmp_path: Path, key: str):
    content = draw_figures().to_json()
    del content["formats"]["int8"][key]
    with pytest.raises(ModelError, match=f"'{key}' is missing"):
        read_figures(card_with(tmp_path, content))


def figures(top1: float, latency_ms: float, size: int) -> FormatFigures:
    return replace(FLOAT32, top1=top1, latency_ms_1=latency_ms, size_bytes=size)


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ({"float32": FLOAT32, "int8": INT8}, "int8"),
        # exactly half a point is still close; a little more is not
        ({"float32": FLOAT32, "int8": figures(0.945, 4.0, 3)}, "int8"),
        ({"float32": FLOAT32, "int8": figures(0.9449, 4.0, 3)}, "float32"),
        # of those about as fast, the smallest; one that is much slower is out however small
        ({"float32": FLOAT32, "int8": figures(0.95, 4.0, 3), "int8-qat": figures(0.95, 4.4, 2)}, "int8-qat"),
        ({"float32": FLOAT32, "int8": figures(0.95, 4.0, 3), "int8-qat": figures(0.95, 4.5, 2)}, "int8"),
        ({"float32": FLOAT32, "int8": figures(0.948, 4.0, 3), "int8-qat": figures(0.95, 4.2, 3)}, "int8-qat"),
        # phones lack fast instructions for it
        ({"float32": FLOAT32, "int16x8": figures(0.95, 1.0, 1)}, "float32"),
        (
            {"int16x8": figures(0.99, 1.0, 1), "float16": figures(0.95, 9.0, 5), "int8": figures(0.94, 4.0, 3)},
            "float16",
        ),
    ],
)
def test_the_recommended_format(formats: dict[str, FormatFigures], expected: str):
    assert recommended_format(formats) == expected


@pytest.mark.parametrize("formats", [{}, {"int16x8": FLOAT32}, {"int4": FLOAT32}])
def test_nothing_is_recommended_where_no_format_is_for_phones(formats: dict[str, FormatFigures]):
    with pytest.raises(ModelError, match="phones"):
        recommended_format(formats)
