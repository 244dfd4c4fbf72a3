"""The split: nothing lost, nothing on both sides, the same for the same seed."""

import numpy as np
import pytest

from vision.datasets.split import split_by_group


def tracks(groups_of_class: dict[int, int], frames: int = 5) -> tuple[list[int], list[str]]:
    """Labels and tracks in an order that mixes them."""
    photos = [(label, f"{track}") for label, count in groups_of_class.items() for track in range(count)] * frames
    order = np.random.default_rng(4).permutation(len(photos))
    return [photos[i][0] for i in order], [photos[i][1] for i in order]


LABELS, GROUPS = tracks({0: 40, 1: 10, 2: 3, 3: 2, 4: 1})


@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("seed", range(5))
def test_a_split_is_complete_and_keeps_tracks_together(fraction: float, seed: int):
    train, held = split_by_group(LABELS, GROUPS, fraction, seed)
    assert sorted([*train, *held]) == list(range(len(LABELS)))
    assert train.dtype == held.dtype == np.int64
    assert (np.diff(train) > 0).all() and (np.diff(held) > 0).all()
    sides = [{(LABELS[i], GROUPS[i]) for i in rows} for rows in (train, held)]
    assert not sides[0] & sides[1]  # tracks of two classes may have the same name


@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.9])
def test_each_class_with_two_tracks_or_more_is_on_both_sides(fraction: float):
    train, held = split_by_group(LABELS, GROUPS, fraction, 0)
    assert {LABELS[i] for i in train} == {0, 1, 2, 3, 4}
    assert {LABELS[i] for i in held} == {0, 1, 2, 3}


def test_the_fraction_is_of_each_class_tracks():
    _, held = split_by_group(LABELS, GROUPS, 0.2, 0)
    assert np.bincount([LABELS[i] for i in held]).tolist() == [8 * 5, 2 * 5, 5, 5]


def test_nothing_is_held_out_at_fraction_zero():
    train, held = split_by_group(LABELS, GROUPS, 0, 0)
    assert (len(train), len(held)) == (len(LABELS), 0)


def test_the_seed_decides():
    first, again, other = (split_by_group(LABELS, GROUPS, 0.2, seed)[1] for seed in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()


def test_the_order_of_the_photos_does_not_matter():
    _, held = split_by_group(LABELS, GROUPS, 0.2, 0)
    _, reversed_held = split_by_group(LABELS[::-1], GROUPS[::-1], 0.2, 0)
    assert {(LABELS[i], GROUPS[i]) for i in held} == {(LABELS[::-1][i], GROUPS[::-1][i]) for i in reversed_held}


def test_a_class_more_does_not_move_the_others():
    more_labels, more_groups = [*LABELS, 9, 9], [*GROUPS, "a", "b"]
    held = split_by_group(LABELS, GROUPS, 0.2, 0)[1].tolist()
    assert [i for i in split_by_group(more_labels, more_groups, 0.2, 0)[1] if i < len(LABELS)] == held
