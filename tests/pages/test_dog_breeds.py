"""The dog-breeds page, without a browser: what is found is what is named, and each way to say otherwise is heard."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import tags
from pages.parts.cards_view import SHOWN_FIRST
from pages.parts.photos import Photo
from tests.models_for_tests import constant_detector, write_detector
from tests.pages.dogs_for_tests import (
    BOXES,
    FOUND,
    HEADINGS,
    SIZE_HW,
    THREE,
    Candidates,
    names_in,
    numbers_in,
    overlays,
    show_photos,
    write_dog_models,
)
from tests.pages.steps import alerts, open_page, shown
from vision import model_store, pipeline
from vision.classifier import Classifier
from vision.predictions import Box, Prediction
from vision.tasks import TASKS

PAGE = "pages/dog_breeds.py"
Models = Callable[..., Path]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Models:
    """Puts models in the place of the shipped ones: models(found=...)."""

    def put(found: Candidates = FOUND) -> Path:
        write_dog_models(tmp_path, found)
        monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
        return tmp_path

    return put


@pytest.fixture
def classified(monkeypatch: pytest.MonkeyPatch) -> list[Box]:
    """The boxes that were classified, in their order."""
    seen: list[Box] = []
    classify = pipeline.classify

    def spy(photo: np.ndarray, classifier: Classifier, boxes: list[Box] | tuple[()] = (), margin: float = 0.0):
        seen.extend(boxes)
        predictions: list[Prediction] = classify(photo, classifier, boxes, margin)
        return predictions

    monkeypatch.setattr(pipeline, "classify", spy)
    return seen


def draw_by_hand(app: AppTest, data: bytes, box: Box) -> AppTest:
    app.session_state["dog_breeds_desk"].boxes[Photo("", data).digest] = box
    return app.run()


def in_photo(overlay: dict[str, Any]) -> Box:
    return Box(*overlay["box"]).scaled(SIZE_HW[1], SIZE_HW[0])


def test_three_dogs_get_a_card_each_from_left_to_right(models: Models):
    models()
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    assert app.subheader[0].value == "3 dogs found"
    assert shown(app).count('class="sl-part ') == 3
    assert names_in(shown(app)) == list(HEADINGS)
    assert "also called Cavalier King Charles spaniel" in shown(app)
    assert shown(app).count('class="sl-row"') == 9, "three bars each: there are no more classes"


def test_the_boxes_on_the_page_are_those_that_were_classified(models: Models, classified: list[Box]):
    models()
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    drawn = overlays(app)
    assert [overlay["number"] for overlay in drawn] == [1, 2, 3]
    for overlay, box, expected in zip(drawn, classified, BOXES, strict=True):
        assert in_photo(overlay).xyxy == pytest.approx(box.xyxy)
        assert box.xyxy == pytest.approx(expected.xyxy, abs=1)


def test_numbers_and_colours_on_the_cards_are_those_on_the_photo(models: Models):
    models()
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    assert numbers_in(shown(app)) == [(str(each["number"]), each["colour"]) for each in overlays(app)]
    assert len({colour for _, colour in numbers_in(shown(app))}) == 3


def test_one_dog_gets_a_single_answer_and_no_card(models: Models):
    models(FOUND[:1])
    app = show_photos(open_page(PAGE), ("dog.jpg", THREE))
    assert "sl-answer" in shown(app)
    assert "sl-part" not in shown(app)
    assert names_in(shown(app)) == ["Silky terrier"]
    assert "the dog that was found" in shown(app)
    assert len(overlays(app)) == 1


def test_with_the_switch_off_the_whole_photo_is_classified(models: Models, classified: list[Box]):
    models()
    app = open_page(PAGE)
    assert app.toggle(key="dog_breeds_crop_first").value is True
    app.toggle(key="dog_breeds_crop_first").set_value(False).run()
    show_photos(app, ("sofa.jpg", THREE))
    assert classified == []
    assert len(names_in(shown(app))) == 1
    assert overlays(app) == []
    assert "guess" not in shown(app)
    app.toggle(key="dog_breeds_crop_first").set_value(True).run()
    assert len(names_in(shown(app))) == 3


def test_a_box_drawn_by_hand_takes_the_place_of_what_was_found(models: Models):
    models()
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    draw_by_hand(app, THREE, Box(260 / 640, 100 / 320, 380 / 640, 220 / 320))
    assert names_in(shown(app)) == ["Basset"]
    assert "your box" in shown(app)
    assert overlays(app) == []
    (again,) = (button for button in app.button if button.label == "Look for dogs again")
    again.click().run()
    assert names_in(shown(app)) == list(HEADINGS)


def test_the_switch_lets_go_of_a_box_drawn_by_hand(models: Models):
    models()
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    draw_by_hand(app, THREE, Box(0.4, 0.3, 0.6, 0.7))
    app.toggle(key="dog_breeds_crop_first").set_value(False).run()
    assert "your box" not in shown(app)


def test_no_dog_is_said_and_a_guess_is_marked_as_one(models: Models, classified: list[Box]):
    models(((20, 50, 80, 110, 0.1),))
    app = show_photos(open_page(PAGE), ("cat.jpg", THREE))
    assert any("No dog found in this photo" in alert for alert in alerts(app))
    assert names_in(shown(app)) == []
    app.button(key="dog_breeds_guess").click().run()
    assert not app.exception
    assert len(names_in(shown(app))) == 1
    assert "A guess from the whole photo: no dog was found" in shown(app)
    assert "sl-unsure" in shown(app)
    assert "A guess, " in shown(app)
    assert classified == []


def test_compare_shows_the_whole_photo_beside_each_dog(models: Models):
    models()
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    app.toggle(key="dog_breeds_compare").set_value(True).run()
    assert not app.exception
    whole, cropped = shown(app).split("Cropped to the dog")
    assert len(names_in(whole)) == 1
    assert names_in(cropped) == list(HEADINGS)
    assert len(overlays(app)) == 3


def test_compare_says_what_cropping_changed_even_with_the_switch_off(models: Models):
    models(FOUND[:1])
    app = show_photos(open_page(PAGE), ("dog.jpg", THREE))
    app.toggle(key="dog_breeds_crop_first").set_value(False).run()
    app.toggle(key="dog_breeds_compare").set_value(True).run()
    assert len(names_in(shown(app))) == 2
    assert any("Cropping" in markdown.value for markdown in app.markdown)
    draw_by_hand(app, THREE, Box(260 / 640, 100 / 320, 380 / 640, 220 / 320))
    assert names_in(shown(app))[1] == "Basset"
    assert "Your box" in shown(app)


def test_compare_without_a_dog_shows_the_whole_photo_alone(models: Models):
    models(((20, 50, 80, 110, 0.1),))
    app = show_photos(open_page(PAGE), ("cat.jpg", THREE))
    app.toggle(key="dog_breeds_compare").set_value(True).run()
    assert not app.exception
    assert any("nothing could be cropped" in alert for alert in alerts(app))
    assert len(names_in(shown(app))) == 1


def test_forty_dogs_are_shown_twelve_at_first(models: Models):
    row = [(8 * i % 300, 12 * (i // 10) + 20, 8 * i % 300 + 7, 12 * (i // 10) + 30, 0.5 + i / 100) for i in range(45)]
    models(tuple(row))
    app = show_photos(open_page(PAGE), ("pack.jpg", THREE))
    assert app.subheader[0].value == "40 dogs found"
    assert len(names_in(shown(app))) == SHOWN_FIRST
    assert len(overlays(app)) == 40
    assert any("5 more" in caption.value for caption in app.caption)
    app.button(key="dog_breeds_show_all").click().run()
    assert [number for number, _ in numbers_in(shown(app))] == [str(number) for number in range(1, 41)]
    assert numbers_in(shown(app))[8][1] == tags.ground_of(1), "after eight colours comes the first again"


def test_the_detector_can_be_asked_to_be_surer_and_reset(models: Models):
    models()
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    confidence, _ = app.slider
    assert confidence.value == 0.3, "what the card says"
    confidence.set_value(0.6).run()
    assert names_in(shown(app)) == ["Blenheim spaniel", "Silky terrier"]
    app.slider[0].set_value(0.85).run()
    assert names_in(shown(app)) == ["Silky terrier"]
    app.button(key="dog_breeds_usual").click().run()
    assert app.slider[0].value == 0.3
    assert names_in(shown(app)) == list(HEADINGS)


def test_the_margin_changes_what_is_looked_at_but_not_the_boxes(models: Models):
    models()
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    before, boxes = shown(app), overlays(app)
    assert app.slider[1].value == TASKS["dog_breeds"].box_margin
    app.slider[1].set_value(0.5).run()
    assert not app.exception
    assert shown(app) != before
    assert overlays(app) == boxes


def test_advanced_tells_how_long_the_detector_took(models: Models):
    models()
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    assert any("Detector tiny" in caption.value and " ms" in caption.value for caption in app.caption)


@pytest.mark.parametrize("harm", ["missing", "damaged", "no detector"])
def test_without_a_usable_detector_the_whole_photo_is_named(models: Models, harm: str):
    folder = models() / "dog_detector" / "tiny"
    if harm == "missing":
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    elif harm == "damaged":
        (folder / "model.onnx").write_bytes(b"not what the card says")
    else:
        card = (folder / "card.json").read_text()
        (folder / "card.json").write_text(card.replace('"detection"', '"something else"'))
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    assert [alert for alert in alerts(app) if "Finding dogs is not available" in alert]
    assert not app.toggle
    assert len(names_in(shown(app))) == 1
    draw_by_hand(app, THREE, Box(260 / 640, 100 / 320, 380 / 640, 220 / 320))
    assert names_in(shown(app)) == ["Basset"]


def test_a_detector_that_is_published_later_is_taken(models: Models):
    folder = models(FOUND[:1]) / "dog_detector" / "tiny"
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    assert len(names_in(shown(app))) == 1
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    write_detector(folder, constant_detector(FOUND))
    os.utime(folder / "card.json", (2_000_000_000, 2_000_000_000))
    app.run()
    assert len(names_in(shown(app))) == 3


def test_without_a_breed_model_the_page_says_so_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    app = open_page(PAGE)
    assert len(alerts(app)) == 1
    assert "no model for dog breeds yet" in alerts(app)[0]
    assert not app.toggle


def test_a_damaged_photo_is_refused_in_one_sentence(models: Models):
    models()
    app = show_photos(open_page(PAGE), ("dog.jpg", THREE[:900]))
    assert len(alerts(app)) == 1
    assert "damaged" in alerts(app)[0]
    assert len(names_in(shown(show_photos(app, ("sofa.jpg", THREE))))) == 3


def test_a_page_without_a_finder_has_no_switch_and_no_sliders():
    app = open_page("pages/traffic_signs.py")
    assert not app.toggle
    assert not app.slider
