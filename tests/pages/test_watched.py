"""Each photo that is looked at is reported once, whatever comes of it."""

import json
import logging
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import answers
from pages.parts.photos import Desk, Photo
from pages.parts.setup import Finder, Setup
from tests.models_for_tests import constant_detector, write_detector, write_squares_model
from tests.pages.dogs_for_tests import FOUND, THREE
from tests.pages.steps import open_page
from vision import pipeline
from vision.classifier import Classifier
from vision.detector import Detector
from vision.errors import ImageError
from vision.operations.log import JsonLines
from vision.operations.metrics import REGISTRY
from vision.predictions import Box
from vision.tasks import TASKS

NAME = "anna-at-52.52N-13.40E.jpg"


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return setup_with(tmp_path, FOUND)


def setup_with(folder: Path, found, crop_first: bool = True) -> Setup:
    classifier = Classifier.load(write_squares_model(folder / "squares", task="dog_breeds"))
    detector = Detector.load(write_detector(folder / "tiny", constant_detector(found)))
    return Setup(TASKS["dog_breeds"], classifier, Finder(detector, 0.3), crop_first, margin=0.1)


@pytest.fixture(autouse=True)
def all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "second_look")


def reported(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "second_look"]
    assert not any("anna" in line for line in lines), "no file's name in the log"
    return [json.loads(line) for line in lines]


def test_an_answer_is_reported_when_it_is_computed_and_not_when_it_is_remembered(
    setup: Setup, caplog: pytest.LogCaptureFixture
):
    desk, photo = Desk(), Photo(NAME, THREE)
    for _ in range(2):
        found = answers.answer(desk, photo, setup)
    (line,) = reported(caplog)
    assert (line["task"], line["model"], line["model_format"]) == ("dog_breeds", "squares", "float32")
    assert (line["outcome"], line["looked_at"], line["objects"], line["crop_first"]) == (
        "answered",
        "detected",
        3,
        True,
    )
    assert line["ms"] == pytest.approx(found.total_ms, abs=0.1)
    assert sum(int(str(line[kind])) for kind in ("sure", "likely", "unsure")) == 3


def test_a_photo_without_a_dog_and_the_guess_that_follows_are_two(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    desk, photo = Desk(), Photo(NAME, THREE)
    setup = setup_with(tmp_path, ((20, 50, 80, 110, 0.1),))
    answers.answer(desk, photo, setup)
    desk.guesses.add(photo.digest)
    answers.answer(desk, photo, setup)
    assert [(line["outcome"], line["objects"]) for line in reported(caplog)] == [("nothing_found", 0), ("answered", 1)]


def test_a_photo_that_cannot_be_read_is_reported_once_however_often_the_page_is_drawn(
    setup: Setup, caplog: pytest.LogCaptureFixture
):
    desk = Desk()
    for data in (THREE[:900], THREE[:900], b"no photo"):
        with pytest.raises(ImageError):
            answers.answer(desk, Photo(NAME, data), setup)
    assert [(line["outcome"], line["problem"]) for line in reported(caplog)] == [("refused", "ImageError")] * 2


def test_a_box_that_is_too_small_is_refused(setup: Setup, caplog: pytest.LogCaptureFixture):
    desk, photo = Desk(), Photo(NAME, THREE)
    desk.boxes[photo.digest] = Box(0.5, 0.5, 0.501, 0.501)
    with pytest.raises(ImageError):
        answers.answer(desk, photo, setup)
    assert reported(caplog)[0]["outcome"] == "refused"


def test_our_own_faults_are_reported_and_not_hidden(
    setup: Setup, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise ZeroDivisionError(NAME)

    monkeypatch.setattr(pipeline, "classify", fail)
    with pytest.raises(ZeroDivisionError):
        answers.answer(Desk(), Photo(NAME, THREE), setup)
    (line,) = reported(caplog)
    assert (line["outcome"], line["problem"]) == ("failed", "ZeroDivisionError")


def test_a_page_that_fails_is_counted():
    open_page("pages/home.py")  # app.py names Streamlit's logger, whose name may change
    before = REGISTRY.get_sample_value("second_look_page_errors_total")
    assert before is not None
    assert AppTest.from_string("1 / 0").run().exception
    assert REGISTRY.get_sample_value("second_look_page_errors_total") == before + 1
