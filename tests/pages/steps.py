"""Opening a page without a browser, and reading what it shows."""

import re

from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT

RUN_S = 60


def open_page(page: str) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=RUN_S).run()
    app = app.switch_page(page).run() if page != "pages/home.py" else app
    assert not app.exception
    return app


def shown(app: AppTest) -> str:
    """All that the page's own HTML says, without its style sheet."""
    bodies = [element.proto.body for element in app.get("html")]
    return "".join(body for body in bodies if not body.startswith("<style>"))


def alerts(app: AppTest) -> list[str]:
    """What errors, warnings and remarks say, as a person reads it."""
    return [as_read(alert.value) for alert in (*app.error, *app.warning, *app.info)]


def as_read(markdown: str) -> str:
    """Escaped Markdown as text."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown).replace("\u2060", "")
