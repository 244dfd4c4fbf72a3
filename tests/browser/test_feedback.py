"""A visitor's feedback, with and without the photo, reaches the operator's page of another process."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pages.parts.gallery import EXAMPLES_DIR
from tests.browser.steps import (
    ANSWER_MS,
    BrowserPage,
    expect_answer,
    expect_no_sideways_scroll,
    open_demo,
    upload,
)
from tests.conftest import start_app
from vision.feedback.place import VARIABLE

pytestmark = pytest.mark.browser

STOP, YIELD = 14, 13


def example(name: str) -> Path:
    return EXAMPLES_DIR / "traffic_signs" / f"drawing-{name}.jpg"


def say(page: Page, answer: str) -> None:
    page.get_by_role("button", name=answer).click()
    expect(page.get_by_text("Thank you!")).to_be_visible()


def test_feedback_with_and_without_the_photo_reaches_the_operator(browser_page: BrowserPage, tmp_path: Path):
    database = {VARIABLE: f"sqlite:///{tmp_path / 'feedback.db'}"}
    with (
        start_app(tmp_path / "visitors.log", database | {"SECOND_LOOK_TRAINING": "off"}) as visitors_url,
        start_app(tmp_path / "operator.log", database) as operator_url,
    ):
        visitor = open_demo(browser_page("phone"), visitors_url)
        upload(visitor, example("stop"))
        expect_answer(visitor, STOP)
        say(visitor, "Right")
        consent = visitor.get_by_role("checkbox", name="Also give the photo")
        expect(consent).not_to_be_checked()
        expect_no_sideways_scroll(visitor)

        upload(visitor, example("yield"))
        expect_answer(visitor, YIELD)
        say(visitor, "Wrong")
        visitor.get_by_role("combobox", name="It is").fill("priority")
        visitor.get_by_role("option", name="Priority road").click()
        visitor.get_by_text("Also give the photo").click()
        expect(consent).to_be_checked()
        expect(visitor.get_by_test_id("stStatusWidget")).to_have_count(0)
        expect_no_sideways_scroll(visitor)
        expect(visitor.get_by_role("link", name="Feedback")).to_have_count(0)

        operator = browser_page("desktop")
        operator.set_default_timeout(ANSWER_MS)
        operator.goto(operator_url)
        operator.get_by_role("link", name="Feedback").click()
        expect(operator.locator(".sl-share")).to_contain_text("1 of 2 answers")
        expect(operator.locator(".sl-mix-up")).to_have_text(
            "→Yield was said, but it was Priority road: 1 ×", use_inner_text=False
        )
        expect(operator.locator(".sl-given")).to_have_count(1)
        expect(operator.locator(".sl-given")).to_contain_text("Visitor: no, Priority road")
        expect(operator.locator(".sl-given img")).to_have_js_property("naturalWidth", 240)
        with operator.expect_download() as download:
            operator.get_by_role("button", name="Data set as zip").click()
        with zipfile.ZipFile(download.value.path()) as archive:
            assert [name.split("/")[0] for name in archive.namelist()] == ["12", "feedback.csv"]

        operator.get_by_role("button", name="Delete").click()
        operator.get_by_role("button", name="The photo alone").click()
        expect(operator.locator(".sl-given")).to_have_count(0)
        expect(operator.locator(".sl-share")).to_contain_text("1 of 2 answers")
        expect_no_sideways_scroll(operator)


def test_a_visitor_takes_it_back(browser_page: BrowserPage, tmp_path: Path):
    with start_app(tmp_path / "app.log", {VARIABLE: f"sqlite:///{tmp_path / 'feedback.db'}"}) as url:
        page = open_demo(browser_page("desktop"), url)
        upload(page, example("stop"))
        expect_answer(page, STOP)
        say(page, "Right")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Right")).to_be_visible()
        page.goto(f"{url}/feedback")
        expect(page.get_by_text("Nobody has said anything yet")).to_be_visible()


def test_a_picture_of_the_camera_gets_feedback_too(browser_page: BrowserPage, tmp_path: Path):
    film = tmp_path / "camera.mjpeg"
    film.write_bytes(example("stop").read_bytes() * 3)
    with start_app(tmp_path / "app.log", {VARIABLE: f"sqlite:///{tmp_path / 'feedback.db'}"}) as url:
        page = open_demo(browser_page("desktop", webcam=film), url)
        page.get_by_role("radio", name="Camera").click()
        page.wait_for_function("document.querySelector('video')?.currentTime > 1")
        page.get_by_test_id("stCameraInputButton").click()
        expect(page.locator(".sl-answer")).to_be_visible()
        say(page, "Right")
        page.get_by_text("Also give the photo").click()
        expect(page.get_by_role("checkbox", name="Also give the photo")).to_be_checked()
        expect(page.locator(".sl-answer")).to_be_visible()
    assert '"page_failed"' not in (tmp_path / "app.log").read_text()
