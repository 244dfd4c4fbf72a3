"""`detector add`, `measure` and `train`: what they do, and what they refuse before any work."""

import json
from pathlib import Path
from typing import Any

import onnx
import pytest

from tests.detection.dogs_for_tests import AROUND, ellipse, network, with_dog
from tests.models_for_tests import constant_detector, write_detector
from tests.test_cli import refusal
from tests.torch_checks import NAMES, look
from vision import images
from vision.cli import main
from vision.detector import Detector
from vision.model_store import LOCK_FILE, default_name
from vision.provenance import commit_of_code, today

COCO = str(dict(enumerate(NAMES)))


# Adding


def run(folder: Path, *commands: list[str], first: tuple[str, ...] = ()) -> tuple[list[dict[str, Any]], bool]:
    """What each command answered, in a process of its own, and whether torch was loaded there."""
    (folder / "commands.json").write_text(json.dumps(commands))
    found = look(folder, *first, "commands")["commands"]
    return found["answers"], found["torch"]


def is_refused(answer: dict[str, Any]) -> bool:
    """With status 2 and one sentence."""
    lines = [line for line in answer["err"].splitlines() if line]
    return answer["status"] == 2 and answer["out"] == "" and len(lines) == 1 and lines[0].endswith(".")


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """ONNX files, good and bad, and what `add` says of each, by a word."""
    folder = tmp_path_factory.mktemp("add")
    onnx.save(network(COCO), folder / "coco.onnx")
    onnx.save(network(), folder / "nameless.onnx")
    onnx.save(network("{0: 'dog'}"), folder / "few.onnx")
    (folder / "garbage.onnx").write_bytes(b"no network")
    (folder / "notes.txt").write_text("dog")
    add = ["detector", "add"]
    coco = str(folder / "coco.onnx")
    commands = {
        "good": [*add, coco, "--image-size", "320"],
        "again": [*add, coco],
        "default": [*add, coco, "--name", "second", "--finds", "bird", "--default"],
        "cow": [*add, coco, "--name", "third", "--finds", "cow"],
        "up": [*add, coco, "--name", "../coco"],
        "hidden": [*add, coco, "--name", ".hidden"],
        "huge": [*add, coco, "--name", "huge", "--image-size", "100000"],
        "nameless": [*add, str(folder / "nameless.onnx")],
        "other names than classes": [*add, str(folder / "few.onnx")],
        "garbage": [*add, str(folder / "garbage.onnx")],
        "text": [*add, str(folder / "notes.txt")],
        "folder": [*add, str(folder)],
        "missing": [*add, str(folder / "missing.onnx")],
    }
    answers, torch = run(folder, *commands.values())
    return {"folder": folder, "torch": torch, "answers": dict(zip(commands, answers, strict=True))}


def test_an_onnx_file_is_installed_and_found(added: dict[str, Any]):
    model_dir = added["folder"] / "models" / "dog_detector" / "coco"
    assert added["answers"]["good"] == {"status": 0, "out": f"Installed as {model_dir}.\n", "err": ""}
    card = Detector.load(model_dir).card
    assert (card.name, card.image_size, card.class_keys) == ("coco", 320, NAMES)
    assert card.content["detection"]["finds"] == "dog"
    file = added["folder"] / "coco.onnx"
    assert card.content["command"] == f"python -m vision detector add {file} --image-size 320"
    assert (card.content["created"], card.content["commit"]) == (today(), commit_of_code())


def test_for_an_onnx_file_no_torch_is_loaded(added: dict[str, Any]):
    assert not added["torch"]


def test_the_name_class_and_default_can_be_given(added: dict[str, Any]):
    assert added["answers"]["default"]["status"] == 0
    detectors = added["folder"] / "models" / "dog_detector"
    assert default_name(detectors) == "second"
    assert Detector.load(detectors / "second").card.content["detection"]["finds"] == "bird"


@pytest.mark.parametrize(
    ("what", "part"),
    [
        ("again", "choose another --name"),
        ("cow", "does not know 'cow'; it knows: cat, dog, bird"),
        ("up", "../coco"),
        ("hidden", "hidden"),
        ("huge", "100000"),
        ("nameless", "names its classes"),
        ("other names than classes", "class"),
        ("garbage", "garbage.onnx"),
        ("text", "neither .onnx nor .pt"),
        ("folder", "There is no file"),
        ("missing", "missing.onnx"),
    ],
)
def test_what_cannot_be_added_is_refused_in_a_sentence(added: dict[str, Any], what: str, part: str):
    answer = added["answers"][what]
    assert is_refused(answer), answer
    assert part in answer["err"]


def test_nothing_else_is_installed(added: dict[str, Any]):
    found = {path.name for path in (added["folder"] / "models" / "dog_detector").iterdir()}
    assert found == {"coco", "second", "default.txt", LOCK_FILE}


@pytest.fixture(scope="module")
def with_torch(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("pt")
    train = ["detector", "train", "--dogs", str(folder / "nowhere"), "--others", str(folder)]
    train += ["--weights", str(folder / "mine.pt")]
    commands = {
        "mine": ["detector", "add", str(folder / "mine.pt"), "--image-size", "64"],
        "trap": ["detector", "add", str(folder / "trap.pt")],
        "no-such-class": [*train, "--name", "no-such-class"],
        "no-dogs": [*train, "--name", "no-dogs", "--dog-class", "1"],
    }
    answers, _ = run(folder, *commands.values(), first=("weights",))
    return {"folder": folder, "answers": dict(zip(commands, answers, strict=True))}


def test_a_pt_file_is_installed(with_torch: dict[str, Any]):
    assert with_torch["answers"]["mine"]["status"] == 0
    model_dir = with_torch["folder"] / "models" / "dog_detector" / "mine"
    assert sorted(path.name for path in model_dir.iterdir()) == ["card.json", "labels.txt", "model.pt"]


def test_a_pt_file_with_code_in_it_is_refused_and_not_run(with_torch: dict[str, Any]):
    assert is_refused(with_torch["answers"]["trap"])
    assert "without running code in it" in with_torch["answers"]["trap"]["err"]
    assert not (with_torch["folder"] / "mark").exists()
    assert not (with_torch["folder"] / "models" / "dog_detector" / "trap").exists()


@pytest.mark.parametrize(
    ("what", "part"), [("no-such-class", "the network has the classes 0 to 2"), ("no-dogs", "nowhere")]
)
def test_training_on_what_is_not_there_is_refused_and_leaves_no_run(with_torch: dict[str, Any], what: str, part: str):
    """Else the same command, put right, would be told that there is such a run."""
    answer = with_torch["answers"][what]
    assert answer["status"] == 2 and part in answer["err"].splitlines()[-1]
    assert not (with_torch["folder"] / "runs" / what).exists()


# Wrong arguments, told before torch is loaded

TRAIN = "detector train --dogs D --others O --name n --weights".split()


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["detector"], "train|measure|add"),
        (["detector", "add"], "FILE"),
        (["detector", "add", "no_such.onnx"], "no_such.onnx"),
        (["detector", "add", "x.onnx", "--image-size", "0"], "'0' is not a whole number above 0"),
        (["detector", "train"], "--dogs"),
        ([*TRAIN, "no_such.pt"], "no_such.pt"),
        ([*TRAIN, __file__, "--teacher", "no_such.pt"], "no_such.pt"),
        ([*TRAIN, __file__, "--name", "../up"], "../up"),
        ([*TRAIN, __file__, "--epochs", "0"], "'0' is not"),
        ([*TRAIN, __file__, "--learning-rate", "fast"], "fast"),
        (["detector", "measure", "--dogs", "D", "--others", "O"], "MODEL_DIR"),
        (["detector", "measure", "no_such", "--dogs", "no_such_dogs", "--others", "O"], "no_such_dogs"),
        (["detector", "measure", "m", "--dogs", "D", "--others", "O", "--min-confidence", "2"], "'2' is not a number"),
    ],
)
def test_every_wrong_argument_ends_in_one_sentence(arguments: list[str], part: str, capsys):
    assert part in refusal(arguments, capsys)


@pytest.mark.parametrize("command", [["detector"], ["detector", "train"], ["detector", "measure"], ["detector", "add"]])
def test_every_command_has_help(command: list[str], capsys):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    assert "detector" in capsys.readouterr().out


# Measuring


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    """Two photos of a dog and one without, as arguments."""
    breed = tmp_path / "dogs" / "test" / "n02085620-Chihuahua"
    for folder in (breed, tmp_path / "dogs" / "train" / breed.name, tmp_path / "others" / "images" / "val"):
        folder.mkdir(parents=True)
    for name in ("a.jpg", "b.jpg"):
        (breed / name).write_bytes(images.encode_jpeg(with_dog(ellipse()), quality=98))
    boxes = {f"test/{breed.name}/{name}": [list(AROUND.xyxy)] for name in ("a.jpg", "b.jpg")}
    (tmp_path / "dogs" / "boxes.json").write_text(json.dumps(boxes))
    (tmp_path / "others" / "images" / "val" / "vase.jpg").write_bytes(images.encode_jpeg(with_dog(ellipse(9, 9))))
    return ["--dogs", str(tmp_path / "dogs"), "--others", str(tmp_path / "others"), "--scenes", "2"]


def test_detectors_are_measured_side_by_side(data: list[str], tmp_path: Path, capsys):
    x1, y1, x2, y2 = AROUND.scaled(320, 256).xyxy  # the photos, of 200 x 160, as the detector sees them
    good = write_detector(tmp_path / "good", constant_detector([(x1, y1, x2, y2, 0.6)]))
    blind = write_detector(tmp_path / "blind", constant_detector([(0, 0, 20, 20, 0.1)]))
    assert main(["detector", "measure", str(good), str(blind), *data]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert list(rows) == ["good", "blind"]
    assert (rows["good"]["min_confidence"], rows["good"]["single"]["photos"]) == (0.3, 2)
    assert (rows["good"]["single"]["recall"], rows["blind"]["single"]["recall"]) == (1, 0)
    assert rows["good"]["without"] == {"photos": 1, "false_alarms": 1}
    assert main(["detector", "measure", str(good), *data, "--min-confidence", "0.7"]) == 0
    assert json.loads(capsys.readouterr().out)["good"]["single"]["recall"] == 0
