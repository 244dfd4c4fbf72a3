"""What a person does on a demo page, and what they then see."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from vision.tasks import TRAFFIC_SIGN_LABELS

BrowserPage = Callable[..., Page]

ANSWER_MS = 60_000
# Two clear photos of the test part, each of one whole dog; file and what the breed is called on the page.
LEFT = ("test/n02109525-Saint_Bernard/n02109525_8096.avif", "Saint Bernard")
RIGHT = ("test/n02111889-Samoyed/n02111889_17192.avif", "Samoyed")
expect.set_options(timeout=ANSWER_MS)  # a busy machine is no failure


def open_demo(page: Page, app_url: str, title: str = "traffic signs") -> Page:
    page.set_default_timeout(ANSWER_MS)
    page.goto(app_url)
    page.get_by_role("link", name=f"Try it: {title}").click()
    expect(page.get_by_test_id("stFileUploaderDropzone")).to_be_visible(timeout=ANSWER_MS)
    return page


def open_run(page: Page, url: str, name: str) -> Page:
    page.set_default_timeout(ANSWER_MS)
    page.goto(f"{url}/training")
    page.get_by_role("radio", name="Runs").click()
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
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


def point_in(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the photo, in fractions of it, lies on the screen."""
    photo = page.locator(".photo")
    expect(photo.locator("img")).to_have_js_property("complete", True)
    photo.scroll_into_view_if_needed()
    area = photo.bounding_box()
    assert area is not None
    return area["x"] + x * area["width"], area["y"] + y * area["height"]


def expect_no_sideways_scroll(page: Page) -> None:
    for scroller in ("document.documentElement", "document.querySelector('[data-testid=stMain]')"):
        assert page.evaluate(f"{scroller}.scrollWidth") <= page.evaluate(f"{scroller}.clientWidth")


def expect_two_cards(page: Page) -> None:
    cards = page.locator(".sl-part")
    expect(cards).to_have_count(2)
    for position, (_, breed) in enumerate((LEFT, RIGHT)):
        expect(cards.nth(position).locator(".sl-name")).to_have_text(breed)
        expect(cards.nth(position).locator(".sl-number")).to_have_text(str(position + 1))
        expect(cards.nth(position).locator(".sl-row")).to_have_count(5)
