"""What a person does on the traffic-sign page, and what they then see."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from vision.tasks import TRAFFIC_SIGN_LABELS

BrowserPage = Callable[..., Page]

ANSWER_MS = 60_000
expect.set_options(timeout=ANSWER_MS)  # a busy machine is no failure


def open_demo(page: Page, app_url: str) -> Page:
    page.set_default_timeout(ANSWER_MS)
    page.goto(app_url)
    page.get_by_role("link", name="Try it").click()
    expect(page.get_by_test_id("stFileUploaderDropzone")).to_be_visible(timeout=ANSWER_MS)
    return page


def real_photo(folder: Path, class_id: int, position: int = 0) -> Path:
    return sorted((folder / f"{class_id:02d}").iterdir())[position]


def upload(page: Page, *files: Path) -> None:
    uploader = page.get_by_test_id("stFileUploaderDropzoneInput")
    expect(uploader).to_have_count(1)  # the used one goes when the page has been drawn
    uploader.set_input_files(list(files))


def expect_answer(page: Page, class_id: int) -> None:
    expect(page.locator(".sl-answer .sl-name")).to_have_text(TRAFFIC_SIGN_LABELS[class_id])


def choose_example(page: Page, name: str) -> None:
    page.get_by_role("radio", name="Examples").click()
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".sl-answer")).to_be_visible(timeout=ANSWER_MS)


def expect_no_sideways_scroll(page: Page) -> None:
    for scroller in ("document.documentElement", "document.querySelector('[data-testid=stMain]')"):
        assert page.evaluate(f"{scroller}.scrollWidth") <= page.evaluate(f"{scroller}.clientWidth")
