"""The traffic-sign page in a real browser: what a person would do, at a desk and with a phone."""

import csv
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from pages.parts.gallery import EXAMPLES_DIR
from tests.browser.steps import (
    ANSWER_MS,
    BrowserPage,
    choose_example,
    expect_answer,
    expect_no_sideways_scroll,
    open_demo,
    real_photo,
    upload,
)
from vision import images
from vision.tasks import TRAFFIC_SIGN_LABELS

pytestmark = pytest.mark.browser

STOP, PRIORITY_ROAD, YIELD = 14, 12, 13


@pytest.mark.shared_data
@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_an_uploaded_photo_is_named(viewport: str, app_url: str, browser_page: BrowserPage, sample_test_photos: Path):
    page = open_demo(browser_page(viewport), app_url)
    upload(page, real_photo(sample_test_photos, STOP))
    expect_answer(page, STOP)
    expect(page.locator(".sl-answer img")).to_be_visible()
    expect(page.locator(".sl-bars .sl-row")).to_have_count(5)
    expect(page.locator(".sl-looked")).to_contain_text("ms")
    expect_no_sideways_scroll(page)
    upload(page, real_photo(sample_test_photos, PRIORITY_ROAD))  # the next photo takes the place of the last
    expect_answer(page, PRIORITY_ROAD)


def test_a_phone_offers_its_camera_for_the_upload(app_url: str, browser_page: BrowserPage):
    page = open_demo(browser_page("phone"), app_url)
    assert "image/*" in (page.get_by_test_id("stFileUploaderDropzoneInput").get_attribute("accept") or "")
    with page.expect_file_chooser():
        page.get_by_role("button", name="Take a photo").tap()


@pytest.mark.shared_data
@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_a_webcam_picture_is_named(
    viewport: str, app_url: str, browser_page: BrowserPage, sample_test_photos: Path, tmp_path: Path
):
    photo = images.decode(real_photo(sample_test_photos, YIELD).read_bytes())
    frame = images.encode_jpeg(cv2.resize(photo, (480, 480), interpolation=cv2.INTER_CUBIC), quality=95)
    film = tmp_path / "camera.mjpeg"
    film.write_bytes(frame * 3)
    page = open_demo(browser_page(viewport, webcam=film), app_url)
    page.get_by_role("radio", name="Camera").click()
    page.wait_for_function("document.querySelector('video')?.currentTime > 1")  # a person waits for the picture, too
    page.get_by_test_id("stCameraInputButton").click()
    expect_answer(page, YIELD)
    expect(page.get_by_role("button", name="Take another photo")).to_be_visible()


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_an_example_is_named(viewport: str, app_url: str, browser_page: BrowserPage):
    page = open_demo(browser_page(viewport), app_url)
    choose_example(page, "stop")
    expect_answer(page, STOP)
    expect_no_sideways_scroll(page)


@pytest.mark.shared_data
def test_several_photos_are_named_and_taken_home_as_csv(
    app_url: str, browser_page: BrowserPage, sample_test_photos: Path, tmp_path: Path
):
    files = [real_photo(sample_test_photos, class_id) for class_id in (STOP, PRIORITY_ROAD)]
    hostile = tmp_path / "=1+1<b>x.jpg"
    hostile.write_bytes(b"PK\x03\x04 not a photo")
    page = open_demo(browser_page("desktop"), app_url)
    upload(page, *files, hostile)
    expect(page.locator(".sl-card")).to_have_count(3)
    for class_id in (STOP, PRIORITY_ROAD):
        expect(page.locator(".sl-grid")).to_contain_text(TRAFFIC_SIGN_LABELS[class_id])
    expect(page.locator(".sl-problem")).to_have_count(1)
    expect(page.locator(".sl-grid")).to_contain_text("=1+1<b>x.jpg")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    table = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert [row["file"] for row in table] == [files[0].name, files[1].name, "'=1+1<b>x.jpg"]
    assert [row["label"] for row in table] == [TRAFFIC_SIGN_LABELS[STOP], TRAFFIC_SIGN_LABELS[PRIORITY_ROAD], ""]
    assert "zip archive" in table[2]["error"]


def test_a_pasted_photo_is_named(app_url: str, browser_page: BrowserPage):
    page = browser_page("desktop")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_demo(page, app_url)
    photo = images.decode((EXAMPLES_DIR / "traffic_signs" / "drawing-stop.jpg").read_bytes())
    png = cv2.imencode(".png", np.ascontiguousarray(photo[..., ::-1]))[1].tobytes()
    page.evaluate(
        """async (bytes) => {
            const photo = new Blob([new Uint8Array(bytes)], { type: "image/png" });
            await navigator.clipboard.write([new ClipboardItem({ "image/png": photo })]);
        }""",
        list(png),
    )
    page.keyboard.press("Control+V")
    expect_answer(page, STOP)


def test_a_hostile_file_is_refused_in_one_sentence_and_the_page_stays_usable(
    app_url: str, browser_page: BrowserPage, tmp_path: Path
):
    hostile = tmp_path / "photo.jpg"
    hostile.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    page = open_demo(browser_page("phone"), app_url)
    upload(page, hostile)
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("SVG")
    upload(page, EXAMPLES_DIR / "traffic_signs" / "drawing-stop.jpg")
    expect(page.locator(".sl-answer")).to_be_visible(timeout=ANSWER_MS)


def test_home_leads_to_the_demo(app_url: str, browser_page: BrowserPage):
    page = browser_page("phone")
    page.set_default_timeout(ANSWER_MS)
    page.goto(app_url)
    page.get_by_role("link", name="Try it: traffic signs").tap()
    expect(page.get_by_test_id("stFileUploaderDropzone")).to_be_visible(timeout=ANSWER_MS)
    expect_no_sideways_scroll(page)
