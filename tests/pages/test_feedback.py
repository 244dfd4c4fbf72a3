"""Feedback below answers, without a browser: one tap, thanks, a correction, a photo only if it is given, and undo."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import line
from pages.parts.feedback import ask_view, said
from pages.parts.feedback.ask_view import CONSENT
from tests.models_for_tests import draw_square, write_squares_model
from tests.pages.dogs_for_tests import BREEDS, THREE, show_photos, write_dog_models
from tests.pages.steps import open_page, shown
from vision import images, model_store
from vision.feedback import store as store_module
from vision.feedback.judgement import SOMETHING_ELSE, Judgement
from vision.feedback.place import VARIABLE
from vision.feedback.store import FeedbackStore, open_store
from vision.tasks import TASKS
from vision.turns import Turns

SIGNS, DOGS = "pages/traffic_signs.py", "pages/dog_breeds.py"
RED = images.encode_jpeg(draw_square(0, 1, (80, 120)), quality=95)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_squares_model(tmp_path / "traffic_signs" / "squares")
    write_dog_models(tmp_path)
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    return tmp_path


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedbackStore]:
    url = f"sqlite:///{tmp_path / 'feedback.db'}"
    monkeypatch.setenv(VARIABLE, url)
    opened = open_store(url)
    yield opened
    opened.close()


def kept(store: FeedbackStore, task: str = "traffic_signs") -> list[Judgement]:
    return list(store.judgements(task))


def buttons(app: AppTest, label: str):
    return [button for button in app.button if button.label == label]


def press(app: AppTest, label: str, position: int = 0) -> AppTest:
    buttons(app, label)[position].click().run()
    assert not app.exception
    return app


def give_photo(app: AppTest, is_given: bool = True) -> AppTest:
    (checkbox,) = app.checkbox
    checkbox.set_value(is_given).run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("models")
def test_one_tap_says_that_an_answer_is_right(store: FeedbackStore):
    app = show_photos(open_page(SIGNS), ("sign.jpg", RED))
    press(app, "Right")
    (judgement,) = kept(store)
    assert judgement.is_right
    assert (judgement.task, judgement.model, judgement.model_format) == ("traffic_signs", "squares", "float32")
    assert (judgement.answer_key, judgement.answer, judgement.found) == ("2", "Red", "whole")
    assert 0.5 < judgement.probability <= 1
    assert not judgement.crop_first and not judgement.is_example
    card = model_store.list_models("traffic_signs", root=model_store.MODELS_DIR)[0].card
    assert card is not None and judgement.model_sha256 == card.formats["float32"].sha256
    assert any("Thank you" in caption.value for caption in app.caption)
    assert not buttons(app, "Right"), "nobody can say it twice"
    assert store.photo(judgement.id) is None
    assert "sl-answer" in shown(app)


@pytest.mark.usefixtures("models")
def test_what_was_said_can_be_undone_and_said_otherwise(store: FeedbackStore):
    app = show_photos(open_page(SIGNS), ("sign.jpg", RED))
    press(press(app, "Right"), "Undo")
    assert kept(store) == []
    press(app, "Wrong, it is …")
    (judgement,) = kept(store)
    assert not judgement.is_right and judgement.truth is None


@pytest.mark.usefixtures("models")
def test_a_wrong_answer_is_put_right(store: FeedbackStore):
    app = press(show_photos(open_page(SIGNS), ("sign.jpg", RED)), "Wrong, it is …")
    (choice,) = (box for box in app.selectbox if box.label == "It is …")
    assert choice.value is None
    assert choice.options == ["Something else, or no sign at all", "Blue", "Green"], "all but the one that was named"
    choice.set_value("10").run()
    (judgement,) = kept(store)
    assert (judgement.correction_key, judgement.correction) == ("10", "Blue")
    (choice,) = (box for box in app.selectbox if box.label == "It is …")
    choice.set_value(ask_view.ELSE).run()
    assert (kept(store)[0].correction_key, kept(store)[0].correction) == (None, SOMETHING_ELSE)
    next(box for box in app.selectbox if box.label == "It is …").set_value(None).run()
    assert kept(store)[0].truth is None


@pytest.mark.usefixtures("models")
def test_the_photo_is_kept_only_while_it_is_given(store: FeedbackStore):
    app = press(show_photos(open_page(SIGNS), ("sign.jpg", RED)), "Right")
    (checkbox,) = app.checkbox
    assert checkbox.label == CONSENT and checkbox.value is False
    assert any("never stored, unless you give one" in caption.value for caption in app.caption)
    (judgement,) = kept(store)
    give_photo(app)
    photo = store.photo(judgement.id)
    assert photo is not None and images.decode(photo).shape == (80, 120, 3)
    assert photo != RED, "written anew, without what else was in the file"
    give_photo(app, False)
    assert store.photo(judgement.id) is None
    give_photo(app)
    press(app, "Undo")
    assert store.photo(judgement.id) is None
    assert kept(store) == []


@pytest.mark.usefixtures("models")
def test_what_was_said_is_known_after_a_visit_to_another_page(store: FeedbackStore):
    app = press(show_photos(open_page(SIGNS), ("sign.jpg", RED)), "Wrong, it is …")
    next(box for box in app.selectbox if box.label == "It is …").set_value("7").run()
    give_photo(app)
    app.switch_page("pages/home.py").run()
    app.switch_page(SIGNS).run()
    assert not app.exception
    assert app.checkbox[0].value is True
    assert next(box for box in app.selectbox if box.label == "It is …").value == "7"
    assert len(kept(store)) == 1


@pytest.mark.usefixtures("models")
def test_each_dog_has_its_own_feedback_and_only_its_part_of_the_photo_is_given(store: FeedbackStore):
    app = show_photos(open_page(DOGS), ("sofa.jpg", THREE))
    assert len(buttons(app, "Right")) == 3
    press(app, "Right", 1)
    assert len(buttons(app, "Right")) == 2
    (judgement,) = kept(store, "dog_breeds")
    assert (judgement.answer, judgement.found, judgement.crop_first) == (BREEDS[1], "detected", True)
    give_photo(app)
    photo = store.photo(judgement.id)
    assert photo is not None
    pixels = images.decode(photo)
    assert pixels.shape[0] == pixels.shape[1] < 200, "the green dog with some margin, not the photo of 640"
    red, green, blue = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2]
    assert green > red and green > blue


@pytest.mark.usefixtures("models")
def test_both_answers_of_a_comparison_can_be_judged(store: FeedbackStore):
    app = show_photos(open_page(DOGS), ("sofa.jpg", THREE))
    app.toggle(key="dog_breeds_compare").set_value(True).run()
    assert len(buttons(app, "Right")) == 4, "the whole photo's, and those of three dogs"
    press(app, "Right", 3)
    press(app, "Right", 0)
    said_of = {(judgement.found, judgement.crop_first) for judgement in kept(store, "dog_breeds")}
    assert said_of == {("whole", False), ("detected", True)}


@pytest.mark.usefixtures("models", "store")
def test_breeds_are_found_by_what_else_they_are_called():
    app = press(show_photos(open_page(DOGS), ("sofa.jpg", THREE)), "Wrong, it is …", 1)
    (choice,) = (box for box in app.selectbox if box.label == "It is …")
    assert choice.options[1] == "Blenheim spaniel (Cavalier King Charles spaniel)"


def test_examples_are_marked_and_nobody_is_asked_for_them(store: FeedbackStore):
    app = open_page(SIGNS)
    app.segmented_control(key="traffic_signs_source").set_value("Examples").run()
    app.button(key="traffic_signs_example_0").click().run()
    press(app, "Right")
    assert kept(store)[0].is_example
    assert not app.checkbox


@pytest.mark.usefixtures("models")
def test_a_database_that_cannot_be_written_costs_a_sentence_and_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'missing' / 'feedback.db'}")
    app = press(show_photos(open_page(SIGNS), ("sign.jpg", RED)), "Right")
    (warning,) = app.warning
    assert warning.value == said.OUT_OF_ORDER
    assert "unable to open database file" in caplog.text, "that is for the operator"
    assert "sl-answer" in shown(app)
    assert buttons(app, "Right"), "it can be tried again"
    (tmp_path / "missing").mkdir()
    press(app, "Right")
    assert not app.warning
    assert any("Thank you" in caption.value for caption in app.caption)


@pytest.mark.usefixtures("models")
def test_without_room_for_photos_what_was_said_stays(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(store_module, "MOST_PHOTO_BYTES", 10)
    app = give_photo(press(show_photos(open_page(SIGNS), ("sign.jpg", RED)), "Right"))
    assert "no room for more photos" in app.warning[0].value
    assert app.checkbox[0].value is False
    assert len(kept(store)) == 1


@pytest.mark.usefixtures("models")
def test_an_operator_can_do_without_feedback(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "off")
    app = show_photos(open_page(SIGNS), ("sign.jpg", RED))
    assert "sl-answer" in shown(app)
    assert not buttons(app, "Right")
    assert any("never stored." in caption.value for caption in app.caption), "without any exception"


@pytest.mark.usefixtures("models")
def test_what_a_visitor_said_is_remembered_within_a_bound(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(said, "MOST_KEPT", 2)
    app = open_page(SIGNS)
    for seed in range(4):
        photo = images.encode_jpeg(draw_square(0, seed, (80, 120)))
        press(show_photos(app, (f"{seed}.jpg", photo)), "Right")
    assert len(app.session_state[said.SAID]) == 2
    assert len(kept(store)) == 4


@pytest.mark.usefixtures("models")
def test_a_photo_that_is_given_waits_in_line(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch):
    app = press(show_photos(open_page(SIGNS), ("sign.jpg", RED)), "Right")
    turns = Turns(at_once=1, most_waiting=1)
    monkeypatch.setattr(line, "TURNS", turns)
    was_said: list[int] = []
    monkeypatch.setattr(line, "waiting_words", lambda position: was_said.append(position) or "You wait.")
    has_come = threading.Event()

    def look_at_another_photo() -> None:
        with turns.join():
            has_come.set()
            time.sleep(2)

    other = threading.Thread(target=look_at_another_photo)
    other.start()
    assert has_come.wait(10)
    give_photo(app)
    other.join()
    assert was_said and set(was_said) == {1}
    assert len(store.photo_ids("traffic_signs")) == 1
    assert app.title[0].value == TASKS["traffic_signs"].question, "the place in line took no other's place"


@pytest.mark.usefixtures("models")
def test_past_the_end_of_the_line_a_photo_is_not_taken_and_can_be_given_again(
    store: FeedbackStore, monkeypatch: pytest.MonkeyPatch
):
    app = press(show_photos(open_page(SIGNS), ("sign.jpg", RED)), "Right")
    turns = Turns(at_once=1, most_waiting=0)
    monkeypatch.setattr(line, "TURNS", turns)
    with turns.join() as other:
        assert other.wait(0)
        give_photo(app)
    assert [warning.value for warning in app.warning] == [said.BUSY]
    assert app.checkbox[0].value is False
    assert store.photo_ids("traffic_signs") == set()
    give_photo(app)
    assert not app.warning
    assert len(store.photo_ids("traffic_signs")) == 1
