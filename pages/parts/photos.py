"""The photos of one visitor: what was shown last, and the boxes drawn in them.

They live in their session only, and there for as long as there is room for them (see `kept`).
"""

import hashlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import streamlit as st
from PIL import Image

from pages.parts import hosted, kept
from pages.parts.memory import Memory
from vision import images
from vision.errors import GoneError
from vision.predictions import Box
from vision.room import Elsewhere
from vision.tasks import TaskSpec

GONE = "Your photos are no longer here: they had to make room for newer ones. Please send them again."


class Photo:
    """A file as it came in; neither its name nor its bytes can be trusted, unless it is an example of the app."""

    def __init__(self, name: str, data: bytes, is_example: bool = False) -> None:
        self.name = name
        self.is_example = is_example
        self._data: bytes | None = data

    @property
    def data(self) -> bytes:
        """The whole file. Raises GoneError once it was dropped."""
        data = self._data
        if data is None:
            raise GoneError(GONE)
        return data

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def size_bytes(self) -> int:
        data = self._data
        return 0 if data is None else len(data)

    def drop(self) -> None:
        """Forgets the file, whoever holds this object still: widgets do until their page is drawn again."""
        self._data = None


@dataclass(eq=False)
class Desk:
    """What lies before one visitor.

    Attributes:
        photos: those shown last, at most `hosted.limits().photos`.
        left_out: how many more there were.
        boxes: by photo's digest, the box drawn by hand, in fractions (0 to 1) of the photo's width and height.
        guesses: digests of the photos in which nothing was found and a guess was asked for.
        refused: what could not be answered, by the key of its answer, see `watched`.
        finding_ms: how long it took to look for objects in the photo looked at last.
        memory: answers and views that need not be computed again; `answers` fills it.
        is_dropped: whether the photos had to make room, so that they must be brought again.
    """

    photos: list[Photo] = field(default_factory=list)
    left_out: int = 0
    boxes: dict[str, Box] = field(default_factory=dict)
    guesses: set[str] = field(default_factory=set)
    refused: set[tuple[object, ...]] = field(default_factory=set)
    finding_ms: float | None = None
    memory: Memory = field(default_factory=Memory)
    is_dropped: bool = False

    @property
    def size_bytes(self) -> int:
        """About what photos and answers take."""
        return sum(photo.size_bytes for photo in self.photos) + self.memory.size_bytes

    def drop(self) -> None:
        """Gives up photos and answers. The page may be being drawn meanwhile: its list of photos stays as it is."""
        self.is_dropped = True
        self.memory = Memory()
        for photo in self.photos:
            photo.drop()

    def forget_box(self, photo: Photo) -> None:
        self.boxes.pop(photo.digest, None)


def full_size_hw(photo: Photo, decoded_hw: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the upright photo at full size, for a photo that was decoded already, maybe smaller.

    It is turned as the decoded one is: what lies on its side in the file has its sides swapped.
    """
    with Image.open(io.BytesIO(photo.data), formats=images.READABLE_FORMATS) as file:
        width, height = file.size
    ratio = decoded_hw[0] / decoded_hw[1]
    lies_on_its_side = abs(math.log(ratio * height / width)) < abs(math.log(ratio * width / height))
    return (width, height) if lies_on_its_side else (height, width)


def desk_of(task: TaskSpec) -> Desk:
    """This visitor's desk on the task's page; an empty one where its photos had to make room."""
    desk: Desk = st.session_state.get(_key(task), Desk())
    return _put(task, Desk(is_dropped=True) if desk.is_dropped else desk)


def put_photos(task: TaskSpec, photos: Sequence[Photo], lost: int = 0) -> None:
    """Replaces the photos on the desk, as many as one visitor may have; what belonged to the old ones is forgotten.

    Args:
        lost: how many more there were, which had to make room before they could be put here.
    """
    limits = hosted.limits()
    chosen: list[Photo] = []
    spare_bytes = limits.visitor_mb * kept.MB
    for photo in photos[: limits.photos]:
        spare_bytes -= photo.size_bytes
        if chosen and spare_bytes < 0:
            break
        chosen.append(photo)
    left_out = len(photos) - len(chosen) + lost
    desk_of(task).drop()  # Streamlit keeps what a widget calls back, and with it the old photos, for a visit's time
    _put(task, Desk(chosen, left_out, is_dropped=not chosen))


def _put(task: TaskSpec, desk: Desk) -> Desk:
    st.session_state[_key(task)] = desk
    kept.keep(_key(task), Elsewhere(desk))
    return desk


def _key(task: TaskSpec) -> str:
    return f"{task.name}_desk"
