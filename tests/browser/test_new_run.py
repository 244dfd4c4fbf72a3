"""A new run up to the button that starts it, in a real browser: photos come in, are checked by a process of their own,
and each setting can be reached, on a phone too."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ANSWER_MS, BrowserPage, expect_no_sideways_scroll, upload
from tests.conftest import start_app
from tests.pages.training.new_run_for_tests import draw_photo, write_classes
from vision.training.backbones import BACKBONES

pytestmark = pytest.mark.browser

ANIMALS = {"cats": 24, "dogs": 22, "sheep": 21}
CHECK_MS = 120_000


@pytest.fixture
def home_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The address of an app that keeps all that it has in a folder of the test's own."""
    monkeypatch.setenv("SECOND_LOOK_HOME", str(tmp_path / "home"))
    with start_app(tmp_path / "app.log") as url:
        yield url


def open_training(page: Page, url: str) -> Page:
    page.set_default_timeout(ANSWER_MS)
    page.goto(f"{url}/training")
    expect(page.get_by_role("heading", name="Train your own")).to_be_visible(timeout=ANSWER_MS)
    return page


def start_button(page: Page):
    return page.get_by_role("button", name="Start", exact=True)


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_zip_is_unpacked_checked_and_shown(browser_page: BrowserPage, home_url: str, tmp_path: Path, viewport: str):
    photos = write_classes(tmp_path / "photos", ANIMALS)
    (photos / "dogs/twin.jpg").write_bytes((photos / "cats/1.jpg").read_bytes())
    with zipfile.ZipFile(tmp_path / "Pets.zip", "w") as archive:
        for path in photos.rglob("*.jpg"):
            archive.write(path, f"Pets/{path.relative_to(photos)}")
    page = open_training(browser_page(viewport), home_url)
    page.get_by_role("radio", name="Upload").click()
    upload(page, tmp_path / "Pets.zip")
    expect(page.get_by_text("68 photos in 3 classes.")).to_be_visible()
    expect(page.locator(".sl-columns > div")).to_have_count(3)
    expect(page.locator(".sl-class")).to_have_count(3)
    expect(page.locator(".sl-class img")).to_have_count(18)
    expect(page.get_by_text("is in two classes at once")).to_be_visible(timeout=CHECK_MS)
    expect(start_button(page)).to_be_enabled()
    page.get_by_text("Show these photos").click()
    expect(page.locator(".sl-twins img")).to_have_count(2)
    expect_no_sideways_scroll(page)


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_every_setting_can_be_reached(browser_page: BrowserPage, home_url: str, tmp_path: Path, viewport: str):
    write_classes(tmp_path / "home/data/animals", ANIMALS)
    page = open_training(browser_page(viewport), home_url)
    page.get_by_role("radio", name="This server").click()
    expect(start_button(page)).to_be_enabled(timeout=CHECK_MS)
    page.get_by_text("Network", exact=True).click()
    page.get_by_text("Another", exact=True).click()
    expect(page.get_by_text(BACKBONES["mobilenet_v2"].description)).to_be_visible()
    page.get_by_text("Changes to the photos").click()
    pictures = page.locator(".sl-changed img")
    expect(pictures).to_have_count(8)
    before = pictures.first.get_attribute("src")
    page.get_by_role("button", name="Change them again").click()
    expect(pictures.first).not_to_have_attribute("src", before or "")
    page.get_by_text("What to hold back, and when to stop").click()
    expect(page.get_by_text("Stop when it gets no better")).to_be_visible()
    page.get_by_text("Advanced", exact=True).click()
    page.get_by_role("spinbutton", name="Seed").fill("7")
    page.get_by_role("spinbutton", name="Seed").press("Enter")
    page.get_by_text("The same as a command line").click()
    expect(page.get_by_text("--seed 7 --name animals-1")).to_be_visible()
    page.get_by_text("Several runs at once").click()
    expect(page.get_by_role("button", name="Start 6 runs")).to_be_enabled()
    expect_no_sideways_scroll(page)


def test_a_long_check_can_be_cancelled(browser_page: BrowserPage, home_url: str, tmp_path: Path):
    root = write_classes(tmp_path / "home/data/many", {"a": 1, "b": 1})
    draw_photo(tmp_path / "photo.jpg", 1)
    photo = (tmp_path / "photo.jpg").read_bytes()
    for number in range(15_000):
        (root / "ab"[number % 2] / f"copy {number}.jpg").write_bytes(photo + number.to_bytes(4, "big"))
    page = open_training(browser_page("desktop"), home_url)
    page.get_by_role("radio", name="This server").click()
    expect(page.get_by_text("15,002 photos in 2 classes.")).to_be_visible()
    expect(start_button(page)).to_be_disabled()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The check was cancelled")).to_be_visible()
    expect(start_button(page)).to_be_enabled()
