"""What a person said of one answer."""

import dataclasses
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

SOMETHING_ELSE = "something else"  # what a person says whose photo shows none of the classes


@dataclass(frozen=True)
class Judgement:
    """An answer, and what a person said of it. It tells nothing of the person.

    Attributes:
        id: 32 hexadecimal digits, made where the person spoke.
        said_at: when, in UTC.
        task, model, model_format: names of the task, of the model's folder and of the format that answered.
        model_sha256: checksum of the file that answered; it tells one version of a model from another.
        crop_first: whether objects were to be found in the photo, and cropped, first.
        found: how what was looked at came about: "whole", "drawn", "detected", or "nothing" for a guess.
        answer_key, answer: the class that was named, by its key and in plain words.
        probability: the answer's, 0 to 1.
        is_right: what the person said.
        correction_key, correction: the class that it is instead, or None and `SOMETHING_ELSE`; None twice where the
            person did not say, or the answer was right.
        is_example: whether the photo came with the app, so that the answer says nothing about people's photos.
    """

    id: str
    said_at: datetime
    task: str
    model: str
    model_sha256: str
    model_format: str
    crop_first: bool
    found: str
    answer_key: str
    answer: str
    probability: float
    is_right: bool
    correction_key: str | None = None
    correction: str | None = None
    is_example: bool = False

    @property
    def true_key(self) -> str | None:
        """Key of the class that the photo shows, as far as the person said."""
        return self.answer_key if self.is_right else self.correction_key

    @property
    def truth(self) -> str | None:
        """What the photo shows in plain words, as far as the person said."""
        return self.answer if self.is_right else self.correction

    def corrected(self, key: str | None, label: str | None) -> "Judgement":
        """The same judgement, with what it is instead."""
        return dataclasses.replace(self, correction_key=key, correction=label)


def new_id() -> str:
    return uuid.uuid4().hex


def now() -> datetime:
    return datetime.now(UTC)
