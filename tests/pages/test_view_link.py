"""The settings of a demo page stand in its address, and a link opens them again, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.models_for_tests import write_squares_model
from tests.pages.dogs_for_tests import THREE, names_in, show_photos, write_dog_models
from tests.pages.steps import alerts, open_page, shown
from vision import model_store

PAGE = "pages/dog_breeds.py"
DETECTOR = "dog_breeds_confidence_tiny"


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_dog_models(tmp_path)
    write_squares_model(tmp_path / "dog_breeds" / "zebra", name="zebra", task="dog_breeds")
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    return tmp_path


def follow(query: dict[str, str], page: str = PAGE) -> AppTest:
    """The page as it opens by a link."""
    app = open_page("pages/home.py")
    app.query_params.update(query)
    app = app.switch_page(page).run()
    assert not app.exception
    return app


def test_the_usual_view_has_a_plain_address():
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    assert app.query_params == {}
    assert not app.warning


def test_what_differs_from_the_usual_stands_in_the_address():
    app = open_page(PAGE)
    app.selectbox(key="dog_breeds_model").set_value("zebra").run()
    app.radio(key="dog_breeds_format_zebra").set_value("int8").run()
    app.toggle(key="dog_breeds_crop_first").set_value(False).run()
    app.slider(key=DETECTOR).set_value(0.29).run()
    app.slider(key="dog_breeds_margin").set_value(0.0).run()
    assert not app.exception
    query = {"model": "zebra", "format": "int8", "crop": "off", "confidence": "29", "margin": "0"}
    assert app.query_params == query
    app.button(key="dog_breeds_usual").click().run()
    app.toggle(key="dog_breeds_crop_first").set_value(True).run()
    assert app.query_params == {"model": "zebra", "format": "int8"}


def test_a_link_opens_the_same_view():
    query = {"model": "zebra", "format": "int8", "crop": "off", "confidence": "29", "margin": "0"}
    app = follow(query)
    assert app.selectbox(key="dog_breeds_model").value == "zebra"
    assert app.radio(key="dog_breeds_format_zebra").value == "int8"
    assert app.toggle(key="dog_breeds_crop_first").value is False
    assert app.slider(key=DETECTOR).value == 0.29
    assert app.slider(key="dog_breeds_margin").value == 0.0
    assert app.query_params == query
    assert not app.warning


def test_the_view_answers_as_it_did_for_who_made_the_link():
    mine = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    mine.slider(key=DETECTOR).set_value(0.85).run()
    yours = show_photos(follow(mine.query_params), ("sofa.jpg", THREE))
    assert len(names_in(shown(yours))) == 1
    assert names_in(shown(yours)) == names_in(shown(mine))


def test_a_setting_that_comes_with_the_photo_waits_for_it():
    app = follow({"compare": "on"})
    assert app.query_params == {"compare": "on"}
    app = show_photos(app, ("sofa.jpg", THREE))
    assert app.toggle(key="dog_breeds_compare").value is True
    assert "sl-compare" in shown(app)
    app.toggle(key="dog_breeds_compare").set_value(False).run()
    assert app.query_params == {}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("model", "gone"),
        ("model", ""),
        ("format", "int4"),
        ("crop", "maybe"),
        ("confidence", "150"),
        ("confidence", "0.4"),
        ("confidence", "nan"),
        ("confidence", "٤٠"),
        ("margin", "-1"),
        ("margin", "9" * 5000),
    ],
)
def test_a_value_that_cannot_be_used_is_told_in_a_sentence_and_the_usual_one_stands(word: str, value: str):
    app = follow({word: value})
    (sentence,) = alerts(app)
    assert f"{word} “" in sentence and "usual setting" in sentence
    assert sentence.endswith(".") and len(sentence) < 250
    assert app.query_params == {}
    assert app.selectbox(key="dog_breeds_model").value == "squares"
    assert app.slider(key=DETECTOR).value == 0.3
    app.toggle(key="dog_breeds_crop_first").set_value(False).run()
    assert not alerts(app), "it is said once"


def test_several_that_cannot_be_used_are_told_together_and_the_rest_is_used():
    app = follow({"model": "gone", "crop": "maybe", "confidence": "40"})
    (sentence,) = alerts(app)
    assert "gone" in sentence and "maybe" in sentence
    assert app.slider(key=DETECTOR).value == 0.4
    assert app.query_params == {"confidence": "40"}


def test_an_address_cannot_put_markup_on_the_page():
    app = follow({"model": "**x**<b>[y](http://z)\u202e\n# big"})
    (sentence,) = [warning.value for warning in app.warning]
    assert r"\*\*x\*\*\<b\>\[y\]\(http\:JOINER\/\/z\) \# big".replace("JOINER", "\u2060") in sentence


def test_what_others_put_into_the_address_stays_and_is_no_setting():
    app = follow({"fbclid": "abc", "crop": "off"})
    assert not alerts(app)
    app.toggle(key="dog_breeds_crop_first").set_value(True).run()
    assert app.query_params == {"fbclid": "abc"}


def test_the_link_of_one_page_says_nothing_on_another():
    app = follow({"crop": "off", "confidence": "40"})
    app.query_params.clear()
    app = app.switch_page("pages/traffic_signs.py").run()
    assert app.query_params == {}
    app = app.switch_page(PAGE).run()
    assert app.toggle(key="dog_breeds_crop_first").value is True
    assert app.slider(key=DETECTOR).value == 0.3
    assert app.query_params == {}


def test_a_task_without_a_finder_has_model_and_format_in_its_address(models: Path):
    write_squares_model(models / "traffic_signs" / "squares")
    app = follow({"format": "int8"}, "pages/traffic_signs.py")
    assert app.radio(key="traffic_signs_format_squares").value == "int8"
    assert app.query_params == {"format": "int8"}
