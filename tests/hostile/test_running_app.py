"""Hostile photos sent to the running app as a browser sends them: a sentence or an answer each, and nothing stays."""

import asyncio
from pathlib import Path

import httpx

from benchmarks.visitor import Seen, Visitor
from tests.conftest import ROOT
from tests.hostile.conftest import Demo
from tests.hostile.photo_corpus import some_of_each_kind
from vision.tasks import TRAFFIC_SIGN_LABELS

SIGNS, DOGS = "traffic_signs", "dog_breeds"
SIGN, CLASS_ID = ROOT / "examples/traffic_signs/drawing-stop.jpg", 14
CAP_BYTES = 10 * 2**20  # of the shared demo
NAMES = (
    "photo.jpg",
    "<img src=x onerror=alert(1)>.png",
    "../../../../tmp/photo.jpg",
    "=1+1.png",
    "\u202egnp.jpg",
    "a" * 300 + ".jpg",
    "photo.jpg\0.exe.jpg",
    "![](http://127.0.0.1/x.png).jpg",
    'a"; filename="b.jpg',
)


def assert_sentence_or_answer(seen: Seen, name: str) -> None:
    assert seen.names or len(seen.alerts) == 1, (name, seen.alerts)
    for sentence in seen.alerts:
        assert sentence.rstrip("*").endswith((".", "?")) and len(sentence) < 400 and "Traceback" not in sentence, (
            name,
            sentence,
        )
        assert str(ROOT) not in sentence


async def show(visitor: Visitor, name: str, data: bytes, file_name: str) -> bool:
    """Whether the photo was answered; asserts that else there is a sentence."""
    try:
        seen = await visitor.show(file_name, data)
    except httpx.HTTPStatusError as refusal:
        assert refusal.response.status_code == 413 and len(data) > CAP_BYTES, name
        return False
    assert_sentence_or_answer(seen, name)
    return bool(seen.names)


async def show_sign(demo: Demo) -> None:
    async with Visitor(demo.url, SIGNS) as visitor:
        seen = await visitor.show(SIGN.name, SIGN.read_bytes())
        assert seen.names == (TRAFFIC_SIGN_LABELS[CLASS_ID],)


def test_hostile_photos_end_in_a_sentence_or_an_answer_and_nothing_stays(demo: Demo):
    photos = list(some_of_each_kind())

    async def visit(page: str, every: int) -> int:
        answered = 0
        async with Visitor(demo.url, page) as visitor:
            for number, photo in enumerate(photos[::every]):
                answered += await show(visitor, photo.name, photo.data, NAMES[number % len(NAMES)])
        return answered

    async def visit_all() -> None:
        for page in (SIGNS, DOGS):  # all models are open
            async with Visitor(demo.url, page) as visitor:
                await visitor.show(SIGN.name, SIGN.read_bytes())
        await demo.forget_all()
        before_mb = demo.resident_mb
        answered = await visit(SIGNS, 1), await visit(DOGS, 5)
        assert 0 < answered[0] < len(photos) and sum(answered) > 10
        await demo.forget_all()
        assert demo.resident_mb < 1.1 * before_mb
        await show_sign(demo)

    asyncio.run(visit_all())
    assert demo.process.is_running()
    log = demo.log.read_text(errors="replace")
    assert "Traceback" not in log and '"level": "error"' not in log, log
    assert demo.files() == []

    assert demo.asked == []
    assert not Path("/tmp/photo.jpg").exists()
