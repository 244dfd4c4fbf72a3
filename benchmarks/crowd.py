"""Many visitors at once, each with photos of their own; what each sees is held against what the photo gives alone."""

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from benchmarks.visitor import Seen, Visitor
from pages.parts import answers, words
from pages.parts.photos import GONE, Desk, Photo
from pages.parts.setup import Finder, Setup
from vision import images, model_store
from vision.classifier import Classifier
from vision.detector import Detector
from vision.drawn_signs import SIGN_FOLDER, draw_street_scene
from vision.tasks import TASKS, TaskSpec

SIGNS = 43
SCENE_HW = (480, 640)
USUAL_WH, PHONE_WH = (1600, 1200), (4000, 3000)
PHONES_AMONG = 5  # one in so many photos is as large as a phone's
LARGE_WH = (8100, 6100)  # 49.4 megapixels


@dataclass(frozen=True)
class Example:
    """A photo, and what a visitor who is alone on the server is shown of it."""

    name: str
    data: bytes
    names: tuple[str, ...]
    badges: tuple[str, ...]
    looked_at: tuple[bytes, ...]
    photo_jpeg: bytes


@dataclass
class Tally:
    """What became of the photos that were shown.

    Attributes:
        seconds: for each, from the upload's begin to the page's last message.
        faults: what was not as it should be, one sentence each.
        waited: how many were told their place in line.
    """

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    waited: int = 0

    def add(self, example: Example, seen: Seen) -> None:
        self.seconds.append(seen.seconds)
        self.waited += bool(seen.places)
        fault = fault_of(example, seen)
        if fault is not None:
            self.faults.append(f"{example.name}: {fault}")


@dataclass
class Hoard:
    """What became of visitors who put large photos in and stayed.

    Attributes:
        kept: how many still had them when they looked again.
        sent_again: how many were asked to send them again.
        refused: how many could not send them in the first place.
    """

    kept: int = 0
    sent_again: int = 0
    refused: int = 0


def fault_of(example: Example, seen: Seen) -> str | None:
    """What is wrong with what was shown, in a sentence; None where it is what the photo gives alone."""
    if seen.names != example.names or seen.badges != example.badges:
        shown = f"{seen.names} {seen.badges}, alerts: {seen.alerts}"
        return f"it showed {shown}, not {example.names} {example.badges}"
    if seen.photo_jpeg != example.photo_jpeg:
        return "the photo on the page was not the one that was put in"
    if seen.looked_at != example.looked_at:
        return "the model had looked at another photo"
    return None


def setup_of(task: TaskSpec) -> Setup:
    """The page's usual settings."""
    classifier = Classifier.load(model_store.find_model(task.name))
    if task.finder is None:
        return Setup(task, classifier, None, False, task.box_margin)
    detector = Detector.load(model_store.find_model(task.finder))
    return Setup(task, classifier, Finder(detector, detector.min_confidence), True, task.box_margin)


def example_of(setup: Setup, name: str, data: bytes) -> Example:
    """Computes alone what the page shows."""
    desk, photo = Desk(), Photo(name, data)
    answer = answers.answer(desk, photo, setup)
    parts = answer.parts
    return Example(
        name,
        data,
        tuple(words.heading(part.prediction.best.label) for part in parts),
        tuple(words.certainty(part.sureness, part.prediction.best.probability, answer.is_guess) for part in parts),
        tuple(part.looked_at_jpeg for part in parts),
        answers.view(desk, photo).jpeg,
    )


def drawn_photos(count: int, seed: int) -> Iterator[bytes]:
    """JPEG files of streets with a sign, no two alike, most of 2 megapixels and some of 12."""
    for number in range(count):
        yield _drawn_photo(seed + number, PHONE_WH if number % PHONES_AMONG == 0 else USUAL_WH)


def large_photos(count: int, seed: int) -> Iterator[bytes]:
    """Files of nearly 50 megapixels, no two alike: JPEG, PNG, PNG with transparency and HEIC in turn."""
    for number in range(count):
        photo = _enlarged_scene(seed + number, LARGE_WH)
        if number % 4 == 0:
            yield _saved(photo, "JPEG", quality=88)
        elif number % 4 == 3:
            yield _saved(photo, "HEIF", quality=60, enc_params={"preset": "ultrafast"})
        else:
            if number % 4 == 2:
                photo.putalpha(Image.linear_gradient("L").resize(LARGE_WH))
            yield _saved(photo, "PNG", compress_level=1)


def padded(photo: bytes, size_bytes: int) -> bytes:
    """A JPEG file that looks the same and is so large; what comes after a JPEG's end is not looked at."""
    return photo + bytes(size_bytes - len(photo))


def examples(task_name: str, photos: Sequence[bytes] | Iterator[bytes]) -> list[Example]:
    """Each photo with its answer on the page of that task."""
    setup = setup_of(TASKS[task_name])
    return [example_of(setup, f"{task_name}-{number}.jpg", data) for number, data in enumerate(photos)]


def photos_in(folder: Path, count: int) -> list[bytes]:
    """The first photos of each class folder in turn, as many as there are up to `count`."""
    files = sorted(folder.glob("*/*"), key=lambda path: (sorted(path.parent.iterdir()).index(path), path))
    return [path.read_bytes() for path in files[:count]]


async def visit_at_once(url: str, examples_of_page: dict[str, list[Example]]) -> Tally:
    """Opens a session for each example, on its page, and puts all photos in at the same moment."""
    tally = Tally()
    async with AsyncExitStack() as stack:
        visits = [
            (await stack.enter_async_context(Visitor(url, page)), example)
            for page, of_page in examples_of_page.items()
            for example in of_page
        ]

        async def show(visitor: Visitor, example: Example) -> None:
            tally.add(example, await visitor.show(example.name, example.data))

        await asyncio.gather(*(show(visitor, example) for visitor, example in visits))
    return tally


async def visit_for_long(
    url: str,
    examples_of_page: dict[str, list[Example]],
    sessions: int,
    photos: int,
    after_each: Callable[[int], None],
) -> Tally:
    """Lets `sessions` visitors show `photos` photos between them, one after another each.

    Args:
        after_each: is told how many have been shown.
    """
    tally = Tally()
    pages = list(examples_of_page)
    left = iter(range(photos))

    async def visit(number: int) -> None:
        page = pages[number % len(pages)]
        of_page = examples_of_page[page]
        async with Visitor(url, page) as visitor:
            for position in left:  # whoever is ready takes the next
                example = of_page[position % len(of_page)]
                tally.add(example, await visitor.show(example.name, example.data))
                after_each(len(tally.seconds))

    await asyncio.gather(*(visit(number) for number in range(sessions)))
    return tally


async def visit_and_stay(
    url: str, page: str, example: Example, visitors: int, photos: int, size_bytes: int, at_once: int
) -> Hoard:
    """Lets visitors put in `photos` photos of `size_bytes` each, come back at the end, and look again.

    Args:
        at_once: how many of them send theirs at the same time.
    """
    data = padded(example.data, size_bytes)
    hoard = Hoard()
    gate = asyncio.Semaphore(at_once)
    async with AsyncExitStack() as stack:
        all_of_them = [await stack.enter_async_context(Visitor(url, page)) for _ in range(visitors)]

        async def send(visitor: Visitor) -> None:
            async with gate:
                try:
                    await visitor.show_all([(f"{number}.jpg", data) for number in range(photos)])
                except httpx.HTTPStatusError:
                    hoard.refused += 1

        await asyncio.gather(*map(send, all_of_them))
        for visitor in all_of_them:
            seen = await visitor.look_again()
            hoard.sent_again += GONE in seen.alerts
            hoard.kept += bool(seen.names)
    return hoard


def _drawn_photo(seed: int, size_wh: tuple[int, int]) -> bytes:
    return _saved(_enlarged_scene(seed, size_wh), "JPEG", quality=88)


def _enlarged_scene(seed: int, size_wh: tuple[int, int]) -> Image.Image:
    scene = draw_street_scene(SIGN_FOLDER / f"{seed % SIGNS:02d}.svg", seed, SCENE_HW, sign_px=(150, 170)).image
    return Image.fromarray(scene).resize(size_wh, Image.Resampling.BILINEAR)


def _saved(photo: Image.Image, file_format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    photo.save(file, file_format, **options)
    if len(file.getvalue()) > images.MAX_BYTES:
        raise ValueError("a drawn photo is over the limit")
    return file.getvalue()
