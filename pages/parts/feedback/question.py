"""An answer that a visitor is asked about."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from pages.parts.photos import Photo
from pages.parts.results import Answer, PhotoAnswer
from pages.parts.setup import Setup
from vision.feedback.judgement import Judgement, new_id, now


@dataclass(frozen=True)
class Question:
    """One answer, with all that it came from."""

    setup: Setup
    photo: Photo
    answer: PhotoAnswer
    part: Answer

    @cached_property
    def key(self) -> str:
        """Tells this answer from others; the same photo, shown again, gets the same."""
        box = self.part.prediction.box
        corners = None if box is None else box.xyxy
        about = (self.setup.task.name, self.photo.digest, self.setup.classifier_key, self.answer.found, corners)
        return hashlib.sha256(repr(about).encode()).hexdigest()[:16]

    def judged(self, is_right: bool) -> Judgement:
        """A new judgement, passed now."""
        card, best = self.setup.classifier.card, self.part.prediction.best
        return Judgement(
            id=new_id(),
            said_at=now(),
            task=self.setup.task.name,
            model=card.name,
            model_sha256=self.setup.classifier_key,
            model_format=self.setup.classifier.model_format,
            crop_first=self.setup.crop_first,
            found=self.answer.found.value,
            answer_key=card.class_keys[best.index],
            answer=best.label,
            probability=best.probability,
            is_right=is_right,
            is_example=self.photo.is_example,
        )

    def others(self) -> dict[str, str]:
        """The classes that were not named: labels by key, in the order of the labels."""
        card, named = self.setup.classifier.card, self.part.prediction.best.index
        pairs = [pair for index, pair in enumerate(zip(card.class_keys, card.labels, strict=True)) if index != named]
        return dict(sorted(pairs, key=lambda pair: _in_order(pair[1])))


def _in_order(label: str) -> list[tuple[int, str]]:
    """Sorts "30 km/h" before "100 km/h"."""
    return [(int(word), "") if word.isascii() and word.isdigit() else (-1, word.casefold()) for word in label.split()]
