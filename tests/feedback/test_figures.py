"""Figures of what people said."""

import pytest

from tests.feedback.judgements_for_tests import STOP, YIELD, right, wrong
from vision.feedback.figures import MixUp, PhotoCount, count_examples, count_mix_ups, count_photos, count_right
from vision.feedback.judgement import SOMETHING_ELSE
from vision.feedback.store import FeedbackStore
from vision.metrics import wilson_interval

TASK = "traffic_signs"


def add(store: FeedbackStore, *judgements) -> None:
    for judgement in judgements:
        store.add(judgement)


def test_each_file_of_a_model_is_counted_by_itself(store: FeedbackStore):
    add(store, *(right() for _ in range(3)), wrong(minutes=1))
    add(store, right(model_sha256="cd" * 32, minutes=9), wrong(model_format="float32", minutes=5))
    add(store, right(task="dog_breeds"))
    newest, middle, oldest = count_right(store, TASK)
    assert (newest.model_sha256, newest.right, newest.total) == ("cd" * 32, 1, 1)
    assert (middle.model_format, middle.right, middle.total) == ("float32", 0, 1)
    assert (oldest.right, oldest.total) == (3, 4)
    assert oldest.share == pytest.approx(0.75)
    assert oldest.interval == wilson_interval(3, 4)
    assert count_right(store, "mushrooms") == []


def test_the_most_frequent_corrections_come_first(store: FeedbackStore):
    add(store, right(), wrong(), wrong(), wrong(YIELD, STOP), wrong(YIELD, (None, SOMETHING_ELSE)))
    add(store, *(wrong(YIELD, (None, None)) for _ in range(3)))
    found = count_mix_ups(store, TASK, most=3)
    assert found[:2] == [MixUp("13", "Yield", None, None, 3), MixUp("14", "Stop", "13", "Yield", 2)]
    assert len(found) == 3
    assert count_mix_ups(store, TASK, most=10)[2:] == [
        MixUp("13", "Yield", "14", "Stop", 1),
        MixUp("13", "Yield", None, SOMETHING_ELSE, 1),
    ]


def test_examples_flatter_no_figure(store: FeedbackStore):
    add(store, right(is_example=True), wrong(is_example=True), right())
    (tally,) = count_right(store, TASK)
    assert (tally.right, tally.total) == (1, 1)
    assert count_mix_ups(store, TASK, most=10) == []
    assert count_examples(store, TASK) == 2


def test_photos_are_counted_and_those_whose_class_is_known(store: FeedbackStore):
    assert count_photos(store, TASK) == PhotoCount(0, 0, 0)
    judgements = [right(), wrong(), wrong(truth=(None, SOMETHING_ELSE)), wrong(truth=(None, None)), right()]
    add(store, *judgements, right(task="dog_breeds"))
    for judgement in judgements[:4]:
        store.give_photo(judgement.id, bytes(10))
    assert count_photos(store, TASK) == PhotoCount(total=4, named=2, size_bytes=40)
