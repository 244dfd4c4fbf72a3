"""Folders of strangers: matched to a class only where no other can be meant."""

import pytest

from tests.models_for_tests import card_content
from vision.exam.match import match_folders
from vision.model_card import ModelCard, read_card
from vision.model_store import find_model
from vision.tasks import TASKS, TaskSpec

SIGNS, DOGS = TASKS["traffic_signs"], TASKS["dog_breeds"]
DOG_KEYS = ("n02085782-Japanese_spaniel", "n02099601-golden_retriever", "n02098105-soft-coated_wheaten_terrier")


def card(keys: tuple[str, ...], labels: tuple[str, ...]) -> ModelCard:
    return ModelCard("m", "t", 32, "stretch", keys, labels, 0.9, 0.5, {}, "float32", card_content({"float32": b""}))


@pytest.fixture
def signs() -> ModelCard:
    labels = SIGNS.labels or {}
    return card(tuple(labels), tuple(labels.values()))


@pytest.fixture
def dogs() -> ModelCard:
    return card(DOG_KEYS, tuple(map(DOGS.label_of, DOG_KEYS)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("14", 14),
        ("00014", 14),
        ("Stop", 14),
        ("STOP", 14),
        (" stop ", 14),
        ("no_overtaking_by_lorries", 10),
        ("No-Overtaking by Lorries", 10),
        ("Speed limit 30 km-h", 1),
        ("speed_limit_30_kmh", 1),
        ("14_stop", 14),
        ("14 - Stop sign", 14),
        ("02-speed-limit-50", 2),
    ],
)
def test_signs_are_known_by_number_and_by_name(signs: ModelCard, name: str, expected: int):
    assert match_folders([name], signs) == {name: expected}


@pytest.mark.parametrize(
    "name", ["30_kmh", "50 km/h", "43", "14_", "14_yield", "15_stop", "stops", "", "²", "n14", "-1"]
)
def test_what_could_be_another_class_is_none(signs: ModelCard, name: str):
    assert match_folders([name], signs) == {name: None}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("n02099601-golden_retriever", 1),
        ("n02099601", 1),
        ("n02099601_goldie", 1),
        ("golden retriever", 1),
        ("Golden-Retriever", 1),
        ("goldenretriever", 1),
        ("Soft coated wheaten terrier", 2),
        ("Japanese Chin", 0),
        ("japanese_chin", 0),
        ("n020996011", None),
        ("n01440764-tench", None),
        ("retriever", None),
        ("12", None),
    ],
)
def test_dogs_are_known_by_wordnet_id_and_by_all_their_names(dogs: ModelCard, name: str, expected: int | None):
    assert match_folders([name], dogs, DOGS.other_names) == {name: expected}


def test_accents_do_not_count_and_other_scripts_do():
    mushrooms = card(("Cèpe", "しいたけ"), ("Cèpe de Bordeaux", "しいたけ"))
    found = match_folders(["cepe", "CE\u0300PE", "しいたけ", "まいたけ"], mushrooms)
    assert list(found.values()) == [0, 0, 1, None]


def test_a_name_that_two_classes_have_means_neither():
    twins = card(("a-1", "b-1"), ("Fly agaric", "fly_agaric"))
    assert match_folders(["fly agaric", "a1"], twins) == {"fly agaric": None, "a1": 0}


@pytest.mark.parametrize("task", [SIGNS, DOGS], ids=lambda task: task.name)
def test_every_key_and_label_of_the_shipped_models_means_its_class(task: TaskSpec):
    shipped = read_card(find_model(task.name))
    for names in (shipped.class_keys, shipped.labels):
        assert list(match_folders(names, shipped, task.other_names).values()) == list(range(len(names)))
