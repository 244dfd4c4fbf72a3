"""Detectors as `.pt` files: the same boxes as their ONNX twin, and never code that is run from one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.torch_checks import DOG, NAMES, look, photo
from vision.detector import OnnxNetwork


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("torch")


@pytest.fixture(scope="module")
def looked(folder: Path) -> dict[str, Any]:
    return look(folder, "refused", "network")


@pytest.fixture(scope="module")
def network(looked: dict[str, Any]) -> dict[str, Any]:
    return looked["network"]


@pytest.fixture(scope="module")
def refused(looked: dict[str, Any]) -> dict[str, Any]:
    return looked["refused"]


def test_a_candidate_has_four_coordinates_and_a_confidence_a_class(network: dict[str, Any]):
    raw = np.array(network["raw"])
    assert network["names"] == list(NAMES)
    assert raw.shape == (4 + len(NAMES), 8 * 12 + 4 * 6 + 2 * 3)
    assert ((raw[4:] >= 0) & (raw[4:] <= 1)).all()
    assert raw[4:].std() > 0.05, "the network gives the same everywhere, so that nothing is tested"


def test_the_onnx_twin_finds_the_same(network: dict[str, Any], folder: Path):
    """Where the dog is the first choice; elsewhere, its confidence is 0."""
    raw = np.array(network["raw"])
    twin = OnnxNetwork((folder / "tiny.onnx").read_bytes(), 1).run(photo())
    assert twin.shape == (5, raw.shape[1])
    np.testing.assert_allclose(twin[:4], raw[:4], atol=0.01)
    is_dog = raw[4:].argmax(axis=0) == DOG
    assert 0 < is_dog.sum() < len(is_dog)
    np.testing.assert_allclose(twin[4], np.where(is_dog, raw[4 + DOG], 0), atol=1e-4)


def test_a_model_folder_with_pt_weights_finds_the_surest_of_its_class(network: dict[str, Any]):
    raw, boxes = np.array(network["raw"]), np.array(network["boxes"])
    dogs = raw[:, raw[4:].argmax(axis=0) == DOG]
    x, y, width, height, *confidences = dogs[:, dogs[4 + DOG].argmax()]
    around = [max(x - width / 2, 0), max(y - height / 2, 0), min(x + width / 2, 96), min(y + height / 2, 64)]
    np.testing.assert_allclose(boxes[0], [*around, confidences[DOG]], atol=0.01)
    assert (np.diff(boxes[:, 4]) <= 0).all()


@pytest.mark.parametrize(
    "name",
    ["trap", "plain pickle trap", "cut off", "empty", "text", "numbers alone", "trap in a folder"],
)
def test_a_file_that_is_no_detector_is_refused_in_a_sentence(refused: dict[str, Any], name: str):
    message = refused["answers"][name]
    assert message is not None, "it was loaded"
    assert message.startswith("'model.pt' is no detector of ultralytics that can be loaded without running code in it")
    assert message.endswith(".") and ". " not in message and "\n" not in message


def test_a_network_that_is_no_detector_is_refused_in_a_sentence(refused: dict[str, Any]):
    assert refused["answers"]["another network"] == (
        "'model.pt' holds a network for another task; expected a YOLO detector."
    )


def test_a_file_with_another_checksum_is_refused_before_it_is_opened(refused: dict[str, Any]):
    assert "checksum" in refused["answers"]["exchanged"]


def test_no_code_in_a_file_is_run(refused: dict[str, Any]):
    assert refused["trap_works"], "the trap must spring where torch is told to load anything"
    assert not refused["sprung"]


def test_who_uses_ultralytics_besides_loads_as_before(refused: dict[str, Any]):
    assert refused["left_as_it_was"]
