"""The zip for phones: what it says is enough to get the model's answers."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from tests.figures_for_tests import FLOAT32, INT8, draw_figures
from tests.models_for_tests import (
    LABELS,
    SIZE,
    constant_detector,
    draw_square,
    exported,
    write_detector,
    write_model,
)
from vision import images
from vision.classifier import Classifier
from vision.errors import ModelError
from vision.export.phone_bundle import build_bundle, bundle_name
from vision.model_card import read_card

FORMATS = ("float32", "float16", "int8")


def unzipped(model_dir: Path, model_format: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(build_bundle(model_dir, model_format))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def write(folder: Path, model_format: str, **changes: Any) -> Path:
    return write_model(folder, {model_format: exported(model_format)}, **changes)


def answer_by_the_card(files: dict[str, bytes], photo: np.ndarray) -> np.ndarray:
    """What somebody gets who does what card.json says, and knows nothing else."""
    card = json.loads(files["card.json"])
    interpreter = Interpreter(model_content=files[card["file"]])
    interpreter.allocate_tensors()
    pixels = images.resize(photo, card["resize"]["size"], card["resize"]["rule"])
    assert card["input"]["range"] == [0, 255]
    interpreter.set_tensor(
        interpreter.get_input_details()[0]["index"],
        pixels.reshape(card["input"]["shape"]).astype(card["input"]["type"]),
    )
    interpreter.invoke()
    values = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]
    assert values.dtype == card["output"]["type"] and list(values[None].shape) == card["output"]["shape"]
    if "scale" in card["output"]:
        return (values.astype(np.float32) - card["output"]["zero_point"]) * card["output"]["scale"]
    return values


@pytest.mark.parametrize("rule", ["center_crop", "stretch"])
@pytest.mark.parametrize("model_format", FORMATS)
def test_who_follows_the_card_gets_our_answers(model_format: str, rule: str, tmp_path: Path):
    model_dir = write(tmp_path / "m", model_format, resize=rule)
    files = unzipped(model_dir, model_format)
    classifier = Classifier.load(model_dir)
    for label in range(len(LABELS)):
        photo = draw_square(label, seed=700, size_hw=(90, 140))
        ours = classifier.probabilities(photo)
        np.testing.assert_allclose(answer_by_the_card(files, photo), ours, atol=0.005)
        assert files["labels.txt"].decode().splitlines()[ours.argmax()] == LABELS[label]


@pytest.mark.parametrize("model_format", FORMATS)
def test_the_check_picture_has_the_answers_on_the_card_and_shows_what_was_mixed_up(model_format: str, tmp_path: Path):
    files = unzipped(write(tmp_path / "m", model_format), model_format)
    picture = np.asarray(Image.open(io.BytesIO(files["check.png"])))
    assert picture.shape == (SIZE, SIZE, 3)
    expected = json.loads(files["card.json"])["check"]["answers"]
    for answer in expected:
        place = LABELS.index(answer["label"])
        assert answer_by_the_card(files, picture)[place] == pytest.approx(answer["probability"], abs=0.005)
        assert f"- {answer['label']}: {answer['probability']:.2f}" in files["README.md"].decode()
    assert [answer["probability"] for answer in expected] == sorted((a["probability"] for a in expected), reverse=True)
    right = answer_by_the_card(files, picture)
    for wrong in (picture[:, :, ::-1], picture // 255):
        assert abs(answer_by_the_card(files, wrong) - right).max() > 0.2


def test_the_card_describes_the_file_that_lies_beside_it(tmp_path: Path):
    files = unzipped(write(tmp_path / "m", "int8", sure_from=0.95, likely_from=0.55), "int8")
    card = json.loads(files["card.json"])
    model = files[card["file"]]
    assert card["file"] == "model.int8.tflite" and card["size_bytes"] == len(model)
    assert card["sha256"] == hashlib.sha256(model).hexdigest()
    assert card["thresholds"] == {"sure_from": 0.95, "likely_from": 0.55}
    assert card["input"]["shape"] == [1, SIZE, SIZE, 3] and card["input"]["type"] == "uint8"
    assert "measured" not in card
    with zipfile.ZipFile(io.BytesIO(model)) as inside:  # MediaPipe finds the labels there
        assert inside.read("labels.txt").decode().splitlines() == list(LABELS)


def test_the_figures_of_the_format_go_with_it(tmp_path: Path):
    figures = draw_figures(float32=FLOAT32, int8=replace(INT8, top1=0.9471))
    files = unzipped(write(tmp_path / "m", "int8", measured=figures.to_json()), "int8")
    measured = json.loads(files["card.json"])["measured"]
    assert (measured["top1"], measured["data"], measured["date"]) == (0.9471, "squares/test", "2026-11-28")
    assert "94.7 %" in files["README.md"].decode()


@pytest.mark.parametrize(
    ("model_format", "rule", "there", "not_there"),
    [
        ("int8", "center_crop", ["ByteArray", "UInt8", "Bitmap.createBitmap(seen", "as uint8 (bytes)"], ["putFloat"]),
        ("float32", "stretch", ["putFloat", "Float32", "as float32.", "whole photo"], ["Bitmap.createBitmap(seen"]),
    ],
)
def test_the_readme_has_the_lines_for_this_model(
    model_format: str, rule: str, there: list[str], not_there: list[str], tmp_path: Path
):
    text = unzipped(write(tmp_path / "m", model_format, resize=rule), model_format)["README.md"].decode()
    assert text.startswith("# Traffic signs: squares, " + model_format)
    for part in [*there, f"model.{model_format}.tflite", "```kotlin", "```swift", "ImageClassifier", f"SIZE = {SIZE}"]:
        assert part in text, part
    for part in [*not_there, "{{", "{%", "None"]:
        assert part not in text, part
    assert len(re.findall(r"^```", text, re.MULTILINE)) == 10
    for block in re.findall(r"```(?:kotlin|swift)\n(.*?)```", text, re.DOTALL):
        for opening, closing in ("()", "[]", "{}"):
            assert block.count(opening) == block.count(closing)


def test_the_same_model_makes_the_same_zip(tmp_path: Path):
    model_dir = write(tmp_path / "m", "int8")
    assert build_bundle(model_dir, "int8") == build_bundle(model_dir, "int8")
    assert bundle_name(read_card(model_dir), "int8") == "traffic_signs-squares-int8.zip"


def test_what_is_no_classifier_is_refused_in_a_sentence(tmp_path: Path):
    detector = write_detector(tmp_path / "dogs", constant_detector([(10, 10, 50, 50, 0.9)]))
    with pytest.raises(ModelError, match="no TFLite classifier"):
        build_bundle(detector, "onnx")
    with pytest.raises(ModelError, match="no format 'float16'"):
        build_bundle(write(tmp_path / "m", "int8"), "float16")
    broken = write_model(tmp_path / "broken", {"int8": exported("int8")[:500]})
    with pytest.raises(ModelError, match="no usable TFLite model"):
        build_bundle(broken, "int8")


def test_no_training_library_is_loaded():
    check = "import sys, vision.export.phone_bundle; print({'tensorflow', 'torch', 'keras'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
