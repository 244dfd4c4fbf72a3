"""The dog-breeds page in a real browser, with the models that are shipped."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    LEFT,
    RIGHT,
    BrowserPage,
    expect_no_sideways_scroll,
    expect_two_cards,
    open_demo,
    point_in,
    upload,
)
from vision import images, share_picture

pytestmark = [pytest.mark.browser, pytest.mark.shared_data]


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_two_dogs_get_two_cards_and_with_the_switch_off_one_answer(
    viewport: str, app_url: str, browser_page: BrowserPage, two_dogs: Path
):
    page = open_demo(browser_page(viewport), app_url, "dog breeds")
    upload(page, two_dogs)
    expect_two_cards(page)
    expect_no_sideways_scroll(page)
    frames = page.locator(".found > div")
    expect(frames).to_have_count(2)
    expect(frames.locator("span")).to_have_text(["1", "2"])
    areas = [area for frame in frames.all() if (area := frame.bounding_box())]
    middle, _ = point_in(page, 0.5, 0.5)
    assert areas[0]["x"] + areas[0]["width"] / 2 < middle < areas[1]["x"] + areas[1]["width"] / 2
    page.get_by_text("Crop to the dog first").click()
    expect(page.locator(".sl-answer")).to_have_count(1)
    expect(page.locator(".sl-part")).to_have_count(0)
    expect(frames).to_have_count(0)


def test_a_dog_framed_with_the_mouse_is_named_instead(app_url: str, browser_page: BrowserPage, two_dogs: Path):
    page = open_demo(browser_page("desktop"), app_url, "dog breeds")
    upload(page, two_dogs)
    expect_two_cards(page)
    page.mouse.move(*point_in(page, 0.52, 0.05))
    page.mouse.down()
    page.mouse.move(*point_in(page, 0.98, 0.95), steps=5)
    expect(page.locator(".found")).to_be_hidden()
    page.mouse.up()
    expect(page.locator(".sl-looked")).to_contain_text("your box")
    expect(page.locator(".sl-answer .sl-name")).to_have_text(RIGHT[1])
    page.get_by_role("button", name="Look for dogs again").click()
    expect_two_cards(page)


def test_whole_photo_and_dogs_are_compared_and_the_photo_is_taken_home(
    app_url: str, browser_page: BrowserPage, two_dogs: Path
):
    page = open_demo(browser_page("phone"), app_url, "dog breeds")
    upload(page, two_dogs)
    expect_two_cards(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a picture").click()
    saved = images.decode(download.value.path().read_bytes())
    assert saved.shape[1] == share_picture.MOST_WIDTH
    page.get_by_text("Compare with the whole photo").click()
    columns = page.locator("[class*=st-key-dog_breeds_compared_]")
    expect(columns).to_have_count(2)
    expect(columns.first.locator(".sl-part")).to_have_count(1)
    expect(columns.last.locator(".sl-name")).to_have_text([LEFT[1], RIGHT[1]])
    first, last = columns.first.bounding_box(), columns.last.bounding_box()
    assert first and last and last["y"] >= first["y"] + first["height"], "one under the other"
    expect_no_sideways_scroll(page)
