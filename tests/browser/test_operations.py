"""What whoever runs the app sees of a visit: a line in the log, and counts."""

import json
import socket
import urllib.request
from pathlib import Path

import pytest

from pages.parts.gallery import EXAMPLES_DIR
from tests.browser.steps import BrowserPage, expect_answer, open_demo, upload
from tests.conftest import start_app
from vision.feedback.place import VARIABLE
from vision.operations import endpoint

pytestmark = pytest.mark.browser

STOP = 14


def test_a_prediction_is_a_line_in_the_log_and_a_count(browser_page: BrowserPage, tmp_path: Path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    photo = tmp_path / "anna.jpg"
    photo.write_bytes((EXAMPLES_DIR / "traffic_signs" / "drawing-stop.jpg").read_bytes())
    log = tmp_path / "app.log"
    with start_app(log, {endpoint.PORT: str(port), VARIABLE: f"sqlite:///{tmp_path / 'feedback.db'}"}) as url:
        page = open_demo(browser_page("desktop"), url)
        upload(page, photo)
        expect_answer(page, STOP)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            counts = [line for line in answer.read().decode().splitlines() if "outcome=" in line and "_total" in line]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
            assert json.load(answer)["can_answer"]
    (count,) = counts
    assert 'task="traffic_signs"' in count and 'outcome="answered"' in count and count.endswith(" 1.0")
    text = log.read_text()
    assert "anna" not in text and "127.0.0.1 - -" not in text
    (line,) = [json.loads(each) for each in text.splitlines() if '"event": "prediction"' in each]
    assert (line["task"], line["outcome"], line["objects"]) == ("traffic_signs", "answered", 1)
    assert line["ms"] > 0
