"""Splitting photos so that one physical object never stands on both sides."""

from collections.abc import Sequence

import numpy as np


def split_by_group(
    labels: Sequence[int], groups: Sequence[str], fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Holds out whole groups of each class.

    Args:
        labels: class index, one a photo.
        groups: name of the object that the photo shows; photos of one class with equal names stay together.
        fraction: part of each class' groups to hold out, 0 to 1; at least one of a class with two or more.
        seed: same seed, same split.

    Returns:
        Indices (int64, sorted) of the training photos and of the held-out photos.
    """
    members: dict[int, dict[str, list[int]]] = {}
    for index, (label, group) in enumerate(zip(labels, groups, strict=True)):
        members.setdefault(label, {}).setdefault(group, []).append(index)
    kept: list[int] = []
    held: list[int] = []
    for label in sorted(members):
        names = sorted(members[label])
        order = np.random.default_rng((seed, label)).permutation(len(names))
        count = min(max(round(len(names) * fraction), 1), len(names) - 1) if fraction > 0 else 0
        for place, name_index in enumerate(order):
            (held if place < count else kept).extend(members[label][names[name_index]])
    return np.array(sorted(kept), np.int64), np.array(sorted(held), np.int64)
