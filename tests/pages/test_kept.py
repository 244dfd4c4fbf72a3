"""What visitors keep is bounded, for each and for all together; whose photos had to go is told to send them again."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFileRec
from streamlit.testing.v1 import AppTest

from pages.parts import hosted, kept, photos, uploads
from pages.parts.photos import GONE, Desk, Photo
from tests.pages.dogs_for_tests import THREE, names_in, show_photos, write_dog_models
from tests.pages.steps import alerts, open_page, shown
from vision import model_store
from vision.errors import GoneError, SettingsError
from vision.operations.metrics import REGISTRY
from vision.room import Room

PAGE, DESK = "pages/dog_breeds.py", "dog_breeds_desk"
MB = 2**20


class Others:
    """What another visitor keeps."""

    def __init__(self, size_bytes: int = MB) -> None:
        self.size_bytes = size_bytes

    def drop(self) -> None:
        self.size_bytes = 0


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    """One megabyte for all; one visitor may have all of it."""
    write_dog_models(tmp_path)
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    room = Room(MB, MB)
    monkeypatch.setattr(kept, "room", lambda: room)
    uploads.bound()
    return room


def desk_in(app: AppTest) -> Desk:
    desk: Desk = app.session_state[DESK]
    return desk


def test_whose_photos_had_to_make_room_is_told_to_send_them_again(room: Room):
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    assert len(names_in(shown(app))) == 3 and not alerts(app)
    assert room.used_bytes > len(THREE), "the photo, and what was made of it"
    desk = desk_in(app)
    room.keep("other", Others(), owner="other")
    assert desk.photos[0].size_bytes == desk.size_bytes == 0
    app.run()
    assert not app.exception
    assert alerts(app) == [GONE]
    assert not names_in(shown(app))
    app.run()
    assert alerts(app) == [GONE], "until there are new ones"
    app = show_photos(app, ("sofa.jpg", THREE))
    assert len(names_in(shown(app))) == 3 and not alerts(app)


def test_who_looks_at_their_photos_keeps_them(room: Room):
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    desk_bytes = desk_in(app).size_bytes
    other, third = Others(MB - 2 * desk_bytes), Others(desk_bytes * 3 // 2)
    room.keep("other", other, owner="other")
    app.run()
    room.keep("third", third, owner="third")
    assert other.size_bytes == 0, "nobody looked at it since"
    app.run()
    assert len(names_in(shown(app))) == 3 and not alerts(app)


def test_photos_that_make_way_for_others_are_forgotten_at_once(room: Room):
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    before = desk_in(app).photos[0]
    show_photos(app, ("garden.jpg", THREE))
    after = desk_in(app).photos[0]
    assert (after.name, after.data) == ("garden.jpg", THREE)
    assert before.size_bytes == 0, "widgets of the page before hold it still"


@pytest.mark.parametrize("count", [1, 2])
def test_photos_that_go_while_the_page_is_drawn_are_spoken_of_too(
    room: Room, monkeypatch: pytest.MonkeyPatch, count: int
):
    plain = photos.full_size_hw

    def drop_first(photo: Photo, decoded_hw: tuple[int, int]) -> tuple[int, int]:
        photo.drop()
        return plain(photo, decoded_hw)

    app = open_page(PAGE)
    monkeypatch.setattr("pages.parts.answers.full_size_hw", drop_first)
    app = show_photos(app, *[(f"{number}.jpg", THREE + bytes(number)) for number in range(count)])
    assert not app.exception
    assert GONE in shown(app) or alerts(app) == [GONE]


def test_a_photo_that_was_dropped_says_so():
    photo = Photo("a.jpg", b"abc")
    photo.drop()
    with pytest.raises(GoneError, match="send them again"):
        _ = photo.data


def test_a_desk_goes_with_its_session(room: Room):
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE))
    assert room.used_bytes > 0
    desk = weakref.ref(desk_in(app))
    del app
    gc.collect()
    assert desk() is None
    assert room.used_bytes == 0


def test_one_visitor_brings_as_many_photos_as_fit(room: Room, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hosted, "ALONE", hosted.Limits(photo_mb=1, photos=50, visitor_mb=2, together_mb=1000))
    monkeypatch.setattr(room, "most_bytes", 1000 * MB)
    monkeypatch.setattr(room, "most_bytes_each", 1000 * MB)
    large = THREE + bytes(MB - 2 * len(THREE))
    app = show_photos(open_page(PAGE), *[(f"{number}.jpg", large) for number in range(4)])
    assert [photo.name for photo in desk_in(app).photos] == ["0.jpg", "1.jpg"]
    assert "2 photos were left out: at most 50, and 2 MB, are looked at together." in alerts(app)


@pytest.mark.parametrize(("value", "together_mb", "visitor_mb"), [("", 140, 80), ("600", 600, 80), ("60", 60, 60)])
def test_an_operator_sets_what_all_may_keep(
    monkeypatch: pytest.MonkeyPatch, value: str, together_mb: int, visitor_mb: int
):
    monkeypatch.setenv(hosted.VARIABLE, "on")
    monkeypatch.setenv(hosted.TOGETHER_VARIABLE, value)
    assert (hosted.limits().together_mb, hosted.limits().visitor_mb) == (together_mb, visitor_mb)


def test_less_than_a_photo_is_refused_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(hosted.TOGETHER_VARIABLE, "5")
    with pytest.raises(SettingsError, match="expected a whole number from 20"):
        hosted.limits()
    app = open_page("pages/home.py")
    assert len(alerts(app)) == 1 and hosted.TOGETHER_VARIABLE in alerts(app)[0]


# Files that were not taken yet


def arrive(manager: MemoryUploadedFileManager, session_id: str, number: int, size_bytes: int = MB // 3) -> None:
    manager.add_file(session_id, UploadedFileRec(f"{session_id}-{number}", "a.jpg", "image/jpeg", bytes(size_bytes)))


@pytest.fixture
def manager(room: Room) -> MemoryUploadedFileManager:
    return MemoryUploadedFileManager("/upload")


def test_files_that_nobody_takes_do_not_pile_up(room: Room, manager: MemoryUploadedFileManager):
    for number in range(10):
        arrive(manager, "one", number)
        arrive(manager, "two", number)
    held = {session: list(files) for session, files in manager.file_storage.items()}
    assert held == {"one": ["one-9"], "two": ["two-9"]}
    assert room.used_bytes <= MB
    assert uploads.was_dropped(DeletedFile("one-0"))
    assert not uploads.was_dropped(DeletedFile("two-9"))


def test_even_empty_files_do_not_pile_up(manager: MemoryUploadedFileManager):
    for number in range(2000):
        arrive(manager, "one", number, size_bytes=0)
    assert len(manager.file_storage["one"]) <= MB / uploads.OBJECT_BYTES


def test_a_file_that_is_taken_takes_no_room(room: Room, manager: MemoryUploadedFileManager):
    arrive(manager, "one", 1)
    assert room.used_bytes > MB // 3
    manager.remove_file("one", "one-1")
    assert room.used_bytes == 0


def test_of_photos_that_came_too_many_at_once_those_that_are_there_are_shown(room: Room):
    app = open_page(PAGE)
    third = THREE + bytes(MB // 3)
    app.file_uploader[0].set_value([(f"{number}.jpg", third, "image/jpeg") for number in range(5)]).run()
    assert not app.exception
    assert [photo.name for photo in desk_in(app).photos] == ["3.jpg", "4.jpg"]
    assert any(alert.startswith("3 photos were left out") for alert in alerts(app))


def test_a_zip_that_had_to_make_room_is_asked_for_again(room: Room, manager: MemoryUploadedFileManager):
    arrive(manager, "zips", 1)
    room.keep("other", Others(), owner="other")
    with pytest.raises(GoneError, match="zip had to make room"):
        uploads.take_zip(DeletedFile("zips-1"))
    assert uploads.take_zip(None) is None
    assert uploads.take_zip(DeletedFile("taken-before")) is None


# Files of which a part has come in


async def receive(parts: AsyncIterator[bytes]) -> Any:
    """What the server makes of a request that comes in those parts."""
    headers = Headers({"content-type": "multipart/form-data; boundary=x"})
    return (await MultiPartParser(headers, parts).parse())["f"]  # type: ignore[arg-type]


def test_uploads_that_stand_still_do_not_pile_up(room: Room):
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\n'

    async def upload(wait_for: asyncio.Event, then: asyncio.Event) -> AsyncIterator[bytes]:
        yield head + bytes(MB * 2 // 3)
        then.set()
        await wait_for.wait()
        yield bytes(1000) + b"\r\n--x--\r\n"

    async def send_two() -> tuple[Any, Any]:
        first_waits, second_came, at_once = asyncio.Event(), asyncio.Event(), asyncio.Event()
        at_once.set()
        first = asyncio.create_task(receive(upload(second_came, first_waits)))
        await first_waits.wait()
        second = asyncio.create_task(receive(upload(at_once, asyncio.Event())))
        outcomes = await asyncio.gather(second, return_exceptions=True)
        assert room.used_bytes <= MB
        second_came.set()
        return (*outcomes, *await asyncio.gather(first, return_exceptions=True))

    came, stood_still = asyncio.run(send_two())
    assert came.size == MB * 2 // 3 + 1000
    assert isinstance(stood_still, MultiPartException) and "send it again" in stood_still.message
    assert room.used_bytes == came.size
    asyncio.run(came.close())
    assert room.used_bytes == 0


def test_what_is_kept_is_among_the_metrics():
    kept.room.cache_clear()
    kept.room().keep("thing", thing := Others(), owner="one")
    assert REGISTRY.get_sample_value("second_look_kept_bytes") == thing.size_bytes
    kept.room.cache_clear()
