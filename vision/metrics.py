"""Labels and probabilities -> figures. NumPy only."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Confusion:
    """How often photos of one class were taken for another."""

    truth: int
    answer: int
    count: int


def top_k_accuracy(probabilities: np.ndarray, labels: np.ndarray, k: int) -> float:
    """Part of the photos whose true class is among the k most probable, 0 to 1.

    Args:
        probabilities: float (photos, classes); logits do as well. Of equal ones the first class counts as the
            better, as in the answers that people see: a network that says nothing must not look right.
        labels: int (photos,).
    """
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return float((best == labels[:, None]).any(axis=1).mean())


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Mean gap between how sure and how right the best answer is, over equal bins of sureness (Guo et al., 2017).

    Args:
        probabilities: float (photos, classes), rows summing to one.
        labels: int (photos,).

    Returns:
        0 (honest) to 1.
    """
    sureness = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    place = np.minimum((sureness * bins).astype(int), bins - 1)
    gaps = [abs(right[place == b].mean() - sureness[place == b].mean()) * (place == b).mean() for b in set(place)]
    return float(sum(gaps))


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Logits (photos, classes) -> probabilities, float64."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def negative_log_likelihood(logits: np.ndarray, labels: np.ndarray, temperature: float = 1.0) -> float:
    """Mean of -log p(true class), in nats."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    own = scaled[np.arange(len(labels)), labels]
    return float((np.log(np.exp(scaled).sum(axis=1)) - own).mean())


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature that makes the probabilities most honest on these photos (Guo et al., 2017).

    Golden-section search for the least negative log-likelihood between 1/4 (a few photos, all of
    them right, would ask for endless sureness) and 20; never use test photos for it.
    """
    low, high = math.log(0.25), math.log(20)
    ratio = (math.sqrt(5) - 1) / 2
    while high - low > 1e-4:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if negative_log_likelihood(logits, labels, math.exp(left)) < negative_log_likelihood(
            logits, labels, math.exp(right)
        ):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def per_class_accuracy(answers: np.ndarray, labels: np.ndarray, class_count: int) -> list[float | None]:
    """Part of each class' photos that got its name; None for a class without photos."""
    return [
        float((answers[labels == label] == label).mean()) if (labels == label).any() else None
        for label in range(class_count)
    ]


def frequent_confusions(answers: np.ndarray, labels: np.ndarray, most: int = 10) -> list[Confusion]:
    """The most frequent wrong answers, the most frequent first."""
    wrong = answers != labels
    pairs, counts = np.unique(np.stack([labels[wrong], answers[wrong]], axis=1), axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    return [Confusion(int(pairs[i][0]), int(pairs[i][1]), int(counts[i])) for i in order]


def wilson_interval(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """95 % confidence interval of a proportion (Wilson, 1927)."""
    if total == 0:
        return 0.0, 1.0
    share, spread = right / total, z * z / total
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)
