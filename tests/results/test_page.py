"""The report as a page: what it says, that it needs nothing else, and that names in it can do nothing."""

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.results.conftest import HISTORY
from tests.results.outcomes_for_tests import make_outcome, write_photos
from vision.model_card import FormatEntry, ModelCard
from vision.results.findings import find
from vision.results.outcome import Outcome
from vision.results.page import render_report
from vision.training.config import TrainingConfig

EVIL = "<img src=x onerror=alert(1)>\"'{{ 7*7 }}"


def card_for(outcome: Outcome, **content: Any) -> ModelCard:
    return ModelCard(
        name="model",
        task="traffic_signs",
        image_size=32,
        resize="center_crop",
        class_keys=outcome.class_keys,
        labels=outcome.labels,
        sure_from=0.9,
        likely_from=0.6,
        formats={"float32": FormatEntry("model.float32.tflite", "0" * 64, 2_500_000)},
        default_format="float32",
        content={"created": "2026-01-01", "backbone": "mobilenet_v2"} | content,
    )


def render(outcome: Outcome, history: list[dict[str, float]] = HISTORY, **settings: Any) -> str:
    config = TrainingConfig(**({"task": "traffic_signs", "data": "data", "test": "test"} | settings))
    return render_report("my-run", outcome, find(outcome), card_for(outcome), config, history, "python -m vision train")


def answers(truth: list[int], taken_for: list[int], classes: int, sureness: float = 0.95, **changes: Any) -> Outcome:
    probabilities = np.full((len(truth), classes), (1 - sureness) / (classes - 1))
    probabilities[np.arange(len(truth)), taken_for] = sureness
    return make_outcome(probabilities, truth, **changes)


class Reader(HTMLParser):
    """Collects tags, identities and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, attribute: str) -> list[str]:
        return [value for _, attrs in self.tags if (value := attrs.get(attribute)) is not None]


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", read(page).text)


def test_the_first_sentence_is_the_result_with_its_range():
    text = plain(render(answers([0] * 10, [0] * 8 + [1] * 2, 3)))
    assert "80.0 % of 10 test photos named right." in text
    assert "expect between 49.0 % and 94.3 %" in text
    assert "10 photos are few" in text


def test_nothing_wrong_is_said_in_words():
    text = plain(render(answers([0, 1, 2] * 100, [0, 1, 2] * 100, 3)))
    assert "All 300 test photos named right." in text
    assert "Nothing: all of these photos were named right." in text
    assert "are few" not in text


def test_without_test_photos_the_page_says_that_the_figure_flatters():
    text = plain(render(answers([0, 1], [0, 1], 3, parts=["validation"] * 2), test=None))
    assert "All 2 validation photos named right." in text
    assert "the figures flatter a little" in text
    assert "1 class has no photo among them" in text


def test_tests_that_imagenet_knows_are_said_to_flatter():
    outcome = answers([0, 1], [0, 1], 3)
    assert "ImageNet" in plain(render(outcome, task="dog_breeds"))
    assert "flatters" not in plain(render(outcome, task="dog_breeds", weights="none"))
    assert "flatters" not in plain(render(outcome))


def test_three_of_three_classes_is_no_figure_worth_saying():
    assert "three best answers" not in plain(render(answers([0, 1], [0, 2], 3)))
    assert "three best answers" in plain(render(answers([0, 1], [0, 2], 4)))


def test_every_cell_opens_its_photos(tmp_path: Path):
    outcome = answers([0, 0, 0, 1, 2], [0, 1, 1, 1, 0], 3, test_root=str(tmp_path))
    write_photos(outcome)
    page = read(render(outcome))
    opened = {value for value in page.values("id") if value.startswith("cell-")}
    assert opened == {"cell-0-0", "cell-0-1", "cell-1-1", "cell-2-0", "cell-2-2"}
    assert {f"cell-{key}" for key in page.values("data-cell")} == opened
    shown = {value for value in page.values("href") if value.startswith("#photo-")}
    stored = {value for value in page.values("id") if value.startswith("photo-")}
    assert {value[1:] for value in shown} == stored == {f"photo-{row}" for row in range(5)}


def test_photos_that_are_gone_are_named_instead():
    page = render(answers([0, 0, 1], [1, 0, 1], 3))
    assert "<image" not in page
    assert "a/0.jpg" in plain(page)


def test_names_are_shown_as_they_are_and_do_nothing(tmp_path: Path):
    outcome = answers(
        [0, 1, 2],
        [1, 1, 0],
        3,
        labels=(EVIL, "</script><script>alert(2)</script>", "x" * 300),
        files=(f"a/{EVIL.replace('/', '')}.jpg", "b/1.jpg", "c/2.jpg"),
        unreadable=(EVIL,),
    )
    name = "<svg onload=alert(3)>"
    config = TrainingConfig(task="fungi", data=EVIL, test="t", new_task={"title": "Fungi", "noun": "fungus"})
    card = card_for(outcome, backbone=EVIL, created=EVIL)
    page = render_report(name, outcome, find(outcome), card, config, HISTORY, EVIL)
    reader = read(page)
    assert [tag for tag, _ in reader.tags if tag == "script"] == ["script"]
    assert "img" not in {tag for tag, _ in reader.tags}
    assert not [key for _, attrs in reader.tags for key in attrs if key.startswith("on")]
    assert EVIL in reader.text and "49" not in plain(page).split("Settings")[0]


def test_the_page_asks_for_nothing_and_runs_only_its_own_script(tmp_path: Path):
    outcome = answers([0, 0, 1], [1, 0, 1], 3, test_root=str(tmp_path))
    write_photos(outcome)
    page = render(outcome)
    reader = read(page)
    for attribute in ("src", "href", "action", "srcset"):
        assert all(value.startswith(("#", "data:image/jpeg;base64,")) for value in reader.values(attribute))
    assert "url(" not in page and "@import" not in page
    policy = next(attrs["content"] or "" for tag, attrs in reader.tags if attrs.get("http-equiv"))
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    assert script is not None
    fingerprint = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{fingerprint}'" in policy
    assert "default-src 'none'" in policy


def test_identities_are_unique(tmp_path: Path):
    outcome = answers([0, 0, 1, 2, 2], [1, 0, 1, 0, 2], 3, test_root=str(tmp_path))
    write_photos(outcome)
    identities = read(render(outcome)).values("id")
    assert len(identities) == len(set(identities))


@pytest.mark.parametrize("classes", [2, 16])
def test_few_classes_are_one_table(classes: int):
    truth = list(range(classes)) * 2
    page = render(answers(truth, [(label + 1) % classes for label in truth], classes))
    assert "Every class against every class" in page
    assert 'class="heat"' not in page


def test_many_classes_show_the_confused_first_and_the_whole_as_a_heat_map():
    truth = [label for label in range(120) for _ in range(5)]
    taken_for = list(truth)
    taken_for[5 * 40 : 5 * 40 + 3] = [77] * 3
    taken_for[5 * 90] = 91
    page = render(answers(truth, taken_for, 120))
    table = re.search(r'<table class="matrix">.*?</table>', page, re.DOTALL)
    assert table is not None
    assert re.findall(r'<th scope="row">Class (\w+)</th>', table[0]) == ["c40", "c77", "c90", "c91"]
    heat = re.search(r'<svg class="heat".*?</svg>', page, re.DOTALL)
    assert heat is not None
    assert heat[0].count('class="wrong"') == 2
    assert heat[0].count('class="right"') == 120
    assert "Class c40, taken for Class c77: 3 photos" in heat[0]


def test_many_mistakes_keep_the_page_small(tmp_path: Path):
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 120, 3000).tolist()
    outcome = make_outcome(rng.dirichlet(np.ones(120), 3000), truth, test_root=str(tmp_path))
    noise = Image.fromarray(rng.integers(0, 256, (150, 150, 3), dtype=np.uint8))
    noise.save(tmp_path / "noise.jpg", quality=95)
    for row in range(len(truth)):
        outcome.path_of(row).parent.mkdir(exist_ok=True)
        outcome.path_of(row).hardlink_to(tmp_path / "noise.jpg")
    page = render(outcome)
    assert page.count("<image ") > 100
    assert page.count("<image ") <= 300
    assert len(page) < 8_000_000
    pictures = sum(len(uri) for uri in re.findall(r"data:image/jpeg;base64,[^\"]+", page))
    assert pictures < 5_000_000


def test_curves_need_epochs():
    outcome = answers([0, 1], [0, 1], 2)
    assert "only the new head was trained" in plain(render(outcome, history=[]))
    assert 'aria-label="Accuracy by epoch"' in render(outcome, history=HISTORY[:1])
    assert 'aria-label="Accuracy by epoch"' in render(outcome)
    diverged = [*HISTORY, {"epoch": 3, "accuracy": 0.1, "loss": float("nan"), "val_accuracy": 0.1, "val_loss": 1.0}]
    assert "nan" not in render(outcome, history=diverged)


def test_a_network_without_numbers_still_gets_a_page():
    outcome = make_outcome(np.full((6, 3), np.nan), [0, 1, 2] * 2)
    assert "33.3 % of 6 test photos named right." in plain(render(outcome))


def test_the_badges_of_the_app_are_held_against_the_truth():
    probabilities = np.array([[0.95, 0.05], [0.92, 0.08], [0.7, 0.3], [0.55, 0.45]])
    outcome = make_outcome(probabilities, [0, 1, 0, 0])
    text = re.sub(r"<[^>]+>", " ", render(outcome)).replace("\u00a0", " ")
    text = re.sub(r"\s+", " ", text)
    assert "Sure 90 % to 100 % sure 2 50.0 %" in text
    assert "Likely 60 % to 90 % sure 1 100 %" in text
    assert "Not sure 0 % to 60 % sure 1 100 %" in text


def test_settings_are_told_as_they_are():
    text = plain(render(answers([0, 1], [0, 1], 2), patience=0, class_weights=True, seed=1))
    for line in ("patience0", "class_weightsyes", "seed1", "boxesnone", "formatsfloat32, int8"):
        assert line in text.replace("\n", "")
    assert "python -m vision train" in text


def test_findings_may_come_from_a_file(tmp_path: Path):
    """What was found may be older than the answers: the page is drawn from both."""
    outcome = answers([0, 1], [0, 1], 2)
    findings = dataclasses.replace(find(outcome), mistake_count=0)
    config = TrainingConfig(task="traffic_signs", data="data")
    assert "All 2" in render_report("run", outcome, findings, card_for(outcome), config, [], "")
