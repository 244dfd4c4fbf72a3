"""The photos of one visitor: what was shown last, and the boxes drawn in them. They live in their session only."""

import hashlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import streamlit as st
from PIL import Image

from pages.parts import hosted
from pages.parts.memory import Memory
from vision import images
from vision.predictions import Box
from vision.tasks import TaskSpec


@dataclass(frozen=True)
class Photo:
    """A file as it came in; neither its name nor its bytes can be trusted, unless it is an example of the app."""

    name: str
    data: bytes = field(repr=False)
    is_example: bool = False

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass
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
    """

    photos: list[Photo] = field(default_factory=list)
    left_out: int = 0
    boxes: dict[str, Box] = field(default_factory=dict)
    guesses: set[str] = field(default_factory=set)
    refused: set[tuple[object, ...]] = field(default_factory=set)
    finding_ms: float | None = None
    memory: Memory = field(default_factory=Memory)

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
    """This visitor's desk on the task's page."""
    return st.session_state.setdefault(f"{task.name}_desk", Desk())


def put_photos(task: TaskSpec, photos: Sequence[Photo]) -> None:
    """Replaces the photos on the desk; what belonged to the old ones is forgotten."""
    most = hosted.limits().photos
    st.session_state[f"{task.name}_desk"] = Desk(list(photos[:most]), max(0, len(photos) - most))
