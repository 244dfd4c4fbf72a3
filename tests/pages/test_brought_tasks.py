"""Tasks that published models bring: in the navigation, on the front page, and gone with their models."""

from html import escape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages.parts.navigation import build_pages
from tests.conftest import ROOT
from tests.models_for_tests import draw_square
from tests.pages.mushrooms_for_tests import KINDS, TASK, publish_mushrooms
from tests.pages.steps import RUN_S, alerts, open_page, shown
from vision import images, model_store
from vision.publishing import unpublish

RED = images.encode_jpeg(draw_square(0, seed=5, size_hw=(120, 160)), quality=95)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with the models "first" and "second", the default, of mushrooms; it has no other."""
    root = tmp_path / "models"
    for name in ("first", "second"):
        publish_mushrooms(root, tmp_path, name)
    monkeypatch.setattr(model_store, "MODELS_DIR", root)
    return root


def open_mushrooms() -> AppTest:
    """The page, which has no file by which `AppTest` could be sent to it."""
    app = AppTest.from_file(ROOT / "app.py", default_timeout=RUN_S).run()
    app._page_hash = calc_hash(TASK)
    app.run()
    assert not app.exception
    return app


def pages(app: AppTest) -> list[str]:
    return [page["url_pathname"] for page in app._registered_pages.values()]


@pytest.mark.usefixtures("root")
def test_the_front_page_leads_to_it_and_names_its_kinds():
    app = open_page("pages/home.py")
    assert [link.proto.page for link in app.get("page_link")] == ["traffic_signs", "dog_breeds", TASK, "training"]
    assert "It knows 3 kinds of mushroom, and named 95.0 % of 430 test photos right" in shown(app)
    assert all(escape(kind[1:]) in shown(app) for kind in KINDS)
    assert "<b>" not in shown(app)


@pytest.mark.usefixtures("root")
def test_its_page_answers_a_photo():
    app = open_mushrooms()
    assert app.title[0].value == "Which mushroom is this?"
    assert not alerts(app)
    app.file_uploader[0].set_value([("red.jpg", RED, "image/jpeg")]).run()
    assert not app.exception
    assert 'class="sl-name">Fly agaric &lt;b&gt;red&lt;/b&gt;<' in shown(app)


def test_without_a_chosen_model_the_other_answers(root: Path):
    app = open_mushrooms()
    app.file_uploader[0].set_value([("red.jpg", RED, "image/jpeg")]).run()
    app.selectbox(key=f"{TASK}_model").set_value("first").run()
    unpublish(TASK, "first", root)
    app.run()
    assert not app.exception
    assert not alerts(app)
    assert "sl-answer" in shown(app)


def test_who_has_the_page_open_when_the_last_model_goes_is_told(root: Path, tmp_path: Path):
    app = open_mushrooms()
    for name in ("first", "second"):
        unpublish(TASK, name, root)
    app.run()
    assert not app.exception
    (said,) = alerts(app)
    assert "no model for mushrooms here any more" in said
    assert [link.proto.page for link in app.get("page_link")] == [""]
    assert TASK not in pages(open_page("pages/home.py"))
    publish_mushrooms(root, tmp_path / "again", "third")
    app.run()
    assert app.title[0].value == "Which mushroom is this?"


def test_a_broken_model_brings_no_page(root: Path):
    for card in root.glob(f"{TASK}/*/card.json"):
        card.write_text("{")
    app = open_page("pages/home.py")
    assert not alerts(app)
    assert pages(app) == ["", "traffic_signs", "dog_breeds", "models", "training", "feedback"]


def test_training_is_a_page():
    app = open_page("pages/training.py")
    assert app.title[0].value == "Train your own"


@pytest.mark.parametrize(("value", "seen"), [("off", "hidden"), ("OFF ", "hidden"), ("", "visible"), ("on", "visible")])
def test_training_can_be_taken_out_of_the_navigation(monkeypatch: pytest.MonkeyPatch, value: str, seen: str):
    monkeypatch.setenv("SECOND_LOOK_TRAINING", value)
    assert [page.visibility for page in build_pages()][-1] == seen


def test_a_link_to_training_is_answered_where_it_is_switched_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECOND_LOOK_TRAINING", "off")
    app = open_page("pages/training.py")
    assert alerts(app) == ["Training is switched off on this server."]
    assert not app.title
