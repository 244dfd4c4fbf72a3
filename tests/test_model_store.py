"""The model store: what is listed, found and refused, and that publishing swaps wholes."""

import json
import shutil
from pathlib import Path

import pytest

from tests.models_for_tests import card_content, write_model
from vision import model_store
from vision.errors import ModelError
from vision.model_card import read_card
from vision.model_store import default_name, find_model, list_models, publish, read_checked, read_model

FILES = {"float32": b"float", "int8": b"eight"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A store with the models "first" and "squares" (the default) of one task."""
    root = tmp_path / "models"
    write_model(root / "traffic_signs" / "first", FILES, name="first")
    write_model(root / "traffic_signs" / "squares", FILES)
    (root / "traffic_signs" / "default.txt").write_text("squares\n")
    return root


def hidden_leftovers(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.startswith(".")]


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


# Publishing


@pytest.fixture
def better(tmp_path: Path) -> Path:
    """A finished model that is called squares as well."""
    return write_model(tmp_path / "run" / "model", {"float32": b"better"})


def test_a_published_model_is_found(better: Path, tmp_path: Path):
    root = tmp_path / "models"
    target = publish(better, default=True, root=root)
    assert target == root / "traffic_signs" / "squares" == find_model("traffic_signs", root)
    assert read_model(target)[2] == b"better"
    assert better.is_dir()
    assert not hidden_leftovers(root)


def test_publishing_takes_the_place_of_the_model_of_that_name(better: Path, root: Path):
    target = publish(better, default=False, root=root)
    assert read_model(target)[2] == b"better"
    assert sorted(path.name for path in target.iterdir()) == ["card.json", "labels.txt", "model.float32.tflite"]
    assert not hidden_leftovers(root)


def test_only_a_model_published_as_default_becomes_it(tmp_path: Path, root: Path):
    other = write_model(tmp_path / "other", {"float32": b"other"}, name="other")
    publish(other, default=False, root=root)
    assert default_name(root / "traffic_signs") == "squares"
    publish(other, default=True, root=root)
    assert default_name(root / "traffic_signs") == "other"
    assert read_model(root / "traffic_signs" / "squares")[2] == b"float"


def test_a_published_model_can_be_published_again_from_its_place(root: Path):
    target = root / "traffic_signs" / "squares"
    assert publish(target, default=True, root=root) == target
    assert read_model(target)[2] == b"float"


def test_the_old_model_is_whole_while_the_new_one_is_copied(better: Path, root: Path, monkeypatch: pytest.MonkeyPatch):
    copy = shutil.copytree
    seen = []

    def watched_copy(*args, **kwargs):
        result = copy(*args, **kwargs)
        seen.append((read_model(find_model("traffic_signs", root))[2], len(list_models(root=root))))
        return result

    monkeypatch.setattr(model_store.shutil, "copytree", watched_copy)
    publish(better, default=True, root=root)
    assert seen == [(b"float", 2)]


@pytest.mark.parametrize("fails", ["copying", "first rename", "second rename"])
def test_a_failure_halfway_leaves_the_old_model(better: Path, root: Path, monkeypatch: pytest.MonkeyPatch, fails: str):
    rename, renames = Path.rename, []

    def failing_copy(source, target, **kwargs):
        Path(target).mkdir()
        raise OSError("No space left on device")

    def failing_rename(path: Path, target: Path):
        renames.append(path)
        if len(renames) == (1 if fails == "first rename" else 2):
            raise OSError("Input/output error")
        return rename(path, target)

    if fails == "copying":
        monkeypatch.setattr(model_store.shutil, "copytree", failing_copy)
    else:
        monkeypatch.setattr(Path, "rename", failing_rename)
    with pytest.raises(OSError):
        publish(better, default=True, root=root)
    assert read_model(find_model("traffic_signs", root))[2] == b"float"
    assert not hidden_leftovers(root)


def test_who_reads_across_the_swap_gets_the_new_model_not_a_mixture(
    better: Path, root: Path, monkeypatch: pytest.MonkeyPatch
):
    reads = []

    def card_then_swap(folder: Path):
        card = read_card(folder)
        reads.append(card)
        if len(reads) == 1:
            monkeypatch.setattr(model_store, "read_card", read_card)
            publish(better, default=True, root=root)
        return card

    monkeypatch.setattr(model_store, "read_card", card_then_swap)
    card, _, content = read_model(root / "traffic_signs" / "squares")
    assert content == b"better"
    assert card.formats["float32"].size_bytes == 6


def test_a_model_that_does_not_match_its_card_is_not_published(better: Path, root: Path):
    (better / "model.float32.tflite").write_bytes(b"cut")
    with pytest.raises(ModelError, match="checksum"):
        publish(better, default=True, root=root)
    assert read_model(root / "traffic_signs" / "squares")[2] == b"float"


@pytest.mark.parametrize("escape", [{"name": "../../../elsewhere"}, {"task": "../elsewhere"}], ids=str)
def test_a_card_cannot_publish_to_another_place(better: Path, root: Path, tmp_path: Path, escape: dict[str, str]):
    (better / "card.json").write_text(json.dumps(card_content({"float32": b"better"}, **escape)))
    with pytest.raises(ModelError, match="outside its folder"):
        publish(better, default=True, root=root)
    assert not list(tmp_path.rglob("elsewhere"))
