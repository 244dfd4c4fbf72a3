"""What is set when nobody says."""

import pytest

from vision.tasks import TASKS, custom_task
from vision.training.suggestions import guess_task, suggest


def test_fewer_photos_are_looked_at_more_often():
    few, many = suggest([50] * 8), suggest([1000] * 40)
    assert all(a.epochs > b.epochs for a, b in zip(few.lengths, many.lengths, strict=True))
    assert all(a.head_epochs >= b.head_epochs for a, b in zip(few.lengths, many.lengths, strict=True))


@pytest.mark.parametrize("counts", [[1], [2, 2], [50] * 8, [1000] * 40, [10_000] * 500])
def test_lengths_go_from_short_to_long_and_each_trains(counts: list[int]):
    suggestion = suggest(counts)
    epochs = [length.epochs for length in suggestion.lengths]
    assert epochs == sorted(epochs)
    assert min(epochs) >= 1
    assert min(length.head_epochs for length in suggestion.lengths) >= 5
    assert suggestion.lengths[suggestion.length].name == "Normal"


def test_a_run_of_few_steps_makes_larger_ones():
    few, many = suggest([60] * 11), suggest([1000] * 40)
    assert {length.learning_rate for length in few.lengths} == {2e-3}
    assert {length.learning_rate for length in many.lengths} == {7e-4}


def test_rare_classes_count_for_more_only_where_classes_are_uneven():
    assert suggest([300, 100]).class_weights
    assert not suggest([299, 100]).class_weights


def test_of_small_classes_a_larger_part_is_held_back():
    assert suggest([29, 500]).validation_fraction > suggest([30, 500]).validation_fraction


def test_the_task_is_guessed_from_the_names_of_the_classes():
    mushrooms = custom_task("mushrooms", "Mushrooms", "mushroom")
    tasks = [*TASKS.values(), mushrooms]
    known = {"dog_breeds": ["n02106662-German_shepherd", "n02085620-Chihuahua"], "mushrooms": ["fly agaric", "cep"]}
    assert guess_task(["1", "14", "17"], tasks, known) is TASKS["traffic_signs"]
    assert guess_task(["n02085620-Chihuahua"], tasks, known) is TASKS["dog_breeds"]
    assert guess_task(["cep", "fly agaric", "morel"], tasks, known) is mushrooms
    assert guess_task(["cep", "morel"], tasks, known) is None
    assert guess_task(["cats", "sheep"], tasks, known) is None
