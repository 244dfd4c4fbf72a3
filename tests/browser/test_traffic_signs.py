"""The traffic-sign page in a real browser: what a person would do, at a desk and with a phone."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from pages.parts.gallery import EXAMPLES_DIR
from vision import images
from vision.drawn_signs import SIGN_FOLDER, STREETS, draw_street_scene
from vision.tasks import TRAFFIC_SIGN_LABELS

pytestmark = pytest.mark.browser
BrowserPage = Callable[..., Page]

ANSWER_MS = 60_000
expect.set_options(timeout=ANSWER_MS)  # a busy machine is no failure
STOP, PRIORITY_ROAD, YIELD = 14, 12, 13
STREET_HW = (720, 960)


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


def sign_corners(page: Page, street: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the sign of a drawn street lies on the screen: its upper left and lower right corner."""
    class_id, seed = next((number, seed) for name, number, seed in STREETS if name == street)
    scene = draw_street_scene(SIGN_FOLDER / f"{class_id:02d}.svg", seed, STREET_HW, (48, 88))
    photo = page.locator(".photo")
    expect(photo.locator("img")).to_have_js_property("complete", True)
    photo.scroll_into_view_if_needed()
    area = photo.bounding_box()
    assert area is not None
    x1, y1, x2, y2 = scene.box_xyxy
    height, width = STREET_HW
    return (
        (area["x"] + x1 / width * area["width"], area["y"] + y1 / height * area["height"]),
        (area["x"] + x2 / width * area["width"], area["y"] + y2 / height * area["height"]),
    )


def drag_with_finger(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    touch = page.context.new_cdp_session(page)
    steps = [(start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])) for part in (0.3, 0.7, 1.0)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    for x, y in steps:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def expect_no_sideways_scroll(page: Page) -> None:
    for scroller in ("document.documentElement", "document.querySelector('[data-testid=stMain]')"):
        assert page.evaluate(f"{scroller}.scrollWidth") <= page.evaluate(f"{scroller}.clientWidth")


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
    alert: Locator = page.get_by_test_id("stAlert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("SVG")
    upload(page, EXAMPLES_DIR / "traffic_signs" / "drawing-stop.jpg")
    expect(page.locator(".sl-answer")).to_be_visible(timeout=ANSWER_MS)


def test_home_leads_to_the_demo(app_url: str, browser_page: BrowserPage):
    page = browser_page("phone")
    page.set_default_timeout(ANSWER_MS)
    page.goto(app_url)
    page.get_by_role("link", name="Try it").tap()
    expect(page.get_by_test_id("stFileUploaderDropzone")).to_be_visible(timeout=ANSWER_MS)
    expect_no_sideways_scroll(page)
