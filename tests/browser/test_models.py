"""The models page: a bundle is taken home, and photos of one's own are measured while the page is left."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ANSWER_MS, BrowserPage, expect_no_sideways_scroll, upload
from tests.conftest import start_app
from tests.exam.exams_for_tests import zip_of_squares
from tests.figures_for_tests import NETWORK, draw_figures, draw_networks
from tests.models_for_tests import LABELS, write_squares_model

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of squares with drawn figures, and networks that it was compared with."""
    home = tmp_path_factory.mktemp("home")
    task_dir = home / "models" / "traffic_signs"
    write_squares_model(task_dir / "squares", measured=draw_figures().to_json())
    (task_dir / "networks.json").write_text(json.dumps(draw_networks([NETWORK]).to_json()))
    return home


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    with start_app(home / "app.log", {"SECOND_LOOK_HOME": str(home)}) as url:
        yield url


def open_models(page: Page, address: str) -> Page:
    page.set_default_timeout(ANSWER_MS)
    page.goto(address)
    expect(page.get_by_role("heading", name="Small enough for a phone")).to_be_visible()
    return page


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_the_recommended_format_is_taken_home(
    browser_page: BrowserPage, url: str, home: Path, viewport: str, tmp_path: Path
):
    page = open_models(browser_page(viewport), f"{url}/models")
    expect(page.get_by_text("Take int8:")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    expect_no_sideways_scroll(page)
    best = page.locator("[class*=st-key-models_format_best_]")
    expect(best.get_by_text("Take this one")).to_be_visible()
    with page.expect_download() as arrival:
        best.get_by_role("button", name="Download").click()
    assert arrival.value.suggested_filename == "traffic_signs-squares-int8.zip"
    arrival.value.save_as(tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
        assert bundle.read("labels.txt").decode().splitlines() == list(LABELS)
        assert "```swift" in bundle.read("README.md").decode()


def test_photos_of_ones_own_are_measured_while_the_page_is_left(browser_page: BrowserPage, url: str, tmp_path: Path):
    archive = tmp_path / "mine.zip"
    archive.write_bytes(zip_of_squares({"red": [0] * 200 + [2], "green": [1] * 200, "cows": [0]}))
    page = open_models(browser_page("desktop"), f"{url}/models")
    page.get_by_role("radio", name="Many photos").click()
    upload(page, archive)
    expect(page.get_by_text("measured with squares as float32")).to_be_visible()
    address = page.url
    assert "exam=" in address
    page.goto("about:blank")
    other = open_models(browser_page("phone"), address)
    expect(other.get_by_role("heading", name="400 of 401 photos named right")).to_be_visible()
    expect(other.get_by_text("Left out")).to_contain_text("cows")
    picture = other.locator(".sl-shot img")
    expect(picture).to_have_count(1)
    assert picture.evaluate("picture => picture.naturalWidth") > 0
    expect_no_sideways_scroll(other)
    other.get_by_role("button", name="Delete this result").click()
    expect(other.get_by_test_id("stFileUploaderDropzone")).to_be_visible()
    open_models(page, address)
    expect(page.get_by_role("heading", name="photos named right")).to_have_count(0)
