"""The pages, without a browser: they open, answer, refuse in one sentence, and stay usable."""

from pathlib import Path

import pytest

from pages.parts import hosted, training_switch
from pages.parts.gallery import example_files
from tests.conftest import lack
from tests.pages.steps import alerts, open_page, shown
from vision import model_store
from vision.tasks import TASKS, TRAFFIC_SIGN_LABELS

TASK = TASKS["traffic_signs"]


@pytest.fixture
def shipped_model() -> None:
    if model_store.default_name(model_store.MODELS_DIR / TASK.name) is None:
        lack("no model of traffic signs in models/")


@pytest.fixture
def example() -> bytes:
    return example_files(TASK)[0].read_bytes()


def test_home_leads_to_the_demo():
    app = open_page("pages/home.py")
    assert app.title[0].value == "Second Look"
    assert [link.proto.page for link in app.get("page_link")] == ["traffic_signs", "dog_breeds", "training"]
    assert "never stored" in app.caption[0].value


def test_home_leads_to_training_only_where_it_is_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(training_switch.VARIABLE, "off")
    links = open_page("pages/home.py").get("page_link")
    assert [link.proto.page for link in links] == ["traffic_signs", "dog_breeds"]


@pytest.mark.usefixtures("shipped_model")
def test_the_demo_waits_for_a_photo():
    app = open_page("pages/traffic_signs.py")
    assert not alerts(app)
    assert "sl-answer" not in shown(app)


@pytest.mark.usefixtures("shipped_model")
def test_an_example_gives_an_answer():
    app = open_page("pages/traffic_signs.py")
    app.segmented_control(key="traffic_signs_source").set_value("Examples").run()
    app.button(key="traffic_signs_example_0").click().run()
    assert not app.exception
    assert any(label in shown(app) for label in TRAFFIC_SIGN_LABELS)
    assert "ms." in shown(app)


@pytest.mark.usefixtures("shipped_model")
def test_a_broken_upload_is_refused_in_a_sentence_and_the_next_is_answered(example: bytes):
    app = open_page("pages/traffic_signs.py")
    app.file_uploader[0].set_value([("sign.jpg", example[:2000], "image/jpeg")]).run()
    assert not app.exception
    assert len(alerts(app)) == 1
    assert "damaged" in alerts(app)[0]
    app.file_uploader[0].set_value([("sign.jpg", example, "image/jpeg")]).run()
    assert not app.exception
    assert "sl-answer" in shown(app)
    assert not app.error


@pytest.mark.usefixtures("shipped_model")
def test_several_photos_give_a_grid_in_which_one_failure_stops_no_other(example: bytes):
    app = open_page("pages/traffic_signs.py")
    evil = '<img src=x onerror="alert(1)">**bold**.jpg'
    files = [
        ("one.jpg", example, "image/jpeg"),
        (evil, b"PK\x03\x04 zip", "image/jpeg"),
        ("two.jpg", example, "image/jpeg"),
    ]
    app.file_uploader[0].set_value(files).run()
    assert not app.exception
    assert "3 photos" in app.subheader[0].value
    assert "1 not read" in app.subheader[0].value
    assert shown(app).count('class="sl-card') == 3
    assert "zip archive" in shown(app)
    assert "<img src=x" not in shown(app)
    assert "&lt;img src=x onerror=" in shown(app)


@pytest.mark.usefixtures("shipped_model")
def test_a_photo_of_several_can_be_looked_at_closer(example: bytes):
    app = open_page("pages/traffic_signs.py")
    app.file_uploader[0].set_value([(f"{name}.jpg", example, "image/jpeg") for name in "ab"]).run()
    assert "sl-answer" not in shown(app)
    app.selectbox[0].select_index(1).run()
    assert not app.exception
    assert "sl-answer" in shown(app)


@pytest.mark.usefixtures("shipped_model")
def test_too_many_photos_are_counted():
    app = open_page("pages/traffic_signs.py")
    app.file_uploader[0].set_value([(f"{i}.jpg", b"", "image/jpeg") for i in range(hosted.ALONE.photos + 2)]).run()
    assert not app.exception
    assert any("2 photos were left out" in alert for alert in alerts(app))


def test_without_a_model_the_page_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    app = open_page("pages/traffic_signs.py")
    assert len(alerts(app)) == 1
    assert "python -m vision train --task traffic_signs" in alerts(app)[0]


def test_a_broken_model_is_named_and_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / TASK.name / "broken"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text("{")
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    app = open_page("pages/traffic_signs.py")
    assert any("damaged" in alert for alert in alerts(app))
    assert not app.file_uploader
