"""Judgements and photos go into the database here, come out of it, and are taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from vision.errors import FeedbackError
from vision.feedback.database import WRITES, open_database, shown
from vision.feedback.judgement import Judgement
from vision.feedback.place import DatabaseError
from vision.feedback.tables import JUDGEMENTS, PHOTOS

MOST_JUDGEMENTS = 1_000_000
MOST_PHOTO_BYTES = 500_000_000  # of all photos together
_AT_ONCE = 200


class FeedbackStore:
    """The feedback database. May be shared by threads, and the database by processes and machines."""

    def __init__(self, url: str) -> None:
        """Opens the database. Raises DatabaseError where that fails."""
        self._engine = open_database(url)

    def close(self) -> None:
        self._engine.dispose()

    def try_out(self) -> None:
        """Does what writing does, and writes nothing. Raises DatabaseError where that fails."""
        with self._writing() as connection:
            connection.execute(JUDGEMENTS.delete().where(JUDGEMENTS.c.id == ""))

    def add(self, judgement: Judgement) -> None:
        """Keeps a judgement.

        Raises:
            DatabaseError: the database cannot be written.
            FeedbackError: it is full.
        """
        with self._writing() as connection:
            if (connection.scalar(select(func.count()).select_from(JUDGEMENTS)) or 0) >= MOST_JUDGEMENTS:
                raise FeedbackError("No more feedback can be kept here: the limit is reached. The answer stays.")
            values = asdict(judgement) | {"said_at": judgement.said_at.astimezone(UTC).replace(tzinfo=None)}
            connection.execute(JUDGEMENTS.insert().values(values))

    def correct(self, judgement_id: str, key: str | None, label: str | None) -> None:
        """Keeps what it is instead, see `Judgement`; nothing where the judgement is gone. Raises DatabaseError."""
        with self._writing() as connection:
            connection.execute(
                JUDGEMENTS.update()
                .where(JUDGEMENTS.c.id == judgement_id)
                .values(correction_key=key, correction=label, is_right=False)
            )

    def take_back(self, judgement_id: str) -> None:
        """Deletes a judgement and its photo. Raises DatabaseError."""
        with self._writing() as connection:
            connection.execute(PHOTOS.delete().where(PHOTOS.c.judgement_id == judgement_id))
            connection.execute(JUDGEMENTS.delete().where(JUDGEMENTS.c.id == judgement_id))

    def give_photo(self, judgement_id: str, jpeg: bytes) -> None:
        """Keeps the photo of a judgement, made by `kept_photo.kept_jpeg`, in place of one that is there.

        Raises:
            DatabaseError: the database cannot be written.
            FeedbackError: it has no room for photos, or the judgement is gone.
        """
        with self._writing() as connection:
            connection.execute(PHOTOS.delete().where(PHOTOS.c.judgement_id == judgement_id))
            if connection.scalar(select(JUDGEMENTS.c.id).where(JUDGEMENTS.c.id == judgement_id)) is None:
                raise FeedbackError("What you said of this answer is no longer kept here, so neither is the photo.")
            if (connection.scalar(_PHOTO_BYTES) or 0) + len(jpeg) > MOST_PHOTO_BYTES:
                raise FeedbackError("There is no room for more photos here; what you said is kept without it.")
            connection.execute(PHOTOS.insert().values(judgement_id=judgement_id, size_bytes=len(jpeg), jpeg=jpeg))

    def take_photo_back(self, judgement_id: str) -> None:
        """Deletes the photo of a judgement. Raises DatabaseError."""
        with self._writing() as connection:
            connection.execute(PHOTOS.delete().where(PHOTOS.c.judgement_id == judgement_id))

    def tasks(self) -> list[str]:
        """Names of the tasks that something was said about. Raises DatabaseError."""
        return self.scalars(select(JUDGEMENTS.c.task).distinct().order_by(JUDGEMENTS.c.task))

    def judgements(self, task: str) -> Iterator[Judgement]:
        """All that was said in a task, the oldest first. Raises DatabaseError."""
        query = select(JUDGEMENTS).where(JUDGEMENTS.c.task == task).order_by(JUDGEMENTS.c.said_at, JUDGEMENTS.c.id)
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=_AT_ONCE).execute(query):
                yield _judgement(row)

    def with_photos(self, task: str, skip: int, most: int, is_right: bool | None = None) -> list[Judgement]:
        """Those of a task's judgements that have a photo, the newest first. Raises DatabaseError.

        Args:
            skip, most: how many of the newest to leave out, and how many to give after these.
            is_right: only those that say so; None gives all.
        """
        query = select(JUDGEMENTS).join(PHOTOS).where(JUDGEMENTS.c.task == task)
        if is_right is not None:
            query = query.where(JUDGEMENTS.c.is_right.is_(is_right))
        query = query.order_by(JUDGEMENTS.c.said_at.desc(), JUDGEMENTS.c.id).offset(skip).limit(most)
        return [_judgement(row) for row in self.rows(query)]

    def photo_ids(self, task: str) -> set[str]:
        """Of which of a task's judgements there is a photo. Raises DatabaseError."""
        return set(self.scalars(select(PHOTOS.c.judgement_id).join(JUDGEMENTS).where(JUDGEMENTS.c.task == task)))

    def photo(self, judgement_id: str) -> bytes | None:
        """The photo of a judgement as a JPEG file; None where there is none. Raises DatabaseError."""
        found = self.scalars(select(PHOTOS.c.jpeg).where(PHOTOS.c.judgement_id == judgement_id))
        return bytes(found[0]) if found else None

    def rows(self, query: Select[*tuple[Any, ...]]) -> list[Row[*tuple[Any, ...]]]:
        """What a query finds. Raises DatabaseError."""
        with self._reading() as connection:
            return list(connection.execute(query))

    def scalars(self, query: Select[*tuple[Any, ...]]) -> list[Any]:
        """The first column of what a query finds. Raises DatabaseError."""
        return [row[0] for row in self.rows(query)]

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        engine = self._engine.execution_options(**{WRITES: True})
        with self._told("written"), engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._told("read"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise DatabaseError(f"The feedback database {shown(self._engine.url)} cannot be {done}.") from error


_PHOTO_BYTES = select(func.sum(PHOTOS.c.size_bytes)).select_from(PHOTOS)


@lru_cache(maxsize=4)
def open_store(url: str) -> FeedbackStore:
    """The store of a database, opened once a process. Raises DatabaseError, and tries again when asked again."""
    return FeedbackStore(url)


def _judgement(row: Row[*tuple[Any, ...]]) -> Judgement:
    values = dict(row._mapping)
    return Judgement(**(values | {"said_at": values["said_at"].replace(tzinfo=UTC)}))
