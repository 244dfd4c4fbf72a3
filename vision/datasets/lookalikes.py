"""Photos that are nearly the same, among tens of thousands, without comparing each with each."""

from collections.abc import Iterator

import numpy as np

from vision.datasets.fingerprints import likeness

BANDS = 8
BAND_BITS = 8
MOST_BITS_APART = 8  # re-saved photos were seen to differ by 0 to 6 of 64 bits, unlike ones by 20 to 40
LEAST_LIKENESS = 0.99
# Classes may differ in a detail only, such as the 6 of 60 and the 8 of 80: more is asked for before it is called wrong.
LEAST_LIKENESS_ACROSS = 0.995
# So that tens of thousands of photos of one scene, or made to look so, take no hours.
_REACH = 1000
_MOST_COMPARED = 300
_VERIFIED_AT_ONCE = 2000


def group_lookalikes(
    hashes: np.ndarray, patterns: np.ndarray, labels: np.ndarray, objects: np.ndarray
) -> list[list[int]]:
    """Groups of photos that are nearly the same, but show different objects by their names.

    Args:
        hashes: uint64 (photos,) and
        patterns: int8 (photos, 256), as `fingerprints.fingerprint` makes them.
        labels: int (photos,), the class; photos of two classes have to be more alike.
        objects: int (photos,); photos of one object, such as frames of one film, are never compared.

    Returns:
        Row numbers, ascending, in groups of at least two; of each object the first row that was found alike.
    """
    parents = np.arange(len(hashes))
    compared = np.zeros(len(hashes), np.int64)
    for rows, others in _candidates(hashes):
        keep = (
            (parents[rows] != parents[others]) & (objects[rows] != objects[others]) & (compared[rows] < _MOST_COMPARED)
        )
        rows, others = rows[keep], others[keep]
        compared[rows] += 1
        for start in range(0, len(rows), _VERIFIED_AT_ONCE):
            some, rest = rows[start : start + _VERIFIED_AT_ONCE], others[start : start + _VERIFIED_AT_ONCE]
            least = np.where(labels[some] == labels[rest], LEAST_LIKENESS, LEAST_LIKENESS_ACROSS)
            alike = likeness(patterns[some], patterns[rest]) >= least
            for one, other in zip(some[alike].tolist(), rest[alike].tolist(), strict=True):
                _join(parents, one, other)
    return _groups(parents, objects)


def _candidates(hashes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of rows whose hashes differ by few bits: two that differ by less than `BANDS` bits agree in a whole band.

    A row is compared with the `_REACH` next ones of its band; each row comes first in a pair at most once at a time.
    """
    for band in range(BANDS):
        turn = np.uint64(band * BAND_BITS)
        turned = (hashes << turn) | (hashes >> (np.uint64(64) - turn)) if band else hashes
        order = np.argsort(turned, kind="stable")
        keys, sorted_hashes = turned[order] >> np.uint64(64 - BAND_BITS), hashes[order]
        largest = int(np.bincount(keys.astype(np.int64)).max()) if len(keys) else 0
        for step in range(1, min(largest, _REACH + 1)):
            near = (keys[step:] == keys[:-step]) & (
                np.bitwise_count(sorted_hashes[step:] ^ sorted_hashes[:-step]) <= MOST_BITS_APART
            )
            places = np.flatnonzero(near)
            if len(places):
                yield order[places], order[places + step]


def _join(parents: np.ndarray, one: int, other: int) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = first
    parents[one] = parents[other] = first


def _root(parents: np.ndarray, row: int) -> int:
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = int(parents[row])
    return row


def _groups(parents: np.ndarray, objects: np.ndarray) -> list[list[int]]:
    members: dict[int, dict[int, int]] = {}
    for row in range(len(parents)):
        members.setdefault(_root(parents, row), {}).setdefault(int(objects[row]), row)
    return [list(rows.values()) for rows in members.values() if len(rows) > 1]
