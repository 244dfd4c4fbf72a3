"""A small crowd on the running app, over its web sockets: `benchmarks/load.py` in little."""

import asyncio
import dataclasses
import re
import urllib.request
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from benchmarks import crowd
from benchmarks.crowd import Example
from benchmarks.visitor import Seen, Visitor
from pages.parts import hosted
from pages.parts.photos import GONE
from tests.conftest import free_port, lack, start_app
from vision import model_store
from vision.operations import endpoint
from vision.tasks import TASKS
from vision.turns import AT_ONCE_VARIABLE, MOST_WAITING_VARIABLE

SIGNS, DOGS = "traffic_signs", "dog_breeds"
SESSIONS = 6
MB = 2**20
METRICS_S = 5.5  # for so long, Streamlit gives the same figures again


@pytest.fixture(scope="module")
def examples() -> dict[str, list[Example]]:
    """Photos of the two pages, no two alike, with the answers that each gives alone."""
    for name in (SIGNS, DOGS, TASKS[DOGS].finder):
        if model_store.default_name(model_store.MODELS_DIR / str(name)) is None:
            lack(f"no model in models/{name}")
    return {
        SIGNS: crowd.examples(SIGNS, crowd.drawn_photos(SESSIONS, seed=1)),
        DOGS: crowd.examples(DOGS, crowd.drawn_photos(2, seed=50)),
    }


@pytest.fixture(scope="module")
def slow_example(examples: dict[str, list[Example]]) -> Example:
    """A PNG file of 49 megapixels, which has to be read whole: most of a second, and more in a crowd."""
    photo = list(crowd.large_photos(2, seed=3))[1]
    return crowd.examples(SIGNS, [photo])[0]


@pytest.fixture(scope="module")
def narrow_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with room for one photo at a time, and two in line."""
    log = tmp_path_factory.mktemp("narrow") / "app.log"
    with start_app(log, {AT_ONCE_VARIABLE: "1", MOST_WAITING_VARIABLE: "2"}) as url:
        yield url


def test_answers_do_not_cross_sessions(tmp_path: Path, examples: dict[str, list[Example]]):
    with start_app(tmp_path / "app.log") as url:
        tally = asyncio.run(crowd.visit_at_once(url, examples))
        assert tally.faults == []
        assert len(tally.seconds) == SESSIONS + 2
        longer = asyncio.run(crowd.visit_for_long(url, examples, sessions=4, photos=12, after_each=lambda _: None))
        assert longer.faults == []
        assert len(longer.seconds) == 12


def kept_files_bytes(url: str) -> int:
    """What Streamlit keeps of uploaded files, for all sessions."""
    with urllib.request.urlopen(f"{url}/_stcore/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return sum(map(int, re.findall(r'^cache_memory_bytes{cache_type="UploadedFileManager"[^}]*} (\d+)$', text, re.M)))


def test_the_server_keeps_no_second_copy_of_a_photo(narrow_url: str, examples: dict[str, list[Example]]):
    first, second = examples[SIGNS][:2]

    async def visit() -> None:
        async with Visitor(narrow_url, SIGNS) as visitor:
            await visitor.show(first.name, first.data)
            assert kept_files_bytes(narrow_url) == 0
            await visitor.send((second.name, second.data))
            await asyncio.sleep(METRICS_S)
            assert kept_files_bytes(narrow_url) >= len(second.data), "before the page has taken it"

    asyncio.run(visit())


def test_photos_of_all_visitors_together_are_bounded(tmp_path: Path, examples: dict[str, list[Example]]):
    example, metrics = examples[SIGNS][0], free_port()
    large = crowd.padded(example.data, 3 * MB)
    room = {hosted.VARIABLE: "on", hosted.TOGETHER_VARIABLE: "10", endpoint.PORT: str(metrics)}

    def kept_bytes() -> float:
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as answer:
            return float(re.findall(r"^second_look_kept_bytes (\S+)$", answer.read().decode(), re.M)[0])

    async def visit(url: str) -> None:
        async with AsyncExitStack() as stack:
            visitors = [await stack.enter_async_context(Visitor(url, SIGNS)) for _ in range(4)]
            for visitor in visitors:
                assert (await visitor.show("large.jpg", large)).names == example.names
                assert kept_bytes() < 10 * MB
            assert (await visitors[-1].look_again()).names == example.names
            first = await visitors[0].look_again()
            assert GONE in first.alerts and not first.names
            assert (await visitors[0].show("again.jpg", large)).names == example.names
            unread = await visitors[1].send(*[(f"{number}.jpg", large) for number in range(6)])
            assert len(unread.file_uploader_state_value.uploaded_file_info) == 6
            assert kept_bytes() < 10 * MB

    with start_app(tmp_path / "app.log", room) as url:
        asyncio.run(visit(url))


def test_a_crossed_answer_would_be_noticed(examples: dict[str, list[Example]]):
    mine, other = examples[SIGNS][:2]
    right = Seen(mine.names, mine.badges, mine.looked_at, mine.photo_jpeg, (), (), 1.0)
    assert crowd.fault_of(mine, right) is None
    assert crowd.fault_of(other, right) is not None
    for crossed in (
        dataclasses.replace(right, names=("Another",)),
        dataclasses.replace(right, photo_jpeg=other.photo_jpeg),
        dataclasses.replace(right, looked_at=other.looked_at),
        dataclasses.replace(right, names=(), badges=()),
    ):
        assert crowd.fault_of(mine, crossed) is not None


def test_a_crowd_waits_in_line_and_past_its_end_tries_again(narrow_url: str, slow_example: Example):
    async def visit() -> tuple[int, bool]:
        """How often the line was full, and whether a place was told."""
        async with Visitor(narrow_url, SIGNS) as visitor:
            await ready.wait()
            seen, refused = await visitor.show(slow_example.name, slow_example.data), 0
            told = bool(seen.places)
            while "Try again" in visitor.buttons:
                assert "line is full" in seen.alerts[0] and not seen.names
                refused += 1
                await asyncio.sleep(0.3)
                seen = await visitor.press("Try again")
                told = told or bool(seen.places)
            assert crowd.fault_of(slow_example, seen) is None
            return refused, told

    async def visit_all() -> list[tuple[int, bool]]:
        return await asyncio.gather(*(visit() for _ in range(SESSIONS)))

    ready = asyncio.Barrier(SESSIONS)
    outcomes = asyncio.run(visit_all())
    assert any(refused for refused, _ in outcomes), "three of six were too many"
    assert any(told for _, told in outcomes)


def test_who_leaves_while_waiting_frees_the_place(
    narrow_url: str, examples: dict[str, list[Example]], slow_example: Example
):
    async def leave_when_in_line() -> bool:
        """Whether there was a place in line to leave."""
        async with Visitor(narrow_url, SIGNS) as visitor:
            await ready.wait()
            showing = asyncio.create_task(visitor.show(slow_example.name, slow_example.data))
            while not showing.done() and not visitor.places:
                await asyncio.sleep(0.02)
            return showing.cancel()

    async def visit() -> None:
        assert any(await asyncio.gather(*(leave_when_in_line() for _ in range(3))))
        await asyncio.sleep(8)
        example = examples[SIGNS][0]
        async with Visitor(narrow_url, SIGNS) as visitor:
            seen = await visitor.show(example.name, example.data)
            assert crowd.fault_of(example, seen) is None
            assert not seen.places, "nobody is in line any more"

    ready = asyncio.Barrier(3)
    asyncio.run(visit())
