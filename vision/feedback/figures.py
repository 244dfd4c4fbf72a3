"""How often people say that a model was right, and what they say it took for what."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, case, func, or_, select

from vision.feedback.store import FeedbackStore
from vision.feedback.tables import JUDGEMENTS, PHOTOS
from vision.metrics import wilson_interval

_FILE: list[Column[Any]] = [JUDGEMENTS.c.model, JUDGEMENTS.c.model_format, JUDGEMENTS.c.model_sha256]
_PAIR: list[Column[Any]] = [
    JUDGEMENTS.c.answer_key,
    JUDGEMENTS.c.answer,
    JUDGEMENTS.c.correction_key,
    JUDGEMENTS.c.correction,
]


@dataclass(frozen=True)
class Tally:
    """What people said of one file of a model.

    Attributes:
        right, total: how many said "right", and how many said anything.
        newest: the last time, as `datetime` in UTC without a zone.
    """

    model: str
    model_format: str
    model_sha256: str
    right: int
    total: int
    newest: object

    @property
    def share(self) -> float:
        """Part that said "right", 0 to 1."""
        return self.right / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the share."""
        return wilson_interval(self.right, self.total)


@dataclass(frozen=True)
class MixUp:
    """How often people said that an answer was something else; `truth` is None where they did not say what."""

    answer_key: str
    answer: str
    true_key: str | None
    truth: str | None
    count: int


def count_right(store: FeedbackStore, task: str) -> list[Tally]:
    """A tally for each file of each model that people said something about, the latest first; examples are left out.

    Raises:
        DatabaseError: the database cannot be read.
    """
    newest = func.max(JUDGEMENTS.c.said_at)
    right = func.sum(case((JUDGEMENTS.c.is_right, 1), else_=0))
    query = select(*_FILE, right, func.count(), newest).where(*_counted(task)).group_by(*_FILE).order_by(newest.desc())
    return [Tally(row[0], row[1], row[2], int(row[3]), int(row[4]), row[5]) for row in store.rows(query)]


def count_mix_ups(store: FeedbackStore, task: str, most: int) -> list[MixUp]:
    """The most frequent corrections, the most frequent first; examples are left out.

    Raises:
        DatabaseError: the database cannot be read.
    """
    query = select(*_PAIR, func.count().label("times")).where(*_counted(task), JUDGEMENTS.c.is_right.is_(False))
    order = (func.count().desc(), JUDGEMENTS.c.answer, JUDGEMENTS.c.correction)
    return [MixUp(*row) for row in store.rows(query.group_by(*_PAIR).order_by(*order).limit(most))]


def count_examples(store: FeedbackStore, task: str) -> int:
    """How many spoke of photos that came with the app. Raises DatabaseError where the database cannot be read."""
    query = select(func.count()).select_from(JUDGEMENTS).where(JUDGEMENTS.c.task == task, JUDGEMENTS.c.is_example)
    return int(store.scalars(query)[0])


@dataclass(frozen=True)
class PhotoCount:
    """How many photos people gave, how many of these they said the class of, and what all take."""

    total: int
    named: int
    size_bytes: int


def count_photos(store: FeedbackStore, task: str) -> PhotoCount:
    """The photos that people gave. Raises DatabaseError where the database cannot be read."""
    is_named = or_(JUDGEMENTS.c.is_right, JUDGEMENTS.c.correction_key.is_not(None))
    named = func.sum(case((is_named, 1), else_=0))
    query = select(func.count(), named, func.sum(PHOTOS.c.size_bytes))
    ((total, known, size_bytes),) = store.rows(
        query.select_from(JUDGEMENTS).join(PHOTOS).where(JUDGEMENTS.c.task == task)
    )
    return PhotoCount(int(total), int(known or 0), int(size_bytes or 0))


def _counted(task: str) -> tuple[ColumnElement[bool], ...]:
    return JUDGEMENTS.c.task == task, JUDGEMENTS.c.is_example.is_(False)
