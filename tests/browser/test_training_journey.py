"""From a press on "Sample" to a model that answers on its page, through all that can come between: a stop, two tabs, a
killed process, and a server that is started anew in the middle."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ANSWER_MS, BrowserPage, expect_no_sideways_scroll, open_run, upload
from tests.conftest import start_app
from vision.datasets.sample import SAMPLE_CLASSES
from vision.tasks import TRAFFIC_SIGN_LABELS

pytestmark = pytest.mark.browser

RUN = "sample-1"
RUN_MS = 900_000  # two minutes on two cores that have nothing else to do
LEAST_RIGHT = 7  # of the eleven kinds of signs; a guess gets one


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Starts the app, and ends the one before; both keep what they have in the same folder of the test's own."""
    monkeypatch.setenv("SECOND_LOOK_HOME", str(tmp_path))
    with ExitStack() as stack:

        def start() -> str:
            stack.close()
            return stack.enter_context(start_app(tmp_path / "app.log"))

        yield start
    for process in processes(tmp_path):
        process.kill()


def processes(home: Path) -> list[psutil.Process]:
    """The worker and what it has started."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(home / "runs") in (process.info["cmdline"] or []) and "work" in process.info["cmdline"]
    ]


def trainer(home: Path) -> psutil.Process:
    """The process that trains, which the worker has started."""
    (process,) = [process for process in processes(home) if process.cmdline()[-1] == RUN]
    return process


def expect_growing_curve(page: Page) -> None:
    line = page.get_by_test_id("stVegaLiteChart").first.locator("path[aria-roledescription='line mark']").first
    expect(line).to_be_attached(timeout=RUN_MS)
    before = line.get_attribute("d")
    expect(line).not_to_have_attribute("d", before or "", timeout=RUN_MS)


def test_a_sample_becomes_a_model_whatever_comes_between(
    serve: Callable[[], str], browser_page: BrowserPage, tmp_path: Path
):
    url = serve()
    page = browser_page("phone")
    page.set_default_timeout(ANSWER_MS)
    page.goto(f"{url}/training")
    page.get_by_role("radio", name="Sample").click()
    start = page.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_enabled(timeout=RUN_MS)
    start.click()
    expect_growing_curve(page)
    expect_no_sideways_scroll(page)

    page.get_by_role("button", name="Stop").click()
    resume = page.get_by_role("button", name="Resume")
    expect(resume).to_be_visible()

    other = open_run(browser_page("desktop"), url, RUN)
    also_resume = other.get_by_role("button", name="Resume")
    expect(also_resume).to_be_visible()
    resume.click()
    also_resume.click(timeout=ANSWER_MS) if also_resume.is_visible() else None
    for tab in (page, other):
        expect(tab.get_by_role("button", name="Stop")).to_be_visible()
        expect(tab.get_by_test_id("stException")).to_have_count(0)
    expect_growing_curve(other)

    url = serve()
    page = open_run(browser_page("desktop"), url, RUN)
    expect_growing_curve(page)
    trainer(tmp_path).kill()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    expect(page.get_by_text("killed").first).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("radio", name="Publish")).to_be_visible(timeout=RUN_MS)
    expect(page.get_by_text("test photos").first).to_be_visible()

    page.get_by_role("radio", name="Publish").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("link", name="Open the page").click()
    photos = sign_photos(tmp_path)
    upload(page, *photos)
    cards = page.locator(".sl-card")
    expect(cards).to_have_count(len(photos))
    names = [card.locator(".sl-name").inner_text() for card in cards.all()]
    expected = [TRAFFIC_SIGN_LABELS[int(photo.stem)] for photo in photos]
    assert sum(map(str.__eq__, names, expected)) >= LEAST_RIGHT, list(zip(expected, names, strict=True))


def sign_photos(home: Path) -> list[Path]:
    """A test photo of each kind of sign, which training has not seen, called by its class."""
    folder = home / "shown"
    folder.mkdir()
    for number in SAMPLE_CLASSES:
        photo = min((home / "data" / "sample" / "test" / f"{number:02d}").iterdir())
        shutil.copyfile(photo, folder / f"{number}.jpg")
    return sorted(folder.iterdir(), key=lambda path: int(path.stem))
