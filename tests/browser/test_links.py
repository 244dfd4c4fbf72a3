"""Links that lead straight to a page."""

import pytest
from playwright.sync_api import expect

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
