"""The front page says how good a model is by its card, and nothing where the card says nothing."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from pages.parts.home_cards import COLLAGE, collage_html, how_good
from vision.model_card import FormatEntry, ModelCard
from vision.tasks import TASKS

TASK = TASKS["traffic_signs"]
CARD = ModelCard(
    name="small",
    task=TASK.name,
    image_size=32,
    resize="stretch",
    class_keys=("1", "2"),
    labels=("a", "b"),
    sure_from=0.9,
    likely_from=0.6,
    formats={"float32": FormatEntry("model.tflite", "", 1)},
    default_format="float32",
    content={},
)


def test_the_share_of_right_answers_is_told():
    card = dataclasses.replace(CARD, content={"test": {"float32": {"photos": 12630, "top1": 0.99683}}})
    assert how_good(TASK, card) == (
        "It knows 2 kinds of sign, and named 99.7 % of 12,630 test photos right that it had never seen."
    )


@pytest.mark.parametrize(
    "content", [{}, {"test": {}}, {"test": None}, {"test": {"float32": {"photos": "x", "top1": 1}}}]
)
def test_without_a_measurement_nothing_is_claimed(content: dict[str, Any]):
    assert how_good(TASK, dataclasses.replace(CARD, content=content)) == "It knows 2 kinds of sign."


def test_a_figure_from_photos_that_were_seen_before_says_so():
    card = dataclasses.replace(CARD, content={"test": {"float32": {"photos": 8410, "top1": 0.85}}})
    said = how_good(TASKS["dog_breeds"], card)
    assert "never seen" not in said
    assert "had seen these photos before" in said


def test_each_task_has_a_picture():
    for task in TASKS.values():
        assert "<img" in collage_html(task)


def test_every_drawing_of_the_collage_is_there():
    assert TASK.drawings is not None
    assert all((Path(TASK.drawings) / f"{int(key):02d}.svg").is_file() for key in COLLAGE)
