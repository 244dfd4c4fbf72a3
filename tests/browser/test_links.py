"""Links that lead straight to a page, and to a view of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ANSWER_MS, BrowserPage, expect_no_sideways_scroll
from tests.conftest import start_app

pytestmark = pytest.mark.browser


def test_a_link_to_a_page_may_be_the_first_visit_after_the_start(browser_page, tmp_path):
    with start_app(tmp_path / "app.log") as url:
        page = browser_page("desktop")
        page.goto(f"{url}/traffic_signs")
        expect(page.get_by_role("heading", name="Which sign is this?")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("link", name="Second Look")).to_be_visible()
        expect(page.get_by_role("link", name="Traffic signs")).to_be_visible()
        expect(page.get_by_text("Page not found")).to_have_count(0)
        page.reload()
        expect(page.get_by_role("heading", name="Which sign is this?")).to_be_visible(timeout=60_000)
        page.get_by_role("link", name="Second Look").click()
        expect(page.get_by_role("heading", name="Second Look", exact=True)).to_be_visible(timeout=60_000)


def open_dogs(page: Page, address: str) -> Page:
    page.set_default_timeout(ANSWER_MS)
    page.goto(address)
    expect(page.get_by_role("button", name="Copy link to this view")).to_be_visible()
    return page


def crop_switch(page: Page):
    return page.get_by_role("switch", name="Crop to the dog first")


@pytest.mark.parametrize("has_clipboard", [True, False], ids=["https", "without https"])
@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_copied_link_opens_the_same_view(viewport: str, has_clipboard: bool, app_url: str, browser_page: BrowserPage):
    page = browser_page(viewport)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if not has_clipboard:
        page.add_init_script(
            "const clipboard = navigator.clipboard; window.pasted = () => clipboard.readText();"
            "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
        )
    open_dogs(page, f"{app_url}/dog_breeds")
    page.get_by_text("Crop to the dog first").click()
    expect(page).to_have_url(f"{app_url}/dog_breeds?crop=off")
    page.get_by_text("Advanced").click()
    page.get_by_role("radiogroup", name="Format").get_by_text(re.compile("^int8,")).click()
    expect(page).to_have_url(re.compile("format="))
    page.get_by_role("button", name="Copy link to this view").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    expect(page.get_by_text("Your photo is never part of it")).to_be_visible()
    expect_no_sideways_scroll(page)
    copied = page.evaluate("() => (window.pasted ? window.pasted() : navigator.clipboard.readText())")
    assert copied == page.url
    other = open_dogs(browser_page("desktop"), copied)
    expect(crop_switch(other)).not_to_be_checked()
    other.get_by_text("Advanced").click()
    expect(other.get_by_role("radio", name=re.compile("^int8,"))).to_be_checked()
    assert other.url == copied


def test_back_and_forward_go_through_the_views(app_url: str, browser_page: BrowserPage):
    page = open_dogs(browser_page("desktop"), f"{app_url}/dog_breeds")
    page.get_by_text("Crop to the dog first").click()
    expect(page).to_have_url(f"{app_url}/dog_breeds?crop=off")
    page.go_back()
    expect(crop_switch(page)).to_be_checked()
    page.go_forward()
    expect(crop_switch(page)).not_to_be_checked()


def test_a_link_with_nonsense_opens_the_usual_view_and_says_so(app_url: str, browser_page: BrowserPage):
    page = open_dogs(browser_page("phone"), f"{app_url}/dog_breeds?model=gone&confidence=high&crop=%F0%9F%90%B6")
    expect(page.get_by_text("Part of this link cannot be used")).to_be_visible()
    expect(crop_switch(page)).to_be_checked()
    expect(page).to_have_url(f"{app_url}/dog_breeds")
    expect_no_sideways_scroll(page)
