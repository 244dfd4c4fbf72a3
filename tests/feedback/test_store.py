"""The feedback database: what is said comes back as it was said, can be taken back, and has its bounds."""

import dataclasses
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.feedback.judgements_for_tests import right, wrong
from vision import places
from vision.errors import FeedbackError
from vision.feedback import place
from vision.feedback import store as store_module
from vision.feedback.judgement import SOMETHING_ELSE
from vision.feedback.store import FeedbackStore, open_store


def said(store: FeedbackStore, task: str = "traffic_signs"):
    return list(store.judgements(task))


def test_what_is_said_comes_back_as_it_was_said(store: FeedbackStore):
    first = right(("99", "ÄŠ \U0001f6d1 'quoted\""), crop_first=True, found="detected", is_example=True)
    second = wrong(minutes=1)
    for judgement in (second, first):
        store.add(judgement)
    assert said(store) == [first, second], "the oldest first"
    assert store.tasks() == ["traffic_signs"]
    assert said(store, "dog_breeds") == []


def test_what_it_is_instead_can_be_said_later(store: FeedbackStore):
    open_end = wrong(truth=(None, None))
    store.add(open_end)
    store.correct(open_end.id, "13", "Yield")
    assert said(store) == [open_end.corrected("13", "Yield")]
    assert said(store)[0].true_key == "13"
    store.correct(open_end.id, None, SOMETHING_ELSE)
    assert (said(store)[0].true_key, said(store)[0].truth) == (None, SOMETHING_ELSE)


def test_a_photo_is_given_replaced_and_taken_back(store: FeedbackStore):
    judgement = right()
    store.add(judgement)
    assert store.photo(judgement.id) is None
    store.give_photo(judgement.id, b"first")
    store.give_photo(judgement.id, b"second")
    assert store.photo(judgement.id) == b"second"
    assert store.photo_ids("traffic_signs") == {judgement.id}
    store.take_photo_back(judgement.id)
    assert store.photo(judgement.id) is None
    assert said(store) == [judgement]


def test_a_judgement_that_is_taken_back_takes_its_photo_along(store: FeedbackStore, url: str):
    judgement, other = right(), right(minutes=1)
    for each in (judgement, other):
        store.add(each)
        store.give_photo(each.id, b"photo of " + each.id.encode())
    store.take_back(judgement.id)
    assert said(store) == [other]
    store.close()  # the last to close writes all into the one file
    content = Path(url.removeprefix("sqlite:///")).read_bytes()
    assert b"photo of " + other.id.encode() in content
    assert b"photo of " + judgement.id.encode() not in content, "nothing of it is left in the file"


def test_no_photo_comes_to_a_judgement_that_is_gone(store: FeedbackStore):
    with pytest.raises(FeedbackError, match="no longer kept"):
        store.give_photo(right().id, b"photo")


def test_photos_have_a_bound_that_what_is_said_does_not_feel(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(store_module, "MOST_PHOTO_BYTES", 25)
    judgements = [right(minutes=minute) for minute in range(3)]
    for judgement in judgements:
        store.add(judgement)
    for judgement in judgements[:2]:
        store.give_photo(judgement.id, bytes(10))
    with pytest.raises(FeedbackError, match="no room for more photos"):
        store.give_photo(judgements[2].id, bytes(10))
    store.give_photo(judgements[0].id, bytes(15))  # in place of the one that was there
    assert len(said(store)) == 3


def test_judgements_have_a_bound(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(store_module, "MOST_JUDGEMENTS", 1)
    store.add(right())
    with pytest.raises(FeedbackError, match="limit is reached"):
        store.add(right())
    assert len(said(store)) == 1


def test_photos_are_listed_from_the_newest_in_pages(store: FeedbackStore):
    judgements = [right(minutes=minute) for minute in range(5)]
    for judgement in judgements:
        store.add(judgement)
    for judgement in judgements[:4]:
        store.give_photo(judgement.id, b"x")
    assert store.with_photos("traffic_signs", 0, 3) == [judgements[3], judgements[2], judgements[1]]
    assert store.with_photos("traffic_signs", 3, 3) == [judgements[0]]
    store.correct(judgements[2].id, "13", "Yield")
    assert [each.id for each in store.with_photos("traffic_signs", 0, 9, is_right=False)] == [judgements[2].id]
    assert len(store.with_photos("traffic_signs", 0, 9, is_right=True)) == 3


# Where it is


def test_the_database_lies_in_the_home_folder_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv(place.VARIABLE, raising=False)
    monkeypatch.setattr(places, "HOME", tmp_path / "100 % ours?")
    places.HOME.mkdir()
    url = place.database_url()
    assert url is not None
    store = FeedbackStore(url)
    store.add(right())
    store.close()
    assert (places.HOME / "feedback.db").is_file()
    monkeypatch.setenv(place.VARIABLE, "postgresql+psycopg://u:p@h/n")
    assert place.database_url() == "postgresql+psycopg://u:p@h/n"
    monkeypatch.setenv(place.VARIABLE, " Off ")
    assert place.database_url() is None


@pytest.mark.parametrize("url", ["nonsense", "nobody://host/name", "oracle+nodriver://u:secret@h/n", "sqlite://:x:y@"])
def test_an_address_that_cannot_be_opened_is_refused_in_a_sentence(url: str):
    with pytest.raises(FeedbackError) as caught:
        FeedbackStore(url)
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message and "secret" not in message
    assert "SECOND_LOOK_DATABASE is not an address of a database" in message


def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path):
    with pytest.raises(FeedbackError, match=r"cannot be opened: unable to open database file\.$"):
        FeedbackStore(f"sqlite:///{tmp_path / 'missing' / 'feedback.db'}")


def test_a_database_that_could_not_be_opened_is_tried_again(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'later' / 'feedback.db'}"
    with pytest.raises(FeedbackError):
        open_store(url)
    (tmp_path / "later").mkdir()
    open_store(url).add(right())
    assert open_store(url) is open_store(url)
    open_store(url).close()


def test_a_database_that_turns_unusable_is_told_in_a_sentence(store: FeedbackStore, url: str):
    store.add(right())
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("DROP TABLE second_look_photos")
        connection.execute("DROP TABLE second_look_judgements")
    with pytest.raises(FeedbackError, match=r"feedback database '.*feedback\.db' cannot be written\.$"):
        store.add(right())
    with pytest.raises(FeedbackError, match=r"cannot be read\.$"):
        said(store)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_folder_is_told_in_a_sentence(tmp_path: Path):
    folder = tmp_path / "read-only"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(FeedbackError, match="cannot be opened"):
        FeedbackStore(f"sqlite:///{folder / 'feedback.db'}")


def test_a_judgement_is_never_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        right().is_right = False  # type: ignore[misc]
