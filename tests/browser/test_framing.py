"""Framing a sign in a street: with the mouse, with a finger, and with two taps."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    BrowserPage,
    choose_example,
    expect_answer,
    expect_no_sideways_scroll,
    open_demo,
    point_in,
)
from vision.drawn_signs import SIGN_FOLDER, STREETS, draw_street_scene

pytestmark = pytest.mark.browser

STREET_HW = (720, 960)


def sign_corners(page: Page, street: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the sign of a drawn street lies on the screen: its upper left and lower right corner."""
    class_id, seed = next((number, seed) for name, number, seed in STREETS if name == street)
    scene = draw_street_scene(SIGN_FOLDER / f"{class_id:02d}.svg", seed, STREET_HW, (48, 88))
    x1, y1, x2, y2 = scene.box_xyxy
    height, width = STREET_HW
    return point_in(page, x1 / width, y1 / height), point_in(page, x2 / width, y2 / height)


def drag_with_finger(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    touch = page.context.new_cdp_session(page)
    steps = [(start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])) for part in (0.3, 0.7, 1.0)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    for x, y in steps:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(("street", "class_id"), [(name, number) for name, number, _ in STREETS])
def test_a_sign_framed_with_the_mouse_is_named(street: str, class_id: int, app_url: str, browser_page: BrowserPage):
    page = open_demo(browser_page("desktop"), app_url)
    choose_example(page, street.replace("-", " "))
    start, end = sign_corners(page, street)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()
    expect(page.locator(".sl-looked")).to_contain_text("your box")
    expect_answer(page, class_id)
    page.get_by_role("button", name="Use the whole photo").click()
    expect(page.locator(".sl-looked")).not_to_contain_text("your box")


def test_a_sign_framed_with_a_finger_is_named(app_url: str, browser_page: BrowserPage):
    page = open_demo(browser_page("phone"), app_url)
    choose_example(page, "street 50")
    page.get_by_role("button", name="Draw a box").tap()
    drag_with_finger(page, *sign_corners(page, "street-50"))
    expect(page.locator(".sl-looked")).to_contain_text("your box")
    expect_answer(page, 2)
    expect_no_sideways_scroll(page)


def test_two_taps_frame_too(app_url: str, browser_page: BrowserPage):
    page = open_demo(browser_page("phone"), app_url)
    choose_example(page, "street keep right")
    page.get_by_role("button", name="Draw a box").tap()
    for corner in sign_corners(page, "street-keep-right"):
        page.touchscreen.tap(*corner)
    expect(page.locator(".sl-looked")).to_contain_text("your box")
    expect_answer(page, 38)


def test_a_finger_on_the_photo_scrolls_until_it_is_to_draw(app_url: str, browser_page: BrowserPage):
    page = open_demo(browser_page("phone"), app_url)
    choose_example(page, "street 50")
    start, end = sign_corners(page, "street-50")
    drag_with_finger(page, start, (end[0], end[1] - 80))
    page.wait_for_timeout(1000)
    expect(page.locator(".sl-looked")).not_to_contain_text("your box")
