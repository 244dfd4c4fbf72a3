"""Hostile photos sent to the running app as a browser sends them: a sentence or an answer each, and nothing stays."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx

from benchmarks.visitor import Seen, Visitor
from tests.conftest import ROOT
from tests.hostile.conftest import Demo
from tests.hostile.trial import HostileFile
from vision.tasks import TRAFFIC_SIGN_LABELS

SIGNS, DOGS = "traffic_signs", "dog_breeds"
SIGN, CLASS_ID = ROOT / "examples/traffic_signs/drawing-stop.jpg", 14
VISITORS, LARGEST = 4, 60
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


def test_hostile_photos_end_in_a_sentence_or_an_answer_and_nothing_stays(
    demo: Demo, hostile_photos: Sequence[HostileFile]
):
    async def visit(page: str, photos: Iterator[tuple[int, HostileFile]]) -> int:
        answered = 0
        async with Visitor(demo.url, page) as visitor:
            for number, photo in photos:  # whoever is ready takes the next
                answered += await show(visitor, photo.name, photo.data, NAMES[number % len(NAMES)])
        return answered

    async def visit_together(page: str, photos: Sequence[HostileFile]) -> int:
        numbered = enumerate(photos)
        return sum(await asyncio.gather(*(visit(page, numbered) for _ in range(VISITORS))))

    async def visit_all() -> None:
        for page in (SIGNS, DOGS):  # all models are open, and the process has grown to what the largest photos need
            assert 0 < await visit_together(page, hostile_photos[-LARGEST:]) < LARGEST
        await demo.forget_all()
        before_mb = demo.resident_mb
        answered = await visit_together(SIGNS, hostile_photos)
        assert 100 < answered < len(hostile_photos)
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
