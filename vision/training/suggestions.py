"""What to set when nobody says: chosen from how many photos there are of which classes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vision.tasks import TaskSpec

HEAD_BATCH = 128
UNEVEN_FROM = 3.0
FEW_PHOTOS = 30
# A run of few steps has to make larger ones: 12 epochs of the sample, 216 steps, ended with 205 of its 220 test photos
# right at the usual rate, and with 219 at this one.
BATCH, FEW_STEPS = 32, 1_000
USUAL_RATE, SHORT_RUN_RATE = 7e-4, 2e-3


@dataclass(frozen=True)
class Length:
    """How long to train: a name for people, a line on it, and what `TrainingConfig` takes for it."""

    name: str
    description: str
    head_epochs: int
    epochs: int
    learning_rate: float


@dataclass(frozen=True)
class Suggestion:
    """Settings that suit a data set.

    Attributes:
        lengths: from short to long; `length` is the place of the usual one.
        validation_fraction: part of the photos to hold back.
        class_weights: whether the classes are so uneven that rare ones should count for more.
    """

    lengths: tuple[Length, ...]
    length: int
    validation_fraction: float
    class_weights: bool


def suggest(photos_per_class: Sequence[int]) -> Suggestion:
    """What suits so many training photos; there is at least one class."""
    photos, smallest, largest = sum(photos_per_class), min(photos_per_class), max(photos_per_class)
    return Suggestion(
        lengths=(
            _length("Quick look", "Shows whether the photos work at all.", photos, 3_000, 1, 8),
            _length("Normal", "Good for most.", photos, 8_000, 4, 20),
            _length("Thorough", "Takes longest, and is a little better.", photos, 30_000, 8, 60),
        ),
        length=1,
        validation_fraction=0.1 if smallest >= FEW_PHOTOS else 0.2,
        class_weights=largest >= UNEVEN_FROM * max(smallest, 1),
    )


def guess_task(
    class_keys: Sequence[str], tasks: Iterable[TaskSpec], known_classes: Mapping[str, Iterable[str]]
) -> TaskSpec | None:
    """The task to which photos of these classes belong: one that has most of them; None where there is none.

    Args:
        known_classes: by a task's name, the classes of its models.
    """
    wanted = set(class_keys)
    for task in tasks:
        known = set(task.labels or ()) | set(known_classes.get(task.name, ()))
        if len(wanted & known) > len(wanted) / 2:
            return task
    return None


def _length(name: str, description: str, photos: int, photos_seen: int, fewest: int, most: int) -> Length:
    """As many epochs as show about `photos_seen` photos, within bounds."""
    # The head learns from features that are computed once: small data sets can afford many passes, and need them.
    head_epochs = _between(5, 150 * HEAD_BATCH // max(photos, 1), 40)
    epochs = _between(fewest, round(photos_seen / max(photos, 1)), most)
    is_short = epochs * photos < FEW_STEPS * BATCH
    return Length(name, description, head_epochs, epochs, SHORT_RUN_RATE if is_short else USUAL_RATE)


def _between(low: int, value: int, high: int) -> int:
    return min(max(value, low), high)
