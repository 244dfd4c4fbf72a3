"""Log lines are JSON, one a line, wherever the operator sends them."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from vision.operations import log
from vision.operations.log import LOG, JsonLines


@contextmanager
def untouched() -> Iterator[None]:
    """The loggers as they are before the app has started, and as they were afterwards."""
    root = logging.getLogger()
    before = LOG.handlers[:], LOG.level, root.handlers[:]
    LOG.handlers, root.handlers = [], []
    LOG.setLevel(logging.NOTSET)
    try:
        yield
    finally:
        LOG.handlers, root.handlers = before[0], before[2]
        LOG.setLevel(before[1])


def test_a_line_is_json_with_its_fields(capsys: pytest.CaptureFixture[str]):
    with untouched():
        log.set_up()
        log.set_up()
        log.write("prediction", task="traffic_signs", ms=3.5, label="no\nnew line")
    (line,) = capsys.readouterr().err.splitlines()
    content = json.loads(line)
    assert content.pop("time").endswith("+00:00")
    assert content == {
        "level": "info",
        "logger": "second_look",
        "event": "prediction",
        "task": "traffic_signs",
        "ms": 3.5,
        "label": "no\nnew line",
    }


def test_an_operator_who_has_set_up_logging_keeps_it(capsys: pytest.CaptureFixture[str]):
    with untouched():
        logging.getLogger().addHandler(logging.NullHandler())
        LOG.setLevel(logging.WARNING)
        log.set_up()
        assert not LOG.handlers and LOG.level == logging.WARNING
        log.write("prediction")
    assert capsys.readouterr().err == ""


def test_what_failed_is_told_in_the_same_line():
    try:
        raise ValueError("broken")
    except ValueError as error:
        record = LOG.makeRecord("second_look", logging.ERROR, "", 0, "sorry", (), (type(error), error, None))
    line = JsonLines().format(record)
    assert "\n" not in line
    content = json.loads(line)
    assert (content["level"], content["event"]) == ("error", "sorry")
    assert content["traceback"].endswith("ValueError: broken")
