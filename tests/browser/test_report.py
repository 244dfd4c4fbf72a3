"""The report of a run as a file in a browser: without a server, without a network."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.results.conftest import HISTORY
from tests.results.outcomes_for_tests import make_outcome, write_photos
from tests.results.test_page import card_for
from vision.results.findings import find
from vision.results.page import render_report
from vision.training.config import TrainingConfig

pytestmark = pytest.mark.browser
CLASSES = 20


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three photos of each of 20 classes; two of class c are taken for class f."""
    folder = tmp_path_factory.mktemp("report")
    truth = [label for label in range(CLASSES) for _ in range(3)]
    probabilities = np.full((len(truth), CLASSES), 0.1 / (CLASSES - 1))
    probabilities[np.arange(len(truth)), truth] = 0.9
    for row in (6, 7):
        probabilities[row, 2], probabilities[row, 5] = probabilities[row, 5], 0.9
    outcome = make_outcome(probabilities, truth, test_root=str(folder / "test"))
    write_photos(outcome)
    config = TrainingConfig(task="traffic_signs", data="data", test="test")
    page = render_report("my-run", outcome, find(outcome), card_for(outcome), config, HISTORY, "python -m vision")
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_pressing_a_cell_shows_its_photos(report: Path, browser_page: Callable[..., Page], viewport: str):
    page = browser_page(viewport)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(report.as_uri())
    expect(page.get_by_role("heading", level=1)).to_contain_text("named right")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    behind = page.locator("#cell-2-5")
    for opener in (".confusions button", ".matrix button.wrong", ".heat .wrong"):
        expect(behind).to_be_hidden()
        page.locator(opener).click()
        expect(behind).to_be_visible()
        expect(behind.locator("figure:not(.aside) .photo")).to_have_count(2)
        assert behind.locator(".photo use").first.evaluate("use => use.getBoundingClientRect().width") > 20
        behind.get_by_role("button", name="Close").click()
    expect(behind).to_be_hidden()
    assert complaints == []
