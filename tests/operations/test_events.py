"""What happened to a photo is logged in one line and counted."""

import json
import logging

import pytest

from vision.operations.events import (
    Outcome,
    PageErrors,
    PredictionEvent,
    report_feedback,
    report_feedback_error,
    report_prediction,
)
from vision.operations.log import JsonLines
from vision.operations.metrics import REGISTRY, watch_line


def event(**changes) -> PredictionEvent:
    values = {"task": "t", "model": "m", "model_format": "int8", "crop_first": True, "outcome": Outcome.ANSWERED}
    return PredictionEvent(**(values | changes))


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_an_answer_is_one_line_and_is_counted_with_its_time(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    file = {"task": "t", "model": "answered", "format": "int8"}
    report_prediction(event(model="answered", looked_at="detected", ms=38.25, waited_ms=1200, sure=2, unsure=1))
    (line,) = lines(caplog)
    assert line["event"] == "prediction"
    assert (line["task"], line["model"], line["model_format"], line["crop_first"]) == ("t", "answered", "int8", True)
    assert (line["outcome"], line["looked_at"], line["objects"]) == ("answered", "detected", 3)
    assert (line["ms"], line["waited_ms"]) == (38.2, 1200)
    assert value("second_look_predictions_total", **file, outcome="answered") == 1
    assert value("second_look_answers_total", **file, sureness="sure") == 2
    assert value("second_look_answers_total", **file, sureness="likely") == 0
    assert value("second_look_prediction_seconds_sum", **file, crop_first="yes") == pytest.approx(0.03825)
    assert value("second_look_prediction_seconds_bucket", **file, crop_first="yes", le="0.05") == 1
    assert value("second_look_prediction_seconds_bucket", **file, crop_first="yes", le="0.025") == 0


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.BUSY, Outcome.FAILED])
def test_what_was_not_answered_is_counted_and_spoils_no_latency(outcome: Outcome, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    file = {"task": "t", "model": outcome.value, "format": "int8"}
    report_prediction(event(model=outcome.value, outcome=outcome, ms=9000, problem="ImageError"))
    assert value("second_look_predictions_total", **file, outcome=outcome.value) == 1
    assert value("second_look_prediction_seconds_count", **file, crop_first="yes") == 0
    assert (lines(caplog)[0]["outcome"], lines(caplog)[0]["problem"]) == (outcome.value, "ImageError")


def test_feedback_is_counted(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    report_feedback("t", "judged", "int8", is_right=False)
    assert value("second_look_feedback_total", task="t", model="judged", format="int8", said="wrong") == 1
    before = value("second_look_feedback_errors_total")
    report_feedback_error(OSError("disk full"))
    assert value("second_look_feedback_errors_total") == before + 1
    assert [line["event"] for line in lines(caplog)] == ["feedback", "disk full"]


def test_the_line_is_asked_at_each_scrape():
    waiting = ["a", "b", "c"]
    watch_line(lambda: len(waiting), lambda: 2)
    assert value("second_look_photos_waiting") == 3
    waiting.pop()
    assert value("second_look_photos_waiting") == 2
    assert value("second_look_photos_at_work") == 2
    watch_line(lambda: 0, lambda: 0)


def test_memory_and_disk_are_there():
    assert value("second_look_free_disk_bytes") > 0
    assert value("process_resident_memory_bytes") > 0


def test_pages_that_fail_are_counted_and_told_by_the_kind_of_error(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "second_look")
    pages = logging.Logger("streamlit.error_util")
    pages.addHandler(PageErrors(logging.ERROR))
    before = value("second_look_page_errors_total")
    pages.warning("no error")
    try:
        raise KeyError("anna")
    except KeyError as error:
        pages.error("Uncaught app execution", exc_info=error)
    assert value("second_look_page_errors_total") == before + 1
    (line,) = lines(caplog)
    assert (line["event"], line["problem"]) == ("page_failed", "KeyError")
    assert "anna" not in str(line)
