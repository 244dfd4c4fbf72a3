"""`detect`, and `predict` and `evaluate` that crop first: squares for dogs, and a detector that finds given boxes."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.models_for_tests import (
    constant_detector,
    draw_square,
    write_class_folders,
    write_detector,
    write_squares_model,
)
from tests.photos_for_tests import exif, saved
from tests.test_cli import refusal
from vision import images, model_store
from vision.classifier import Classifier
from vision.cli import main
from vision.pipeline import classify
from vision.predictions import Box
from vision.tasks import TASKS

SIZE_HW = (320, 640)
BOXES = {"Red": (40, 100, 160, 220), "Green": (260, 100, 380, 220), "Blue": (480, 100, 600, 220)}
# In the detector's input, which is half as large as the photo; not from left to right.
FOUND = [(130, 50, 190, 110, 0.9), (20, 50, 80, 110, 0.8), (240, 50, 300, 110, 0.4)]
ORDER = ["Green", "Red", "Blue"]


def three_dogs() -> np.ndarray:
    photo = np.full((*SIZE_HW, 3), 120, np.uint8)
    for label, (x1, y1, x2, y2) in enumerate(BOXES.values()):
        photo[y1:y2, x1:x2] = draw_square(label, 5, (y2 - y1, x2 - x1))
    return photo


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place of models: of breeds, of signs, and the detector."""
    root = tmp_path / "models"
    for task in ("dog_breeds", "traffic_signs"):
        write_squares_model(root / task / "squares", task=task)
    write_detector(root / "dog_detector" / "tiny", constant_detector(FOUND))
    monkeypatch.setattr(model_store.find_model, "__defaults__", (root,))
    monkeypatch.chdir(tmp_path)  # a folder's name here is no model's
    return root


@pytest.fixture
def photo(tmp_path: Path) -> str:
    return write(tmp_path / "three.png", saved(three_dogs(), "PNG"))


def write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def answers(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> list[dict]:
    assert main([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def without_dogs(root: Path) -> None:
    """A detector that is sure of nothing."""
    model = root / "dog_detector" / "tiny"
    for path in model.iterdir():
        path.unlink()
    model.rmdir()
    write_detector(model, constant_detector([(0, 0, 50, 50, 0.1)]))


# detect


def test_detect_prints_a_list_with_an_element_a_photo(root, photo, capsys):
    first, second = answers(capsys, "detect", photo, photo)
    assert first == second
    assert list(first) == ["file", "error", "boxes"]
    assert (first["file"], first["error"]) == (photo, None)
    assert [list(box) for box in first["boxes"]] == [["box_xyxy", "confidence"]] * 3
    assert [tuple(box["box_xyxy"]) for box in first["boxes"]] == [BOXES[name] for name in ORDER]
    assert [box["confidence"] for box in first["boxes"]] == pytest.approx([0.9, 0.8, 0.4])


def test_detect_says_in_words_what_it_finds(root, photo, capsys):
    assert main(["detect", photo]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{photo}: (260, 100) to (380, 220), 90% sure; (40, 100) to (160, 220), 80% sure; ")


@pytest.mark.parametrize(("least", "count"), [("0", 3), ("0.4", 3), ("0.5", 2), ("0.85", 1), ("1", 0)])
def test_detect_takes_a_least_confidence(root, photo, least, count, capsys):
    (answer,) = answers(capsys, "detect", photo, "--min-confidence", least)
    assert len(answer["boxes"]) == count


def test_detect_says_where_nothing_is_found(root, photo, capsys):
    without_dogs(root)
    (answer,) = answers(capsys, "detect", photo)
    assert (answer["error"], answer["boxes"]) == (None, [])
    assert main(["detect", photo]) == 0
    assert capsys.readouterr().out == f"{photo}: nothing found\n"


def test_detect_goes_on_after_a_bad_file(root, photo, tmp_path, capsys):
    broken = write(tmp_path / "broken.jpg", b"no photo")
    first, second, third = answers(capsys, "detect", broken, str(tmp_path / "missing.jpg"), photo, status=1)
    assert first["boxes"] == second["boxes"] == []
    assert "not a photo" in first["error"] and "missing.jpg" in second["error"]
    assert len(third["boxes"]) == 3


def test_detect_takes_the_folder_of_another_detector(root, photo, tmp_path, capsys):
    other = write_detector(tmp_path / "other", constant_detector([(0, 0, 160, 160, 0.7)]))
    (answer,) = answers(capsys, "detect", photo, "--model", str(other))
    assert [box["box_xyxy"] for box in answer["boxes"]] == [[0, 0, 320, 320]]


def test_boxes_are_in_pixels_of_the_upright_photo(root, tmp_path, capsys):
    """A photo that the camera stored lying: 640 x 320 in the file, 320 x 640 to look at."""
    write_detector(root / "dog_detector" / "low", constant_detector([(20, 200, 80, 260, 0.9), (100, 10, 300, 50, 0.5)]))
    upright = np.full((640, 320, 3), 120, np.uint8)
    upright[400:520, 40:160] = draw_square(2, 5, (120, 120))
    stored = np.rot90(upright, 1)
    lying = write(tmp_path / "lying.jpg", saved(stored, "JPEG", exif=exif(6)))
    detector = str(root / "dog_detector" / "low")
    (answer,) = answers(capsys, "detect", lying, "--model", detector)
    assert [box["box_xyxy"] for box in answer["boxes"]] == [[40, 400, 160, 520], [200, 20, 320, 100]]
    (root / "dog_detector" / "default.txt").write_text("low\n")
    (answer,) = answers(capsys, "predict", "dog_breeds", lying, "--crop-first")
    assert answer["predictions"][0]["box_xyxy"] == [40, 400, 160, 520]
    assert answer["predictions"][0]["scores"][0]["label"] == "Blue"


def test_boxes_are_in_pixels_of_a_large_jpeg(root, tmp_path, capsys):
    large = three_dogs().repeat(4, axis=0).repeat(4, axis=1)
    path = write(tmp_path / "large.jpg", images.encode_jpeg(large))
    boxes = [[4 * corner for corner in BOXES[name]] for name in ORDER]
    (answer,) = answers(capsys, "detect", path)
    assert [box["box_xyxy"] for box in answer["boxes"]] == boxes
    (answer,) = answers(capsys, "predict", "dog_breeds", path, "--crop-first")
    assert [prediction["box_xyxy"] for prediction in answer["predictions"]] == boxes
    assert [prediction["scores"][0]["label"] for prediction in answer["predictions"]] == ORDER


@pytest.mark.parametrize("size_hw", [(20, 30000), (30000, 20), (8, 8)])
def test_a_photo_of_any_form_is_searched_and_classified(root, size_hw, tmp_path, capsys):
    write_detector(root / "dog_detector" / "all", constant_detector([(-50, -50, 400, 400, 0.9)]))
    (root / "dog_detector" / "default.txt").write_text("all\n")
    path = write(tmp_path / "odd.png", saved(np.full((*size_hw, 3), 120, np.uint8), "PNG"))
    (answer,) = answers(capsys, "detect", path)
    assert [box["box_xyxy"] for box in answer["boxes"]] == [[0, 0, size_hw[1], size_hw[0]]]
    (answer,) = answers(capsys, "predict", "dog_breeds", path, "--crop-first")
    assert answer["error"] is None and answer["found"]


# predict


def test_predict_that_crops_first_answers_for_each_dog(root, photo, capsys):
    (answer,) = answers(capsys, "predict", "dog_breeds", photo, "--crop-first", "--top", "2")
    assert (answer["error"], answer["found"]) == (None, True)
    assert [prediction["scores"][0]["label"] for prediction in answer["predictions"]] == ORDER
    assert [tuple(prediction["box_xyxy"]) for prediction in answer["predictions"]] == [BOXES[name] for name in ORDER]
    assert [prediction["confidence"] for prediction in answer["predictions"]] == pytest.approx([0.9, 0.8, 0.4])
    assert all(len(prediction["scores"]) == 2 for prediction in answer["predictions"])


def test_predict_that_does_not_crop_says_nothing_of_finding(root, photo, capsys):
    (answer,) = answers(capsys, "predict", "dog_breeds", photo)
    assert "found" not in answer
    assert [prediction["box_xyxy"] for prediction in answer["predictions"]] == [None]
    assert "confidence" not in answer["predictions"][0]


def test_where_nothing_is_found_the_whole_photo_is_classified_and_that_is_said(root, photo, capsys):
    without_dogs(root)
    (answer,) = answers(capsys, "predict", "dog_breeds", photo, "--crop-first")
    assert (answer["found"], answer["error"]) == (False, None)
    assert [prediction["box_xyxy"] for prediction in answer["predictions"]] == [None]
    assert main(["predict", "dog_breeds", photo, "--crop-first"]) == 0
    assert "(nothing was found, a guess from the whole photo)" in capsys.readouterr().out


def test_predict_says_in_words_where_each_dog_is(root, photo, capsys):
    assert main(["predict", "dog_breeds", photo, "--crop-first", "--top", "1"]) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{photo} at (260, 100) to (380, 220): ") and "Green" in first
    assert len(others) == 2 and "guess" not in first


@pytest.mark.parametrize(("least", "labels"), [("0.85", ORDER[:1]), ("0", ORDER)])
def test_the_least_confidence_is_the_detectors(root, photo, least, labels, capsys):
    (answer,) = answers(capsys, "predict", "dog_breeds", photo, "--crop-first", "--min-confidence", least)
    assert [prediction["scores"][0]["label"] for prediction in answer["predictions"]] == labels


@pytest.mark.parametrize(
    ("given", "used"), [((), TASKS["dog_breeds"].box_margin), (("--margin", "0"), 0.0), (("--margin", "1"), 1.0)]
)
def test_the_margin_is_the_tasks_unless_told(root, photo, given, used, capsys):
    (answer,) = answers(capsys, "predict", "dog_breeds", photo, "--crop-first", *given)
    classifier = Classifier.load(model_store.find_model("dog_breeds"))
    expected = classify(three_dogs(), classifier, [Box(*BOXES[name]) for name in ORDER], used)
    for prediction, one in zip(answer["predictions"], expected, strict=True):
        assert prediction["scores"][0]["probability"] == pytest.approx(one.best.probability, abs=1e-6)


# evaluate


def test_evaluate_that_crops_first_says_in_how_many_nothing_was_found(root, tmp_path, capsys):
    data = str(write_class_folders(tmp_path / "photos", per_class=4))
    assert main(["evaluate", "dog_breeds", data, "--json"]) == 0
    assert "not_found" not in json.loads(capsys.readouterr().out)
    assert main(["evaluate", "dog_breeds", data, "--crop-first", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["not_found"] == 0
    without_dogs(root)
    assert main(["evaluate", "dog_breeds", data, "--crop-first", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["not_found"], figures["images"], figures["top1"]) == (12, 12, 1.0)
    assert main(["evaluate", "dog_breeds", data, "--crop-first"]) == 0
    assert "Nothing was found in 12 photos, which were classified whole." in capsys.readouterr().out


# What is refused


@pytest.mark.parametrize("command", [["detect"], ["predict", "dog_breeds"], ["evaluate", "dog_breeds"]], ids=" ".join)
@pytest.mark.parametrize("value", ["2", "-0.1", "nan", "many", ""])
def test_a_confidence_that_is_none_is_refused(root, photo, command, value, capsys):
    said = refusal([*command, photo, f"--min-confidence={value}"], capsys)
    assert f"'{value}' is not a number from 0 to 1" in said


@pytest.mark.parametrize("command", [["predict", "dog_breeds"], ["evaluate", "dog_breeds"]], ids=" ".join)
@pytest.mark.parametrize("value", ["2.5", "-1", "inf", "wide"])
def test_a_margin_that_is_none_is_refused(root, photo, command, value, capsys):
    assert f"'{value}' is not a number from 0 to 2" in refusal([*command, photo, f"--margin={value}"], capsys)


@pytest.mark.parametrize("option", ["--min-confidence", "--margin"])
def test_options_of_finding_without_finding_are_refused(root, photo, option, capsys):
    assert "--crop-first" in refusal(["predict", "dog_breeds", photo, option, "0.2"], capsys)


def test_a_task_without_a_detector_is_refused(root, photo, capsys):
    said = refusal(["predict", "traffic_signs", photo, "--crop-first"], capsys)
    assert said == "There is no detector for 'traffic_signs'; leave out --crop-first."


@pytest.mark.parametrize("command", [["detect"], ["predict", "dog_breeds", "--crop-first"]], ids=" ".join)
@pytest.mark.parametrize("left", ["nothing", "an empty folder"])
def test_without_a_detector_it_is_said(root, photo, command, left, capsys):
    for path in (*(root / "dog_detector" / "tiny").iterdir(), root / "dog_detector" / "tiny"):
        path.rmdir() if path.is_dir() else path.unlink()
    if left == "nothing":
        (root / "dog_detector").rmdir()
    said = refusal([*command, photo], capsys)
    assert "'dog_detector'" in said
    assert "vision train" not in said, "which trains classifiers"


@pytest.mark.parametrize("model", ["no_such", "dog_breeds"])
def test_what_is_no_detector_is_refused(root, photo, model, capsys):
    said = refusal(["detect", photo, "--model", model], capsys)
    assert model == "dog_breeds" or model in said
