"""Runs on the training page in a real browser: curves that grow, a square that opens its photos, on a phone too."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.steps import BrowserPage, expect_no_sideways_scroll, open_run
from tests.conftest import start_app
from tests.pages.training.runs_for_tests import write_finished_run, write_run
from vision.jobs import STOPPED, write_json
from vision.training.run_folder import RunFolder, RunStatus

pytestmark = pytest.mark.browser

STEPS = 400


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SECOND_LOOK_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def url(home: Path) -> Iterator[str]:
    with start_app(home / "app.log") as url:
        yield url


def train(run: RunFolder) -> None:
    """What a training process writes, step after step, until it is asked to stop."""
    points = []
    with run.held():
        for step in range(1, STEPS):
            if run.is_asked_to_stop():
                break
            points.append({"epoch": step / 100, "loss": 2 / step, "accuracy": 1 - 1 / step})
            write_json(run.progress_path, {"history": [], "points": points})
            run.write_status(
                RunStatus(
                    "training", "", step / STEPS, 60.0, done=step % 100, total=100, epoch=1 + step // 100, epochs=4
                )
            )
            time.sleep(0.2)
        run.write_status(RunStatus(STOPPED, "stopped", len(points) / STEPS, epoch=1, epochs=4))


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_run_is_watched_and_stopped(viewport: str, home: Path, url: str, browser_page: BrowserPage):
    run = write_run(home, "run", RunStatus("preparing"))
    process = threading.Thread(target=train, args=(run,), daemon=True)
    process.start()
    page = open_run(browser_page(viewport), url, "run")
    expect(page.get_by_text("It looks at all photos for the")).to_be_visible()
    chart = page.get_by_test_id("stVegaLiteChart").first
    line = chart.locator("path[aria-roledescription='line mark']").first
    before = line.get_attribute("d")
    chart.locator("svg").evaluate("chart => chart.sameChart = true")
    expect(line).not_to_have_attribute("d", before or "")
    assert chart.locator("svg").evaluate("chart => chart.sameChart"), "it grows and is not drawn anew, which flickers"
    expect_no_sideways_scroll(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Nothing is lost")).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    process.join(timeout=10)
    assert not process.is_alive()


def test_a_square_opens_its_photos(home: Path, url: str, browser_page: BrowserPage):
    write_finished_run(home, "run")
    page = open_run(browser_page("desktop"), url, "run")
    squares = page.get_by_test_id("stVegaLiteChart").first.locator("path[aria-roledescription='rect mark']")
    squares.and_(page.locator("[aria-label*='named wrong']")).click()
    expect(page.get_by_text("07/moved.png").first).to_be_visible()
    expect(page.get_by_role("combobox", name="Tap a square")).to_have_value("Green, taken for Red (1 photo)")


def test_on_a_phone_a_result_fits_and_the_model_is_published(home: Path, url: str, browser_page: BrowserPage):
    write_finished_run(home, "run")
    page = open_run(browser_page("phone"), url, "run")
    expect(page.get_by_role("heading", name="How it learnt")).to_be_visible()
    expect_no_sideways_scroll(page)
    page.get_by_role("radio", name="Publish").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("link", name="Open the page").click()
    expect(page.get_by_role("heading", name="Which square is this?")).to_be_visible()
