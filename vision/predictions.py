"""What crosses rooms: boxes, scores and predictions, as frozen values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the upright photo; x to the right, y down, the far edge exclusive."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        return self.x1, self.y1, self.x2, self.y2

    @property
    def width(self) -> float:
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        return self.y2 - self.y1

    def clipped(self, size_hw: tuple[int, int]) -> "Box":
        """The part of the box inside a photo of `size_hw` pixels; it may be empty."""
        height, width = size_hw
        return Box(
            min(max(self.x1, 0), width),
            min(max(self.y1, 0), height),
            min(max(self.x2, 0), width),
            min(max(self.y2, 0), height),
        )

    def square_within(self, size_hw: tuple[int, int]) -> "Box":
        """A square with the box' longer side, but no longer than the photo's shorter one, moved into the photo."""
        height, width = size_hw
        side = min(max(self.width, self.height), height, width)
        x1 = min(max((self.x1 + self.x2 - side) / 2, 0), width - side)
        y1 = min(max((self.y1 + self.y2 - side) / 2, 0), height - side)
        return Box(x1, y1, x1 + side, y1 + side)

    def scaled(self, x_factor: float, y_factor: float) -> "Box":
        """The same box where a pixel is `x_factor` wide and `y_factor` high: from fractions to pixels and back."""
        return Box(self.x1 * x_factor, self.y1 * y_factor, self.x2 * x_factor, self.y2 * y_factor)

    def grown(self, margin: float) -> "Box":
        """The box with `margin` times its width and height added on each side."""
        dx, dy = self.width * margin, self.height * margin
        return Box(self.x1 - dx, self.y1 - dy, self.x2 + dx, self.y2 + dy)


@dataclass(frozen=True)
class Detection:
    """An object found in a photo: its box in pixels, inside the photo, and the detector's confidence (0 to 1)."""

    box: Box
    confidence: float


@dataclass(frozen=True)
class ClassScore:
    """One class with its calibrated probability (0 to 1)."""

    index: int
    label: str
    probability: float


@dataclass(frozen=True)
class Prediction:
    """The answer for one photo, or for one box in it.

    `scores` holds every class, the most probable first. `box` is None where the whole photo was classified.
    `latency_ms` is the time from decoded pixels to scores.
    """

    scores: tuple[ClassScore, ...]
    box: Box | None
    latency_ms: float

    @property
    def best(self) -> ClassScore:
        return self.scores[0]

    def top(self, count: int) -> tuple[ClassScore, ...]:
        return self.scores[:count]
