"""Detectors on disk: ONNX files that fit their card, those that do not, and the shipped one on real photos."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from tests.conftest import lack
from tests.models_for_tests import constant_detector, write_detector
from vision import images, model_store
from vision.detector import Detector, overlaps
from vision.errors import ModelError
from vision.predictions import Box

PHOTO = np.full((240, 320, 3), 90, np.uint8)
DOG = (20.0, 60.0, 100.0, 200.0)  # in the photo; the network sees it 8 pixels further down
FOUND = [(20, 68, 100, 208, 0.9)]
WITH_A_DOG = [  # one each, of Stanford Dogs' test part
    "n02085620-Chihuahua/n02085620_10074",
    "n02096051-Airedale/n02096051_1110",
    "n02101556-clumber/n02101556_1018",
    "n02106030-collie/n02106030_11148",
    "n02108000-EntleBucher/n02108000_1060",
    "n02109047-Great_Dane/n02109047_10160",
]
WITHOUT_DOG = ["n01443537_goldfish", "n02676566_acoustic_guitar", "n03495258_harp", "n04612504_yawl"]


def one_sentence(message: str) -> bool:
    return message.endswith(".") and ". " not in message and len(message) < 300


def graph_of(
    nodes: Sequence[onnx.NodeProto], constants: dict[str, np.ndarray], rows: int | None, size: Sequence[object]
) -> bytes:
    """An ONNX file that takes "images", (1, 3, *size), and gives "output0", (1, rows, 1) or, for None, (1,)."""
    shape = [1] if rows is None else [1, rows, 1]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, *size])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    content: bytes = model.SerializeToString()
    return content


def mean_times(factors: Sequence[float] | None, size: Sequence[object] = ("height", "width")) -> bytes:
    """A network that finds one box: `factors` times the photo's mean light (0 to 1); None gives the mean alone."""
    shape = np.array([1] if factors is None else [1, 1, 1], np.int64)
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3]),
        helper.make_node("Reshape", ["mean", "shape"], ["light"]),
        helper.make_node("Mul", ["light", "factors"], ["output0"]),
    ]
    numbers = np.array([1], np.float32) if factors is None else np.array(factors, np.float32).reshape(1, -1, 1)
    return graph_of(nodes, {"shape": shape, "factors": numbers}, factors and len(factors), size)


def load(folder: Path, content: bytes, **changes: object) -> Detector:
    return Detector.load(write_detector(folder / "tiny", content, **changes))


def test_a_folder_is_loaded_with_what_its_card_says(tmp_path: Path):
    detector = load(tmp_path, constant_detector(FOUND))
    assert (detector.card.name, detector.min_confidence, detector.max_overlap) == ("tiny", 0.3, 0.6)
    (found,) = detector.detect(PHOTO)
    assert found.box.xyxy == DOG
    assert found.confidence == pytest.approx(0.9)


def test_the_network_gets_light_from_0_to_1(tmp_path: Path):
    detector = load(tmp_path, mean_times([100, 100, 200, 200, 1]))
    for value in (51, 204, 255):
        (found,) = detector.detect(np.full((320, 320, 3), value, np.uint8), 0)
        assert found.confidence == pytest.approx(value / 255, rel=1e-3)
        assert found.box == Box(0, 0, *[pytest.approx(200 * value / 255, rel=1e-3)] * 2)


def test_eight_visitors_at_once_get_their_own_answers(tmp_path: Path):
    detector = load(tmp_path, mean_times([100, 100, 200, 200, 1]))
    photos = [np.full((320, 320 - i, 3), i, np.uint8) for i in range(20, 120)]
    one_after_another = [detector.detect(photo, 0) for photo in photos]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda photo: detector.detect(photo, 0), photos)) == one_after_another
    assert len({found.confidence for (found,) in one_after_another}) > 50


@pytest.mark.parametrize(
    "change", [{"detection": None}, {"detection": {"finds": "dog"}}, {"class_keys": ["cat"]}], ids=str
)
def test_a_card_that_is_not_a_detectors_is_refused(tmp_path: Path, change: dict[str, object]):
    with pytest.raises(ModelError, match="is not a detector's") as caught:
        load(tmp_path, constant_detector(FOUND), **change)
    assert one_sentence(str(caught.value))


def test_a_card_without_a_detectors_part_is_refused(tmp_path: Path):
    folder = write_detector(tmp_path / "tiny", constant_detector(FOUND))
    card = json.loads((folder / "card.json").read_text())
    del card["detection"]
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match=r"^The card of 'tiny' is not a detector's .* publish it again\.$"):
        Detector.load(folder)


@pytest.mark.parametrize("content", [b"", b"no model", constant_detector(FOUND)[:-60]], ids=["empty", "text", "cut"])
def test_a_file_that_is_no_onnx_model_is_refused(tmp_path: Path, content: bytes):
    with pytest.raises(ModelError, match="no usable ONNX model") as caught:
        load(tmp_path, content)
    assert one_sentence(str(caught.value))


def test_an_onnx_model_of_something_else_is_refused(tmp_path: Path):
    with pytest.raises(ModelError, match="no YOLO detector"):
        load(tmp_path, mean_times(None))


def test_a_file_that_was_changed_after_publishing_is_refused(tmp_path: Path):
    folder = write_detector(tmp_path / "tiny", constant_detector(FOUND))
    (folder / "model.onnx").write_bytes(constant_detector([(0, 0, 300, 300, 1)]))
    with pytest.raises(ModelError, match="checksum"):
        Detector.load(folder)


@pytest.mark.parametrize("classes", [("dog", "cat"), ("cat", "dog")], ids=str)
def test_a_network_with_other_classes_than_its_card_is_refused(tmp_path: Path, classes: tuple[str, ...]):
    folder = write_detector(tmp_path / "tiny", constant_detector(FOUND), class_keys=classes)
    (folder / "labels.txt").write_text("\n".join(classes) + "\n")
    with pytest.raises(ModelError):
        Detector.load(folder).detect(PHOTO)


def test_a_network_of_one_size_works_at_it_or_is_refused_in_a_sentence(tmp_path: Path):
    """As ultralytics exports them unless it is asked for `dynamic`: (1, 3, size, size) and nothing else."""
    try:
        detector = load(tmp_path, mean_times([100, 100, 200, 200, 1], size=(320, 320)))
        assert len(detector.detect(PHOTO, 0)) == 1
        assert len(detector.detect(PHOTO[:, :77], 0)) == 1
    except ModelError as error:
        assert one_sentence(str(error))


# The shipped detector


@pytest.fixture(scope="module")
def shipped() -> Detector:
    return Detector.load(model_store.find_model("dog_detector"))


def test_the_shipped_detector_takes_any_photo(shipped: Detector):
    for size_hw in ((8, 8), (20, 30000), (3000, 2000)):
        for found in shipped.detect(np.random.default_rng(0).integers(0, 256, (*size_hw, 3), np.uint8)):
            assert found.box == found.box.clipped(size_hw)


@pytest.mark.shared_data
def test_the_shipped_detector_finds_the_dog(shipped: Detector, shared_dir: Path):
    archive = shared_dir / "data" / "stanford-dogs-224.zip"
    if not archive.is_file():
        lack(f"no photos of dogs: there is no file {archive}")
    with zipfile.ZipFile(archive) as photos:
        rows = {row["file"]: row for row in csv.DictReader(io.StringIO(photos.read("labels.csv").decode()))}
        found = [finds_it(shipped, photos, rows[f"test/{name}.avif"]) for name in WITH_A_DOG]
    assert sum(found) >= len(WITH_A_DOG) - 1


def finds_it(detector: Detector, photos: zipfile.ZipFile, row: dict[str, str]) -> bool:
    """Whether a box lies on the dog, once the photo has back the aspect ratio that its source took away."""
    squeezed = Image.fromarray(images.decode(photos.read(row["file"])))
    photo = np.asarray(squeezed.resize((int(row["photo_width"]), int(row["photo_height"])), Image.Resampling.BICUBIC))
    ((x, y, width, height),) = json.loads(row["boxes_xywh"])
    boxes = np.array([found.box.xyxy for found in detector.detect(photo)]).reshape(-1, 4)
    return bool((overlaps(np.array([x, y, x + width, y + height]), boxes) > 0.5).any())


@pytest.mark.shared_data
def test_the_shipped_detector_finds_no_dog_where_there_is_none(shipped: Detector, shared_dir: Path):
    archive = shared_dir / "data" / "detector-photos.zip"
    if not archive.is_file():
        lack(f"no photos without dogs: there is no file {archive}")
    with zipfile.ZipFile(archive) as photos:
        seen = {name: photos.read(f"imagenet-samples/{name}.webp") for name in WITHOUT_DOG}
    assert [name for name, data in seen.items() if shipped.detect(images.decode(data))] == []
