"""What a model's answers to held-out photos say of it, as figures. NumPy only."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vision import metrics
from vision.metrics import Confusion
from vision.names import as_text
from vision.results.doubtful_labels import find_doubtful_labels
from vision.results.outcome import PARTS, Outcome

RANKS = (1, 3, 5)
BINS = 15  # as in the calibration error on the card
MOST_CASES = 100


@dataclass(frozen=True)
class Score:
    """How often the true class was among the `rank` most probable: `right` of `photos`.

    Attributes:
        part: "test" or "validation".
        share: 0 to 1; low, high: its 95 % confidence interval (Wilson, 1927), for photos taken independently.
    """

    part: str
    rank: int
    right: int
    photos: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class ClassScore:
    """How often photos of one class got its name; `share` is None for a class without photos."""

    label: int
    right: int
    photos: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True)
class SurenessBin:
    """Photos whose answer had a probability above `low` up to `high`: how sure and how right on average, 0 to 1."""

    low: float
    high: float
    photos: int
    sureness: float
    share_right: float


@dataclass(frozen=True)
class Case:
    """One photo that is worth a look.

    Attributes:
        row: its row in the outcome; part: as there; file: as there, but always text.
        truth: the class of its folder.
        answer: what it was taken for, or, where the label is in doubt, what the label should probably be.
        probability, truth_probability: what the model gave to each of the two.
    """

    row: int
    part: str
    file: str
    truth: int
    answer: int
    probability: float
    truth_probability: float


@dataclass(frozen=True)
class Findings:
    """What is known of a model. Classes are indices into `labels`.

    Attributes:
        part: the photos that everything but `scores` and `doubtful_labels` is about: "test" where there are any.
        photos: how many of them.
        class_keys, labels: the classes by folder name and in plain words.
        scores: of each part that there is, top-1, top-3 and top-5.
        per_class: one a class.
        cells: the confusion matrix without its zeros, the diagonal included, the most frequent first.
        calibration: the bins that have photos, of 15 equally wide ones.
        calibration_error: mean gap between how sure and how right, see `metrics.expected_calibration_error`.
        mistakes: wrong answers, the surest first, at most 100; mistake_count: of all.
        doubtful_labels: photos of both parts that probably lie in the wrong folder, the clearest first, at most 100;
            doubtful_count: of all.
    """

    part: str
    photos: int
    class_keys: tuple[str, ...]
    labels: tuple[str, ...]
    scores: tuple[Score, ...]
    per_class: tuple[ClassScore, ...]
    cells: tuple[Confusion, ...]
    calibration: tuple[SurenessBin, ...]
    calibration_error: float
    mistakes: tuple[Case, ...]
    mistake_count: int
    doubtful_labels: tuple[Case, ...]
    doubtful_count: int

    def score(self, rank: int = 1, part: str | None = None) -> Score | None:
        """Top-1, top-3 or top-5 of a part, or of the part that counts; None where there are no such photos."""
        wanted = part or self.part
        return next((score for score in self.scores if (score.part, score.rank) == (wanted, rank)), None)

    def confusion_matrix(self) -> np.ndarray:
        """int64 (classes, classes): photos by their class (row) and by what they were taken for (column)."""
        matrix = np.zeros((len(self.labels), len(self.labels)), np.int64)
        for cell in self.cells:
            matrix[cell.truth, cell.answer] = cell.count
        return matrix

    @property
    def confusions(self) -> tuple[Confusion, ...]:
        """The cells off the diagonal, the most frequent first."""
        return tuple(cell for cell in self.cells if cell.truth != cell.answer)

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Findings":
        """What `to_json` gave.

        Raises:
            KeyError, TypeError: something is missing or not known.
        """
        rows: dict[str, type] = {
            "scores": Score,
            "per_class": ClassScore,
            "cells": Confusion,
            "calibration": SurenessBin,
            "mistakes": Case,
            "doubtful_labels": Case,
        }
        texts = {name: tuple(content[name]) for name in ("class_keys", "labels")}
        return cls(
            **{**content, **texts, **{name: tuple(kind(**row) for row in content[name]) for name, kind in rows.items()}}
        )


def find(outcome: Outcome) -> Findings:
    """Everything that is to be known from a model's answers.

    A photo to which the model gave no numbers (a network that diverged) counts as one on which it has no opinion.

    Args:
        outcome: at least one photo.
    """
    outcome = _with_numbers(outcome)
    part = outcome.headline_part
    rows = outcome.rows_of(part)
    truth, answers, probabilities = outcome.truth[rows], outcome.answers[rows], outcome.probabilities[rows]
    wrong = rows[truth != answers]
    surest_first = wrong[np.argsort(-outcome.sureness[wrong], kind="stable")]
    doubtful = find_doubtful_labels(outcome.probabilities, outcome.truth)
    return Findings(
        part=part,
        photos=len(rows),
        class_keys=outcome.class_keys,
        labels=outcome.labels,
        scores=tuple(_score(outcome, name, rank) for name in PARTS if len(outcome.rows_of(name)) for rank in RANKS),
        per_class=tuple(_class_score(truth, answers, label) for label in range(len(outcome.labels))),
        cells=_cells(truth, answers),
        calibration=_bins(probabilities, truth),
        calibration_error=metrics.expected_calibration_error(probabilities, truth, BINS),
        mistakes=tuple(_case(outcome, row, int(outcome.answers[row])) for row in surest_first[:MOST_CASES].tolist()),
        mistake_count=len(wrong),
        doubtful_labels=tuple(_case(outcome, doubt.row, doubt.suggested) for doubt in doubtful[:MOST_CASES]),
        doubtful_count=len(doubtful),
    )


def _with_numbers(outcome: Outcome) -> Outcome:
    finite = np.isfinite(outcome.probabilities).all(axis=1, keepdims=True)
    even = np.float32(1 / outcome.probabilities.shape[1])
    return dataclasses.replace(outcome, probabilities=np.where(finite, outcome.probabilities, even))


def _score(outcome: Outcome, part: str, rank: int) -> Score:
    rows = outcome.rows_of(part)
    share = metrics.top_k_accuracy(outcome.probabilities[rows], outcome.truth[rows], rank)
    right = round(share * len(rows))
    return Score(part, rank, right, len(rows), share, *metrics.wilson_interval(right, len(rows)))


def _class_score(truth: np.ndarray, answers: np.ndarray, label: int) -> ClassScore:
    of_class = truth == label
    photos, right = int(of_class.sum()), int((answers[of_class] == label).sum())
    return ClassScore(label, right, photos, right / photos if photos else None, *metrics.wilson_interval(right, photos))


def _cells(truth: np.ndarray, answers: np.ndarray) -> tuple[Confusion, ...]:
    pairs, counts = np.unique(np.stack([truth, answers], axis=1), axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return tuple(Confusion(int(pairs[i][0]), int(pairs[i][1]), int(counts[i])) for i in order)


def _bins(probabilities: np.ndarray, truth: np.ndarray) -> tuple[SurenessBin, ...]:
    sureness = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == truth
    place = np.minimum((sureness * BINS).astype(int), BINS - 1)
    return tuple(
        SurenessBin(
            b / BINS,
            (b + 1) / BINS,
            int((place == b).sum()),
            float(sureness[place == b].mean()),
            float(right[place == b].mean()),
        )
        for b in sorted(set(place.tolist()))
    )


def _case(outcome: Outcome, row: int, answer: int) -> Case:
    truth = int(outcome.truth[row])
    probabilities = outcome.probabilities[row]
    return Case(
        row,
        outcome.parts[row],
        as_text(outcome.files[row]),
        truth,
        answer,
        float(probabilities[answer]),
        float(probabilities[truth]),
    )
