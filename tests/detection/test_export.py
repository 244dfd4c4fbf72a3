"""From a network of many classes to an ONNX file of one, and from a file to a model folder."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from tests.detection.dogs_for_tests import CANDIDATES, network
from tests.torch_checks import DOG, NAMES, look
from vision.detector import Detector
from vision.model_store import read_model

OF_ONE_CLASS = {"cat": [0, 0.8, 0, 0], "dog": [0.7, 0, 0, 0], "bird": [0, 0, 0.4, 0]}
PHOTO = np.full((320, 320, 3), 90, np.uint8)


def answer(path: Path) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run(None, {"images": np.zeros((1, 3, 64, 96), np.float32)})[0]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    onnx.save(network(str(dict(enumerate(NAMES)))), folder / "many.onnx")
    onnx.save(network("{0: 'cat'}", classes=1), folder / "alone.onnx")
    onnx.save(network(), folder / "bare.onnx")
    onnx.save(network("__import__('os').getcwd()"), folder / "odd.onnx")
    (folder / "garbage.onnx").write_bytes(b"no network")
    (folder / "notes.txt").write_text("dog")
    return folder


@pytest.fixture(scope="module")
def looked(folder: Path) -> dict[str, Any]:
    return look(folder, "export")["export"]


@pytest.mark.parametrize("name", NAMES)
def test_the_confidence_counts_where_the_class_is_the_first_choice(looked: dict[str, Any], folder: Path, name: str):
    found = answer(folder / f"one-{NAMES.index(name)}.onnx")
    assert found.shape == (1, 5, len(CANDIDATES))
    np.testing.assert_array_equal(found[0, :4], CANDIDATES.T[:4])
    np.testing.assert_allclose(found[0, 4], OF_ONE_CLASS[name])


def test_a_network_of_one_class_stays_as_it_is(looked: dict[str, Any], folder: Path):
    np.testing.assert_array_equal(answer(folder / "one-alone.onnx")[0], CANDIDATES.T[:5])


def test_the_notes_tell_of_no_class_that_is_no_longer_there(looked: dict[str, Any], folder: Path):
    notes = {prop.key: prop.value for prop in onnx.load(folder / f"one-{DOG}.onnx").metadata_props}
    assert notes in ({}, {"names": "{0: 'dog'}"})


def test_a_folder_is_written_that_the_detector_reads(looked: dict[str, Any], folder: Path):
    card, model_format, content = read_model(folder / "made")
    assert (card.name, card.task, card.image_size, model_format) == ("made", "dog_detector", 320, "onnx")
    assert content == (folder / f"one-{DOG}.onnx").read_bytes()
    assert card.content["validation"] == {"photos": 3}
    detector = Detector.load(folder / "made")
    assert (detector.min_confidence, detector.max_overlap) == (0.4, 0.5)
    (found,) = detector.detect(PHOTO)
    assert found.box.xyxy == (0, 0, 25, 40)
    assert found.confidence == pytest.approx(0.7)


def test_a_class_that_the_network_does_not_know_is_refused_with_those_it_knows(looked: dict[str, Any], folder: Path):
    assert looked["unknown"] == "The network does not know 'cow'; it knows: cat, dog, bird."
    assert not (folder / "unknown").exists()


def test_a_file_names_its_classes(looked: dict[str, Any]):
    assert looked["names"] == list(NAMES)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bare.onnx", "no ONNX detector of ultralytics that names its classes"),
        ("odd.onnx", "no ONNX detector of ultralytics that names its classes"),
        ("garbage.onnx", "no ONNX detector of ultralytics that names its classes"),
        ("notes.txt", "neither .onnx nor .pt"),
    ],
)
def test_a_file_that_names_none_is_refused_in_a_sentence(looked: dict[str, Any], name: str, reason: str):
    message = looked["no_names"][name]
    assert name in message and reason in message and message.endswith(".")
