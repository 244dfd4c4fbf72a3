"""The model store: what is listed, found and refused."""

from pathlib import Path
from typing import Any

import pytest

from tests.models_for_tests import write_model
from vision.errors import ModelError, SettingsError
from vision.model_card import read_card
from vision.model_store import (
    default_name,
    find_model,
    find_task,
    list_models,
    list_tasks,
    read_checked,
    read_defaults,
    read_model,
)
from vision.tasks import TASKS

FILES = {"float32": b"float", "int8": b"eight"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A store with the models "first" and "squares" (the default) of one task."""
    root = tmp_path / "models"
    write_model(root / "traffic_signs" / "first", FILES, name="first")
    write_model(root / "traffic_signs" / "squares", FILES)
    (root / "traffic_signs" / "default.txt").write_text("squares\n")
    return root


# Listing and finding


def test_models_are_listed_with_their_cards(root: Path):
    models = list_models(root=root)
    assert [(m.path.name, m.is_default, m.problem) for m in models] == [("first", False, None), ("squares", True, None)]
    assert all(m.card is not None and m.card.name == m.path.name for m in models)
    assert list_models("traffic_signs", root) == models
    assert list_models("dog_breeds", root) == []
    assert list_models(root=root / "nowhere") == []


def test_a_broken_model_is_listed_with_its_problem(root: Path):
    task_dir = root / "traffic_signs"
    (task_dir / "first" / "card.json").write_text("{")
    (task_dir / "squares" / "model.int8.tflite").write_bytes(b"other")
    (task_dir / "empty").mkdir()
    problems = {m.path.name: m.problem for m in list_models(root=root)}
    assert list(problems) == ["empty", "first", "squares"]
    for name, word in (("empty", "missing"), ("first", "damaged"), ("squares", "checksum")):
        assert word in (problems[name] or "")


def test_the_default_is_the_one_written_down_or_else_the_first(root: Path):
    task_dir = root / "traffic_signs"
    assert default_name(task_dir) == "squares"
    (task_dir / "default.txt").write_text("gone\n")
    assert default_name(task_dir) == "first"
    (task_dir / "default.txt").unlink()
    assert default_name(task_dir) == "first"
    assert default_name(root / "nothing_yet") is None


def test_what_is_written_down_beside_names_is_left_alone(root: Path):
    task_dir = root / "traffic_signs"
    (task_dir / "default.txt").write_text("squares\n\n../first\nfirst\n.earlier/first/1\n.earlier/../first\n.hidden\n")
    assert read_defaults(task_dir) == ["squares", "first", ".earlier/first/1"]
    (task_dir / "default.txt").write_text("../traffic_signs/squares\nsquares\n")
    assert default_name(task_dir) == "squares"
    (task_dir / "default.txt").write_bytes(b"\xff\xfe\n")
    assert default_name(task_dir) == "first"


def test_a_half_copied_folder_is_no_model(root: Path):
    (root / "traffic_signs" / ".publish-x" / "new").mkdir(parents=True)
    (root / "traffic_signs" / "default.txt").unlink()
    assert [m.path.name for m in list_models(root=root)] == ["first", "squares"]
    assert default_name(root / "traffic_signs") == "first"


def test_a_model_is_found_by_task_by_path_and_by_place_in_the_store(root: Path, monkeypatch: pytest.MonkeyPatch):
    first = root / "traffic_signs" / "first"
    assert find_model("traffic_signs", root) == root / "traffic_signs" / "squares"
    assert find_model(str(first), root) == first
    assert find_model("traffic_signs/first", root) == first
    monkeypatch.chdir(first.parent)
    assert find_model("first", root).resolve() == first
    assert find_model("./first", root).resolve() == first


@pytest.mark.parametrize("model", ["nowhere", "", "traffic_signs/nowhere", "/nowhere", "dog\0"])
def test_a_model_that_does_not_exist_is_refused_with_what_to_give(root: Path, model: str):
    with pytest.raises(ModelError, match="give a model folder"):
        find_model(model, root)


def test_a_task_without_a_model_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(ModelError, match="no model for 'traffic_signs' yet"):
        find_model("traffic_signs", tmp_path)


# Tasks


NEW_TASK = {"title": "Mushrooms", "noun": "mushroom", "mirror_safe": True}


def write_brought(root: Path, name: str, task: str = "mushrooms", **changes: Any) -> Path:
    """A published model of a task of its own."""
    return write_model(root / task / name, FILES, **({"name": name, "task": task, "new_task": NEW_TASK} | changes))


def test_tasks_are_those_of_the_app_and_then_those_that_models_bring(root: Path):
    write_brought(root, "first", "zebras", new_task={"title": "Zebras", "noun": "zebra", "mirror_safe": False})
    write_brought(root, "first")
    assert [task.name for task in list_tasks(root)] == [*TASKS, "mushrooms", "zebras"]
    assert find_task("zebras", root).mirror_safe is False
    assert find_task("mushrooms", root).title == "Mushrooms"
    assert find_task("traffic_signs", root) is TASKS["traffic_signs"]
    assert list_tasks(root / "nowhere") == list(TASKS.values())


def test_the_default_model_says_what_the_task_is(root: Path):
    write_brought(root, "first")
    write_brought(root, "second", new_task=NEW_TASK | {"title": "Toadstools"})
    (root / "mushrooms" / "default.txt").write_text("second\n")
    assert find_task("mushrooms", root).title == "Toadstools"
    (root / "mushrooms" / "second" / "card.json").write_text("{")
    assert find_task("mushrooms", root).title == "Mushrooms"


def test_a_task_is_gone_with_its_last_usable_model(root: Path):
    model = write_brought(root, "first")
    (model / "model.int8.tflite").write_bytes(b"other")
    assert list_tasks(root) == list(TASKS.values())
    with pytest.raises(SettingsError, match="no task 'mushrooms'; the tasks are: traffic_signs, dog_breeds"):
        find_task("mushrooms", root)


@pytest.mark.parametrize(
    "changes",
    [
        {"new_task": None},
        {"new_task": []},
        {"new_task": "mushrooms"},
        {"new_task": {}},
        {"new_task": NEW_TASK | {"title": "<b>Mushrooms</b>"}},
        {"new_task": NEW_TASK | {"finder": "dog_detector"}},
        {"new_task": NEW_TASK | {"name": "home"}},
        {"task": "other"},
        {"resize": "letterbox"},
    ],
    ids=str,
)
def test_a_card_that_does_not_describe_its_task_brings_none(root: Path, changes: dict[str, Any]):
    write_model(root / "mushrooms" / "x", FILES, **({"name": "x", "task": "mushrooms", "new_task": NEW_TASK} | changes))
    assert list_tasks(root) == list(TASKS.values())


@pytest.mark.parametrize("task", ["dog_detector", "home", "Upper", "with-dash"])
def test_a_folder_whose_name_is_no_address_brings_no_task(root: Path, task: str):
    write_brought(root, "first", task)
    assert list_tasks(root) == list(TASKS.values())


@pytest.mark.parametrize("name", ["", "..", "../models/traffic_signs", ".hidden", "a\0b", "nowhere"])
def test_an_unknown_task_is_refused_with_the_names_of_all(root: Path, name: str):
    write_brought(root, "first")
    with pytest.raises(SettingsError, match="the tasks are: traffic_signs, dog_breeds, mushrooms"):
        find_task(name, root)


# Checking files


def test_only_the_file_on_the_card_is_read(root: Path):
    folder = root / "traffic_signs" / "squares"
    card = read_card(folder)
    assert read_checked(folder, card, "int8") == b"eight"
    with pytest.raises(ModelError, match="no format 'float16'; it has: float32, int8"):
        read_checked(folder, card, "float16")
    (folder / "model.int8.tflite").write_bytes(b"eigh")
    with pytest.raises(ModelError, match="checksum differs"):
        read_checked(folder, card, "int8")
    (folder / "model.int8.tflite").unlink()
    with pytest.raises(ModelError, match="missing"):
        read_checked(folder, card, "int8")


def test_the_card_says_which_format_is_read_when_none_is_named(root: Path):
    folder = root / "traffic_signs" / "squares"
    assert read_model(folder)[1:] == ("float32", b"float")
    assert read_model(folder, "int8")[1:] == ("int8", b"eight")
