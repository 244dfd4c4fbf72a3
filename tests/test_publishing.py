"""Publishing: models come, go and come back as wholes, whoever reads or publishes beside it."""

import json
import shutil
import threading
from pathlib import Path

import pytest

from tests.models_for_tests import card_content, write_model
from vision import model_store, publishing
from vision.errors import ModelError, VisionError
from vision.jobs import Busy, locked
from vision.model_card import read_card
from vision.model_store import default_name, find_model, list_models, read_defaults, read_model
from vision.publishing import earlier_default, kept_versions, publish, roll_back, set_default, unpublish

FILES = {"float32": b"float", "int8": b"eight"}
TASK = "traffic_signs"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A store with the models "first" and "squares" (the default) of one task."""
    root = tmp_path / "models"
    write_model(root / TASK / "first", FILES, name="first")
    write_model(root / TASK / "squares", FILES)
    (root / TASK / "default.txt").write_text("squares\n")
    return root


def hidden_leftovers(root: Path) -> list[Path]:
    """What a change leaves behind, apart from the versions that are kept and the lock."""
    return [path for path in root.glob("*/.*") if path.name not in (".earlier", ".publishing")]


def model_of(tmp_path: Path, name: str, content: bytes) -> Path:
    """A finished model, in a folder of its own."""
    return write_model(tmp_path / "runs" / f"{name}-{content.decode()}", {"float32": content}, name=name)


def served(root: Path) -> bytes:
    """The bytes of the default model."""
    return read_model(find_model(TASK, root))[2]


def names(root: Path) -> list[str]:
    return [model.path.name for model in list_models(TASK, root)]


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
    assert [read_model(path)[2] for path in kept_versions("traffic_signs", "squares", root)] == [b"float"]


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
    assert publish(root / "traffic_signs" / "first", default=True, root=root).name == "first"
    assert default_name(root / "traffic_signs") == "first"
    assert not kept_versions("traffic_signs", "squares", root)


def test_the_old_model_is_whole_while_the_new_one_is_copied(better: Path, root: Path, monkeypatch: pytest.MonkeyPatch):
    copy = shutil.copytree
    seen = []

    def watched_copy(*args, **kwargs):
        result = copy(*args, **kwargs)
        seen.append((read_model(find_model("traffic_signs", root))[2], len(list_models(root=root))))
        return result

    monkeypatch.setattr(publishing.shutil, "copytree", watched_copy)
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
        monkeypatch.setattr(publishing.shutil, "copytree", failing_copy)
    else:
        monkeypatch.setattr(Path, "rename", failing_rename)
    with pytest.raises(ModelError, match=r"cannot be changed \(.*(No space left on device|Input/output error)"):
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


def test_a_model_of_a_task_that_nobody_describes_is_not_published(root: Path, tmp_path: Path):
    stray = write_model(tmp_path / "stray", FILES, task="mushrooms")
    with pytest.raises(ModelError, match="'mushrooms', which the app does not have"):
        publish(stray, default=True, root=root)
    assert not (root / "mushrooms").exists()


def test_the_first_model_of_a_task_stays_the_default_when_others_come(tmp_path: Path):
    root = tmp_path / "models"
    publish(model_of(tmp_path, "zebra", b"1"), default=False, root=root)
    publish(model_of(tmp_path, "ant", b"2"), default=False, root=root)
    assert default_name(root / TASK) == "zebra"


# Going back


def test_rolling_back_goes_from_default_to_default(root: Path, tmp_path: Path):
    publish(model_of(tmp_path, "second", b"second"), default=True, root=root)
    publish(model_of(tmp_path, "third", b"third"), default=True, root=root)
    assert earlier_default(TASK, root) == "second"
    assert roll_back(TASK, root) == "second" == default_name(root / TASK)
    assert roll_back(TASK, root) == "squares" == default_name(root / TASK)
    assert earlier_default(TASK, root) is None
    with pytest.raises(ModelError, match="nothing to go back to"):
        roll_back(TASK, root)
    assert served(root) == b"float"
    assert names(root) == ["first", "second", "squares", "third"]


def test_rolling_back_undoes_that_the_default_was_replaced(better: Path, root: Path):
    publish(better, default=False, root=root)
    assert served(root) == b"better"
    assert earlier_default(TASK, root) == "squares"
    assert roll_back(TASK, root) == "squares"
    assert served(root) == b"float"
    assert [read_model(path)[2] for path in kept_versions(TASK, "squares", root)] == [b"better"]
    assert earlier_default(TASK, root) is None
    assert not hidden_leftovers(root)


def test_several_versions_of_one_name_come_back_in_their_order(root: Path, tmp_path: Path):
    for content in (b"two", b"three"):
        publish(model_of(tmp_path, "squares", content), default=True, root=root)
    publish(model_of(tmp_path, "other", b"other"), default=True, root=root)
    seen = []
    while earlier_default(TASK, root) is not None:
        roll_back(TASK, root)
        seen.append(served(root))
    assert seen == [b"three", b"two", b"float"]


def test_a_version_comes_back_also_where_it_is_the_oldest_that_is_kept(root: Path, tmp_path: Path):
    publish(model_of(tmp_path, "squares", b"two"), default=True, root=root)
    for place in ("30000101-1", "30000101-2"):
        write_model(root / TASK / ".earlier" / "squares" / place, FILES)
    assert roll_back(TASK, root) == "squares"
    assert served(root) == b"float"


def test_a_chosen_default_is_remembered_once(root: Path):
    for name in ("first", "squares", "first"):
        set_default(TASK, name, root)
    assert read_defaults(root / TASK) == ["first", "squares"]
    assert roll_back(TASK, root) == "squares"
    with pytest.raises(ModelError, match="No model 'gone' of 'traffic_signs'"):
        set_default(TASK, "gone", root)


def test_the_last_three_versions_of_a_name_are_kept(root: Path, tmp_path: Path):
    for content in (b"1", b"2", b"3", b"4", b"5"):
        publish(model_of(tmp_path, "squares", content), default=False, root=root)
    kept = [read_model(path)[2] for path in kept_versions(TASK, "squares", root)]
    assert kept == [b"4", b"3", b"2"]
    assert not hidden_leftovers(root)
    seen = [read_model(root / TASK / roll_back(TASK, root))[2] for _ in kept]
    assert seen == kept
    assert earlier_default(TASK, root) is None


# Unpublishing


def test_an_unpublished_model_is_gone_and_can_be_brought_back(root: Path):
    kept = unpublish(TASK, "first", root)
    assert names(root) == ["squares"]
    assert default_name(root / TASK) == "squares"
    assert kept_versions(TASK, "first", root) == [kept]
    publish(kept, default=False, root=root)
    assert names(root) == ["first", "squares"]
    assert not hidden_leftovers(root)


def test_without_the_default_the_one_before_it_takes_over(root: Path, tmp_path: Path):
    publish(model_of(tmp_path, "zoo", b"zoo"), default=True, root=root)
    unpublish(TASK, "zoo", root)
    assert default_name(root / TASK) == "squares"
    unpublish(TASK, "squares", root)
    assert default_name(root / TASK) == "first"
    assert read_defaults(root / TASK) == ["first"]


def test_an_unpublished_model_is_not_gone_back_to(better: Path, root: Path):
    publish(better, default=True, root=root)
    set_default(TASK, "first", root)
    unpublish(TASK, "squares", root)
    assert read_defaults(root / TASK) == ["first"]
    assert earlier_default(TASK, root) is None


def test_the_last_model_can_be_unpublished(root: Path):
    for name in ("first", "squares"):
        unpublish(TASK, name, root)
    assert list_models(root=root) == []
    assert default_name(root / TASK) is None
    with pytest.raises(ModelError, match="no model for 'traffic_signs' yet"):
        find_model(TASK, root)
    with pytest.raises(ModelError, match="nothing to go back to"):
        roll_back(TASK, root)
    publish(kept_versions(TASK, "first", root)[0], default=False, root=root)
    assert served(root) == b"float"


@pytest.mark.parametrize("name", ["", ".", "..", "../traffic_signs/first", ".earlier", "/tmp", "gone", "a\0b"])
def test_only_what_is_published_is_unpublished(root: Path, name: str):
    with pytest.raises(ModelError, match="is published; see"):
        unpublish(TASK, name, root)
    with pytest.raises(ModelError, match="is published; see"):
        unpublish(name, "first", root)
    assert names(root) == ["first", "squares"]


def test_a_failed_unpublishing_leaves_the_model(root: Path, monkeypatch: pytest.MonkeyPatch):
    def failing_rename(path: Path, target: Path):
        raise OSError("Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", failing_rename)
        with pytest.raises(ModelError, match=r"cannot be changed \(Input/output error"):
            unpublish(TASK, "squares", root)
    assert names(root) == ["first", "squares"]
    assert not hidden_leftovers(root)


# Several at once


def test_who_finds_another_at_work_is_told(better: Path, root: Path):
    with locked(root / TASK / ".publishing"), pytest.raises(Busy, match="Another process"):
        publish(better, default=True, root=root)
    assert served(root) == b"float"
    assert not hidden_leftovers(root)


def test_two_publishers_at_once_both_arrive(root: Path, tmp_path: Path):
    publishers = [
        threading.Thread(target=_publish_often, args=(model_of(tmp_path, name, b"new"), root))
        for name in ("left", "right")
    ]
    for publisher in publishers:
        publisher.start()
    for publisher in publishers:
        publisher.join()
    assert names(root) == ["first", "left", "right", "squares"]
    assert all(model.problem is None for model in list_models(TASK, root))
    assert default_name(root / TASK) in ("left", "right")
    assert roll_back(TASK, root) in ("left", "right")
    assert not hidden_leftovers(root)


def _publish_often(model_dir: Path, root: Path) -> None:
    for _ in range(10):
        publish(model_dir, default=True, root=root)


def test_a_reader_never_sees_a_part(root: Path, tmp_path: Path):
    """While models are replaced, unpublished and rolled back, there is a default and every model listed is whole."""
    new = [model_of(tmp_path, "squares", content) for content in (b"one", b"two")]
    other = model_of(tmp_path, "other", b"other")
    done = threading.Event()
    faults: list[BaseException] = []

    def change() -> None:
        try:
            for turn in range(60):
                publish(new[turn % 2], default=turn % 3 == 0, root=root)
                publish(other, default=turn % 2 == 0, root=root)
                roll_back(TASK, root)
                unpublish(TASK, "other", root)
        except VisionError as error:
            faults.append(error)
        finally:
            done.set()

    changer = threading.Thread(target=change)
    changer.start()
    looks = 0
    while not done.is_set():
        models = list_models(TASK, root)
        assert [model.problem for model in models if model.problem is not None] == []
        assert "first" in [model.path.name for model in models]
        assert sum(model.is_default for model in models) == 1
        content = read_model(root / TASK / "squares")[2]
        assert content in (b"float", b"one", b"two")
        looks += 1
    changer.join()
    assert faults == []
    assert looks > 10
