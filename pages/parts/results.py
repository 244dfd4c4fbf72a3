"""What is said of a photo, and how the photo is shown."""

from dataclasses import dataclass
from enum import Enum

from vision.model_card import Sureness
from vision.predictions import Prediction

# About what they take in memory.
SCORE_BYTES = 200
OBJECT_BYTES = 1000


class Found(Enum):
    """How what was looked at in a photo came about."""

    WHOLE = "whole"  # the whole photo, as wished
    DRAWN = "drawn"  # a box drawn by hand
    DETECTED = "detected"  # the finder's boxes
    NOTHING = "nothing"  # the finder had no box; a guess from the whole photo if it was asked for


@dataclass(frozen=True)
class Answer:
    """What the model says of a photo, or of a part of it.

    Attributes:
        looked_at_jpeg: the pixels that went into the network.
        confidence: the finder's, in the part; None where a person chose it.
    """

    prediction: Prediction
    sureness: Sureness
    looked_at_jpeg: bytes
    confidence: float | None = None


@dataclass(frozen=True)
class PhotoAnswer:
    """What the model says of a photo.

    Attributes:
        parts: one answer for each part that was looked at, from left to right; none where nothing was found.
        decoded_hw: height and width that the photo was decoded at; the parts' boxes are in its pixels.
        full_hw: height and width of the upright photo at full size.
        left_out: how many of the objects found are not among the parts, being over `MAX_PARTS`.
        finding_ms: time that the finder took; None where it was not asked.
        total_ms: from the file's bytes to the answer.
    """

    parts: tuple[Answer, ...]
    found: Found
    decoded_hw: tuple[int, int]
    full_hw: tuple[int, int]
    left_out: int = 0
    finding_ms: float | None = None
    total_ms: float = 0.0

    @property
    def is_guess(self) -> bool:
        return self.found is Found.NOTHING and bool(self.parts)

    @property
    def size_bytes(self) -> int:
        return OBJECT_BYTES + sum(
            len(part.looked_at_jpeg) + SCORE_BYTES * len(part.prediction.scores) for part in self.parts
        )


@dataclass(frozen=True)
class View:
    """A photo as the page shows it."""

    jpeg: bytes
    thumbnail_jpeg: bytes

    @property
    def size_bytes(self) -> int:
        return len(self.jpeg) + len(self.thumbnail_jpeg)
