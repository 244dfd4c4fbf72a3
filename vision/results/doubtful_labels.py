"""Photos that probably lie in the wrong folder. NumPy only."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DoubtfulLabel:
    """A photo whose label is probably wrong, and the class that it probably shows."""

    row: int
    given: int
    suggested: int


def find_doubtful_labels(probabilities: np.ndarray, labels: np.ndarray) -> list[DoubtfulLabel]:
    """Confident learning (Northcutt et al., 2021): the photos off the diagonal of the confident joint.

    A photo counts for a class if it gets at least the probability that photos labelled so get on average; of several
    such classes the most probable. Where that is not the class of its label, and is more probable than it, the label
    is in doubt. The threshold of a class without photos is unknown, so nothing is suggested to belong to it.

    Args:
        probabilities: float (photos, classes), of a model that was not trained on these photos.
        labels: int (photos,), indices of the classes given.

    Returns:
        The clearest first: by the gap between the probabilities of the class suggested and the class given.
    """
    photos, classes = probabilities.shape
    given = probabilities[np.arange(photos), labels].astype(np.float64)
    counts = np.bincount(labels, minlength=classes)
    sums = np.bincount(labels, weights=given, minlength=classes)
    thresholds = np.divide(sums, counts, out=np.full(classes, np.inf), where=counts > 0)
    # A hair below, for a class whose photos all get one value must reach its own mean.
    reached = np.where(probabilities >= thresholds - 1e-6, probabilities, -1.0)
    suggested = reached.argmax(axis=1)
    doubtful = np.flatnonzero((suggested != labels) & (reached.max(axis=1) > given))
    gaps = reached[doubtful, suggested[doubtful]] - given[doubtful]
    order = doubtful[np.argsort(-gaps, kind="stable")]
    return [DoubtfulLabel(int(row), int(labels[row]), int(suggested[row])) for row in order]
