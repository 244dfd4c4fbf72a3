"""A task that published models bring, as a visitor sees it come and go."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.steps import BrowserPage, expect_no_sideways_scroll, upload
from tests.conftest import start_app
from tests.models_for_tests import draw_square
from tests.pages.mushrooms_for_tests import TASK, publish_mushrooms
from vision.publishing import unpublish

pytestmark = pytest.mark.browser


def test_its_page_is_there_for_as_long_as_a_model_is(browser_page: BrowserPage, tmp_path: Path):
    models, photo = tmp_path / "home" / "models", tmp_path / "red.png"
    publish_mushrooms(models, tmp_path)
    Image.fromarray(draw_square(0, seed=5, size_hw=(240, 320))).save(photo)
    with start_app(tmp_path / "app.log", {"SECOND_LOOK_HOME": str(tmp_path / "home")}) as url:
        page = browser_page("phone")
        page.goto(f"{url}/{TASK}")  # the first visit after the start
        expect(page.get_by_role("heading", name="Which mushroom is this?")).to_be_visible()
        expect(page.get_by_text("Page not found")).to_have_count(0)
        upload(page, photo)
        expect(page.locator(".sl-answer .sl-name")).to_have_text("Fly agaric <b>red</b>")
        expect_no_sideways_scroll(page)

        unpublish(TASK, "first", models)
        page.get_by_role("radio", name="Camera").click()
        expect(page.get_by_text("There is no model for mushrooms here any more")).to_be_visible()
        page.get_by_role("link", name="To the front page").click()
        expect(page.get_by_role("heading", name="Second Look", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="mushrooms")).to_have_count(0)

        publish_mushrooms(models, tmp_path / "again", "second")
        page.reload()
        page.get_by_role("link", name="Try it: mushrooms").click()
        expect(page.get_by_role("heading", name="Which mushroom is this?")).to_be_visible()
    assert "Traceback" not in (tmp_path / "app.log").read_text(errors="replace")
