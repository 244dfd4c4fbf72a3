"""Pages on which everything has a harmful name, in a real browser on a phone: nothing of it is more than a name."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pages.parts.gallery import EXAMPLES_DIR
from tests.browser.steps import ANSWER_MS, BrowserPage, expect_no_sideways_scroll, upload
from tests.conftest import start_app
from tests.hostile.home import DATASET, MARKED, RUNS, TASK, folder_name, write_home
from tests.hostile.names import HTML, LONG, MARKDOWN, RTL
from vision.datasets.dataset_places import list_datasets
from vision.names import tidy

pytestmark = pytest.mark.browser

# What a name would have to become to do harm: none of it is on a page of ours.
INJECTED = ", ".join(
    (
        "a[href*='harm']",
        "a[href^='mailto:']",
        "img[src*='harm']",
        "img[src='x']",
        "svg[onload]",
        "[onerror]",
        "[onmouseover]",
        ".katex",
        "[data-testid=stMain] img[src*='streamlit']",
        "[data-testid=stMarkdownContainer] [aria-label='home icon']",
    )
)
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"  # two are drawn
UPLOADS = [
    "**x** $y$ :material_home:.jpg",
    "=1+1.jpg",
    f"{RTL} 3.jpg",
    "<b>b<img src=x onerror=alert(1)>.jpg",
    f"{LONG[:180]}.jpg",
]


@dataclass
class Watched:
    """A page, and what it has asked for from elsewhere or complained about."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str, heading: str) -> None:
        self.page.goto(f"{self.url}/{path}")
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")

    def open_list(self, name: str) -> None:
        """Opens a list of choices; it would close if the page scrolled then, as it does to what has the focus."""
        chooser = self.page.get_by_role("combobox", name=name)
        chooser.focus()
        self.page.evaluate(FRAMES)
        chooser.press("ArrowDown")

    def check(self) -> None:
        """Waits until the page is drawn, and fails where a name has become more than a name, or is too wide."""
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        expect(self.page.get_by_test_id("stException")).to_have_count(0)
        expect(self.page.locator(INJECTED)).to_have_count(0)
        assert self.page.evaluate("window.harmed") is None
        assert self.faults == []
        expect_no_sideways_scroll(self.page)

    def says(self, name: str) -> None:
        """Fails where the page does not show the name sign by sign; signs that print nothing do not count."""
        said = re.sub("[\u2060\u2068\u2069]", "", self.page.locator("[data-testid=stMain]").inner_text())
        assert tidy(name) in " ".join(said.split())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_home(tmp_path_factory.mktemp("names"))


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    with start_app(home / "app.log", {"SECOND_LOOK_HOME": str(home)}) as url:
        yield url
    assert "Traceback" not in (home / "app.log").read_text(errors="replace")


@pytest.fixture
def watched(url: str, browser_page: BrowserPage) -> Watched:
    page = browser_page("phone")
    page.set_default_timeout(ANSWER_MS)
    watched = Watched(page, url)
    page.on("pageerror", lambda error: watched.faults.append(str(error)))
    page.on("dialog", lambda dialog: (watched.faults.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: watched.faults.append(request.url) if "harm.example" in request.url else None)
    return watched


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Photos with odd names."""
    example = next((EXAMPLES_DIR / "traffic_signs").glob("drawing-stop.jpg"))
    for name in UPLOADS:
        shutil.copy(example, tmp_path / folder_name(name))
    return [tmp_path / folder_name(name) for name in UPLOADS]


def test_on_the_demo_page(watched: Watched, photos: list[Path]):
    page = watched.page
    watched.open("", "Second Look")
    watched.check()
    watched.open(TASK, "Which thing is this?")
    upload(page, photos[0])
    expect(page.locator(".sl-answer")).to_be_visible()
    watched.check()
    page.get_by_text("Advanced").click()
    page.get_by_text("Details for engineers").click()
    watched.check()
    page.get_by_role("button", name="Wrong, it is").click()
    watched.open_list("It is")
    expect(page.get_by_role("option").first).to_be_visible()
    watched.check()
    page.keyboard.press("Escape")
    upload(page, *photos)
    expect(page.locator(".sl-card")).to_have_count(len(photos))
    for photo in photos[:4]:
        watched.says(photo.name)
    watched.open_list("Look closer")
    expect(page.get_by_role("option")).to_have_count(len(photos))
    watched.check()


def test_on_the_models_page(watched: Watched):
    page = watched.page
    watched.open("models", "Small enough for a phone")
    page.get_by_role("radio", name="Odd names").click()
    expect(page.get_by_text("Take")).not_to_have_count(0)
    watched.check()
    page.get_by_role("radio", name="Many photos").click()
    page.get_by_text("All 43 names that it knows").click()
    watched.says(MARKDOWN[1].replace("/", "\u2215"))
    watched.check()
    page.get_by_role("radio", name="This server").click()
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_role("heading", name="Its mistakes")).to_be_visible()
    page.get_by_text("Each class, the worst first").click()
    watched.says(HTML[0])
    watched.check()


def test_where_a_data_set_is_chosen_and_checked(watched: Watched, home: Path):
    page = watched.page
    assert [place.name for place in list_datasets(home / "data")] == [DATASET]
    watched.open("training", "Train your own")
    page.get_by_role("radio", name="This server").click()
    page.get_by_text("Show these photos").click()
    expect(page.get_by_text("cannot be read").last).to_be_visible()
    watched.check()
    page.get_by_text("Show all 43 classes").click()
    expect(page.locator(".sl-class")).to_have_count(43)
    watched.says(HTML[0])
    watched.says(MARKDOWN[1].replace("/", "\u2215"))
    watched.check()


@pytest.mark.parametrize("name", RUNS)
def test_on_the_page_of_a_run(name: str, watched: Watched):
    page = watched.page
    watched.open("training", "Train your own")
    page.get_by_role("radio", name="Runs").click()
    expect(page.get_by_role("button").filter(has_text="run")).not_to_have_count(0)
    watched.check()
    page.locator("[class*=st-key-training_runs] button").nth(_place(page, name)).click()
    expect(page.get_by_role("button", name="All runs")).to_be_visible()
    expect(page.locator("h3").first).to_be_visible()
    watched.says(name)
    watched.check()
    for part in page.get_by_role("radio").all()[3:]:
        part.click()
        watched.check()


def _place(page: Page, name: str) -> int:
    """Which of the buttons in the list is that run's."""
    texts = page.locator("[class*=st-key-training_runs] button").all_inner_texts()
    (place,) = [
        at for at, text in enumerate(texts) if tidy(name) in " ".join(re.sub("[\u2060\u2068\u2069]", "", text).split())
    ]
    return place


def test_where_runs_are_compared(watched: Watched):
    watched.open("training", "Train your own")
    watched.page.get_by_role("radio", name="Compare").click()
    expect(watched.page.locator(".sl-wide-table")).to_be_visible()
    watched.check()
    watched.says(RUNS[2])  # the newest three are chosen at first


def test_on_the_operators_page(watched: Watched):
    watched.open("feedback", "What people say")
    expect(watched.page.locator(".sl-given")).not_to_have_count(0)
    watched.says(MARKED)
    watched.check()


def test_in_the_report(watched: Watched, home: Path):
    for name in RUNS[:2]:
        watched.page.goto((home / "runs" / name / "report.html").as_uri())
        expect(watched.page.get_by_role("heading", level=1)).to_be_visible()
        assert watched.page.locator(INJECTED).count() == 0
        assert watched.page.evaluate("window.harmed") is None and watched.faults == []
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert "\u202e" not in watched.page.content()
