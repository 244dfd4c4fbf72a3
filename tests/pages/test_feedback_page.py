"""The operator's page of feedback, without a browser."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.parts import training_switch
from pages.parts.feedback import given_photos_view, take_home_view
from tests.feedback.judgements_for_tests import STOP, YIELD, right, wrong
from tests.models_for_tests import draw_square
from tests.pages.steps import alerts, as_read, open_page, shown
from vision import model_store, places
from vision.datasets.class_folders import read_class_folders
from vision.datasets.upload import unpack_class_folders
from vision.feedback.judgement import SOMETHING_ELSE, Judgement
from vision.feedback.kept_photo import kept_jpeg
from vision.feedback.place import VARIABLE
from vision.feedback.store import FeedbackStore, open_store

PAGE = "pages/feedback.py"
PHOTO = kept_jpeg(draw_square(0, 1, (120, 160)))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedbackStore]:
    url = f"sqlite:///{tmp_path / 'feedback.db'}"
    monkeypatch.setenv(VARIABLE, url)
    opened = open_store(url)
    yield opened
    opened.close()


def give(store: FeedbackStore, *judgements: Judgement) -> None:
    for judgement in judgements:
        store.add(judgement)
        store.give_photo(judgement.id, PHOTO)


def test_before_anybody_spoke_the_page_says_how_it_begins(store: FeedbackStore):
    app = open_page(PAGE)
    assert app.title[0].value == "What people say"
    assert alerts(app) == [app.info[0].value]
    assert "Nobody has said anything yet" in alerts(app)[0]
    assert store.tasks() == []


def test_the_share_is_shown_with_its_interval_and_what_was_measured(store: FeedbackStore):
    card = next(model.card for model in model_store.list_models("traffic_signs") if model.is_default)
    assert card is not None
    shipped = {"model": card.name, "model_format": "int8", "model_sha256": card.formats["int8"].sha256, "minutes": 5}
    for judgement in (*(right(**shipped) for _ in range(3)), wrong(**shipped), right(), wrong(is_example=True)):
        store.add(judgement)
    app = open_page(PAGE)
    shipped_bar, old_bar = shown(app).split('<div class="sl-share">')[1:]
    assert "75.0" in shipped_bar and "3 of 4 answers" in shipped_bar
    assert "Between 30" in shipped_bar and "95" in shipped_bar, "Wilson's interval"
    assert "That is few" in shipped_bar
    assert "Measured on test photos: 99" in shipped_bar
    assert "a version that is no longer here" in old_bar and "Measured" not in old_bar
    assert any("Left out: 1 answer" in caption.value for caption in app.caption)


def test_mix_ups_stand_with_the_drawings_of_both_signs(store: FeedbackStore):
    for judgement in (wrong(), wrong(), wrong(YIELD, (None, SOMETHING_ELSE)), wrong(YIELD, (None, None))):
        store.add(judgement)
    rows = shown(open_page(PAGE)).split('<div class="sl-mix-up">')[1:]
    assert len(rows) == 3
    assert "<strong>Stop</strong> was said, but it was <strong>Yield</strong>: 2 ×" in rows[0]
    assert rows[0].count("data:image/svg+xml") == 2
    assert any("but it was <strong>something else</strong>" in row for row in rows)
    assert any("something that nobody named" in row for row in rows)


def test_one_photo_is_deleted_and_the_others_stay(store: FeedbackStore):
    first, second = right(), wrong(minutes=1)
    give(store, first, second)
    app = open_page(PAGE)
    assert shown(app).count('class="sl-given ') == 2
    assert "Visitor: <bdi>no, Yield</bdi>" in shown(app)
    app.button(key=f"feedback_delete_take_photo_back_{second.id}").click().run()
    assert not app.exception
    assert shown(app).count('class="sl-given ') == 1
    assert len(list(store.judgements("traffic_signs"))) == 2, "what was said is still counted"
    app.button(key=f"feedback_delete_take_back_{first.id}").click().run()
    assert [judgement.id for judgement in store.judgements("traffic_signs")] == [second.id]
    assert store.photo_ids("traffic_signs") == set()


def test_photos_come_in_pages_and_by_what_was_said(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(given_photos_view, "A_PAGE", 2)
    give(store, *(right(minutes=minute) for minute in range(3)), wrong(minutes=9))
    app = open_page(PAGE)
    assert "no, Yield" in shown(app) and shown(app).count('class="sl-given ') == 2
    app.button(key="feedback_older").click().run()
    assert "no, Yield" not in shown(app) and shown(app).count('class="sl-given ') == 2
    assert app.button(key="feedback_older").disabled
    app.segmented_control(key=given_photos_view.KIND_KEY).set_value("Said to be wrong").run()
    assert shown(app).count('class="sl-given ') == 1, "from the first page on"


def test_a_flood_of_photos_is_deleted_a_page_at_a_time(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(given_photos_view, "A_PAGE", 3)
    oldest = right()
    give(store, oldest, *(right(minutes=minute) for minute in range(1, 4)))
    app = open_page(PAGE)
    app.button(key="feedback_delete_all").click().run()
    assert not app.exception
    assert [judgement.id for judgement in store.judgements("traffic_signs")] == [oldest.id]
    assert shown(app).count('class="sl-given ') == 1


def test_what_people_said_is_taken_home_as_a_data_set_and_a_table(store: FeedbackStore, tmp_path: Path):
    give(store, right(STOP), wrong(STOP, YIELD, minutes=1))
    (tmp_path / "feedback.zip").write_bytes(take_home_view.dataset_bytes(store, "traffic_signs"))
    found = read_class_folders(unpack_class_folders(tmp_path / "feedback.zip", tmp_path / "data" / "feedback"))
    assert (found.class_keys, len(found.files)) == (("13", "14"), 2)
    table = take_home_view.table_bytes(store, "traffic_signs").decode("utf-8-sig")
    assert [row["truth"] for row in csv.DictReader(io.StringIO(table))] == ["Stop", "Yield"]


def test_the_data_set_is_put_where_the_training_page_finds_it(
    store: FeedbackStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(places, "DATA_DIR", tmp_path / "data")
    give(store, right(STOP), wrong(STOP, YIELD))
    app = open_page(PAGE)
    app.button(key="feedback_put").click().run()
    assert not app.exception
    (folder,) = (tmp_path / "data").iterdir()
    assert folder.name in as_read(app.success[0].value)
    assert read_class_folders(folder).class_keys == ("13", "14")


def test_where_nothing_can_be_trained_the_photos_are_still_taken_home(
    store: FeedbackStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(training_switch, "TRAINER", "a_library_that_is_missing")
    give(store, right(STOP))
    app = open_page(PAGE)
    assert not [button for button in app.button if button.key == "feedback_put"]
    assert len(app.get("download_button")) == 2


def test_without_photos_there_is_nothing_to_train_on_and_the_table_is_still_offered(store: FeedbackStore):
    store.add(right())
    app = open_page(PAGE)
    assert app.button(key="feedback_put").disabled
    zipped, table = app.get("download_button")
    assert zipped.proto.disabled and not table.proto.disabled


def test_tasks_are_shown_one_at_a_time_even_one_that_is_gone(store: FeedbackStore):
    store.add(right())
    store.add(right(("k", "<b>Morel</b> *x*"), task="mushrooms"))
    store.add(wrong(("k", "<b>Morel</b>"), ("c", "<i>Cep</i>"), task="mushrooms"))
    app = open_page(PAGE)
    choice = app.segmented_control(key="feedback_task")
    assert choice.options == ["mushrooms", "Traffic signs"]
    assert "<b>Morel" not in shown(app) and "&lt;b&gt;Morel" in shown(app)
    choice.set_value("traffic_signs").run()
    assert not app.exception
    assert "Morel" not in shown(app)


def test_a_database_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'missing' / 'feedback.db'}")
    app = open_page(PAGE)
    (error,) = app.error
    assert "unable to open database file" in error.value


def test_where_feedback_is_off_the_page_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "off")
    assert "switched off" in alerts(open_page(PAGE))[0]


def test_the_page_is_for_operators_only(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch):
    give(store, right())
    monkeypatch.setenv(training_switch.VARIABLE, "off")
    app = open_page(PAGE)
    assert not app.title
    assert "sl-given" not in shown(app)
    assert not app.get("download_button")
