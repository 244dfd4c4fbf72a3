"""The photos of one visitor: what was shown last, and the boxes drawn in them. They live in their session only."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import streamlit as st

from vision.predictions import Box
from vision.tasks import TaskSpec

MAX_PHOTOS = 50


@dataclass(frozen=True)
class Photo:
    """A file as it came in; neither its name nor its bytes can be trusted."""

    name: str
    data: bytes = field(repr=False)

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass
class Desk:
    """What lies before one visitor.

    Attributes:
        photos: those shown last, at most `MAX_PHOTOS`.
        left_out: how many more there were.
        boxes: by photo's digest, the box drawn by hand, in fractions (0 to 1) of the photo's width and height.
        seen: answers and views that need not be computed again; `answers` fills it.
    """

    photos: list[Photo] = field(default_factory=list)
    left_out: int = 0
    boxes: dict[str, Box] = field(default_factory=dict)
    seen: dict[tuple[object, ...], object] = field(default_factory=dict)

    def forget_box(self, photo: Photo) -> None:
        self.boxes.pop(photo.digest, None)


def desk_of(task: TaskSpec) -> Desk:
    """This visitor's desk on the task's page."""
    return st.session_state.setdefault(f"{task.name}_desk", Desk())


def put_photos(task: TaskSpec, photos: Sequence[Photo]) -> None:
    """Replaces the photos on the desk; what belonged to the old ones is forgotten."""
    st.session_state[f"{task.name}_desk"] = Desk(list(photos[:MAX_PHOTOS]), max(0, len(photos) - MAX_PHOTOS))
