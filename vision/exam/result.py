"""What came of an exam, as its folder keeps it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision import images, metrics
from vision.checked_fields import count_in, number_in, share_in, text_in
from vision.errors import ImageError, ModelError
from vision.evaluation import Evaluation
from vision.jobs import write_json
from vision.model_card import ModelCard
from vision.names import as_text
from vision.results.thumbnails import LONGEST_PX, shrink

RANKS = (1, 3, 5)
MOST_MISTAKES = 60
MOST_REASONS = 20


@dataclass(frozen=True)
class Share:
    """`right` of `photos`."""

    right: int
    photos: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.right / self.photos if self.photos else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the share, for photos taken independently."""
        return metrics.wilson_interval(self.right, self.photos)


@dataclass(frozen=True)
class Mistake:
    """A photo that was named wrongly.

    Attributes:
        file: folder and name; truth, answer: names of the classes; probability: of the answer, 0 to 1.
        picture: the photo made small, as a data URI; "" where it could not be made.
    """

    file: str
    truth: str
    answer: str
    probability: float
    picture: str


@dataclass(frozen=True)
class ClassShare:
    """How often photos of one class got its name."""

    label: str
    score: Share


@dataclass(frozen=True)
class LeftOut:
    """A folder whose name is that of no class, and how many photos it has."""

    folder: str
    photos: int


@dataclass(frozen=True)
class ExamResult:
    """How a model did on somebody's photos.

    Attributes:
        model, model_format: what was measured; classes_known: how many classes it tells apart.
        scores: by rank (1, 3, 5), how often the right class was among so many first answers.
        offered: photos in folders that were matched; more than were measured where a bound took every so many-th.
        median_ms: one photo from decoded pixels to scores.
        unreadable: how many photos could not be read; reasons: the first few, a sentence each.
        left_out: folders that were not matched.
        classes: those that had photos, the worst first.
        mistakes: the surest ones first, at most `MOST_MISTAKES`.
    """

    model: str
    model_format: str
    classes_known: int
    scores: Mapping[int, Share]
    offered: int
    median_ms: float
    unreadable: int
    reasons: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    classes: tuple[ClassShare, ...]
    mistakes: tuple[Mistake, ...]

    @property
    def wrong(self) -> int:
        """How many photos were named wrongly."""
        return self.scores[1].photos - self.scores[1].right

    def write(self, path: Path) -> None:
        """Writes the file that `read_result` reads."""
        write_json(path, asdict(self))


def describe(evaluation: Evaluation, card: ModelCard, offered: int, left_out: Sequence[LeftOut]) -> ExamResult:
    """What an evaluation says; the photos have to be there still, for their pictures."""
    probabilities, truth = evaluation.probabilities, evaluation.labels
    photos = len(truth)
    answers = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(answers != truth)
    surest = wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")][:MOST_MISTAKES]
    classes = [
        ClassShare(
            card.labels[label], Share(int((answers[truth == label] == label).sum()), int((truth == label).sum()))
        )
        for label in np.unique(truth)
    ]
    return ExamResult(
        model=evaluation.model,
        model_format=evaluation.model_format,
        classes_known=len(card.labels),
        scores={
            rank: Share(round(metrics.top_k_accuracy(probabilities, truth, rank) * photos), photos) for rank in RANKS
        },
        offered=offered,
        median_ms=evaluation.median_ms,
        unreadable=len(evaluation.unreadable),
        reasons=tuple(map(as_text, evaluation.unreadable[:MOST_REASONS])),
        left_out=tuple(left_out),
        classes=tuple(sorted(classes, key=lambda each: (each.score.share, -each.score.photos))),
        mistakes=tuple(
            Mistake(
                as_text(f"{evaluation.files[row].parent.name}/{evaluation.files[row].name}"),
                card.labels[truth[row]],
                card.labels[answers[row]],
                round(float(probabilities[row].max()), 4),
                _picture(evaluation.files[row]),
            )
            for row in surest
        ),
    )


def read_result(path: Path) -> ExamResult:
    """Reads what `ExamResult.write` wrote.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return ExamResult(
            model=text_in(content, "model"),
            model_format=text_in(content, "model_format"),
            classes_known=count_in(content, "classes_known"),
            scores={rank: _share(content["scores"][str(rank)]) for rank in RANKS},
            offered=count_in(content, "offered"),
            median_ms=number_in(content, "median_ms"),
            unreadable=count_in(content, "unreadable", low=0),
            reasons=tuple(map(str, content["reasons"])),
            left_out=tuple(LeftOut(str(each["folder"]), int(each["photos"])) for each in content["left_out"]),
            classes=tuple(ClassShare(str(each["label"]), _share(each["score"])) for each in content["classes"]),
            mistakes=tuple(_mistake(each) for each in content["mistakes"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError("What came of these photos is gone or damaged; measure on them again.") from error


def _share(content: Mapping[str, Any]) -> Share:
    share = Share(count_in(content, "right", low=0), count_in(content, "photos"))
    if share.right > share.photos:
        raise ValueError(f"{share.right} of {share.photos} are right")
    return share


def _mistake(content: Mapping[str, Any]) -> Mistake:
    picture = content["picture"]
    if picture and not str(picture).startswith("data:image/jpeg;base64,"):
        raise ValueError("a picture is none")
    return Mistake(
        text_in(content, "file"),
        text_in(content, "truth"),
        text_in(content, "answer"),
        share_in(content, "probability"),
        str(picture),
    )


def _picture(path: Path) -> str:
    try:
        return shrink(images.decode(images.read_file(path), min_side=LONGEST_PX)).data_uri
    except (ImageError, OSError):
        return ""
