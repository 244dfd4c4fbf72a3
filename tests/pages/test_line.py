"""What a visitor sees while others' photos are looked at, and past the end of the line: nothing is lost."""

import threading
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import line, words
from tests.pages.dogs_for_tests import THREE, names_in, show_photos, write_dog_models
from tests.pages.steps import alerts, open_page, shown
from vision import model_store
from vision.turns import Turns

PAGE = "pages/dog_breeds.py"
SOON_S = 30.0


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_dog_models(tmp_path)
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)


def let_wait(monkeypatch: pytest.MonkeyPatch, most_waiting: int) -> Turns:
    turns = Turns(at_once=1, most_waiting=most_waiting)
    monkeypatch.setattr(line, "TURNS", turns)
    return turns


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_past_the_end_of_the_line_the_photo_stays_and_a_button_tries_again(monkeypatch: pytest.MonkeyPatch):
    turns = let_wait(monkeypatch, most_waiting=0)
    app = open_page(PAGE)
    with turns.join():
        app = show_photos(app, ("sofa.jpg", THREE))
        (sentence,) = alerts(app)
        assert "line is full" in sentence and "yours is kept" in sentence
        assert not names_in(shown(app))
        app.button(key="dog_breeds_try_again").click().run()
        assert len(alerts(app)) == 1, "still full"
    app.button(key="dog_breeds_try_again").click().run()
    assert not app.exception and not alerts(app)
    assert len(names_in(shown(app))) == 3
    assert "Try again" not in labels(app)
    assert (turns.having, turns.waiting) == (0, 0)


def test_of_several_photos_those_that_came_through_stay_and_the_others_are_tried_again(
    monkeypatch: pytest.MonkeyPatch,
):
    turns = let_wait(monkeypatch, most_waiting=0)
    app = show_photos(open_page(PAGE), ("one.jpg", THREE))
    with turns.join():
        known = app.session_state["dog_breeds_desk"].memory
        app = show_photos(app, ("one.jpg", THREE), ("two.jpg", THREE + b" "))
        assert "The line was full for 2 photos" in alerts(app)[0]
        app.session_state["dog_breeds_desk"].memory = known  # as if the first had come through
        app.run()
        assert "The line was full for 1 photo;" in alerts(app)[0]
        assert len(names_in(shown(app))) == 3
    app.button(key="dog_breeds_try_again").click().run()
    assert not app.exception and not alerts(app)
    assert len(names_in(shown(app))) == 6


def test_who_waits_is_told_the_place_and_then_gets_the_answer(monkeypatch: pytest.MonkeyPatch):
    turns = let_wait(monkeypatch, most_waiting=5)
    told: list[str] = []

    def note(position: int) -> str:
        told.append(f"{position}")
        return f"place {position}"

    monkeypatch.setattr(line, "waiting_words", note)
    monkeypatch.setattr(line, "POLL_S", 0.02)
    app = open_page(PAGE)
    holding = [turns.join() for _ in range(3)]
    for place in holding:
        place.__enter__()

    def leave_one_by_one() -> None:
        for place in holding:
            seen, give_up = len(told), time.monotonic() + SOON_S
            while len(told) < seen + 3 and time.monotonic() < give_up:
                time.sleep(0.01)
            place.__exit__(None, None, None)

    leaving = threading.Thread(target=leave_one_by_one)
    leaving.start()
    app = show_photos(app, ("sofa.jpg", THREE))
    leaving.join(SOON_S)
    assert list(dict.fromkeys(told)) == ["3", "2", "1"]
    assert len(names_in(shown(app))) == 3
    assert not alerts(app), "the place is gone with the wait"


def test_what_is_remembered_needs_no_turn(monkeypatch: pytest.MonkeyPatch):
    turns = let_wait(monkeypatch, most_waiting=0)
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    with turns.join():
        app.run()
        assert len(names_in(shown(app))) == 3 and not alerts(app)


def test_a_photo_that_cannot_be_read_frees_its_turn(monkeypatch: pytest.MonkeyPatch):
    turns = let_wait(monkeypatch, most_waiting=0)
    app = show_photos(open_page(PAGE), ("broken.jpg", THREE[:500]))
    assert "damaged" in alerts(app)[0]
    assert (turns.having, turns.waiting) == (0, 0)


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (22, "22nd")]
)
def test_places_are_counted_as_people_do(number: int, said: str):
    assert words.ordinal(number) == said


def test_the_place_is_told_in_a_sentence():
    assert line.waiting_words(1).startswith("You are next in line")
    assert line.waiting_words(3).startswith("You are 3rd in line")
