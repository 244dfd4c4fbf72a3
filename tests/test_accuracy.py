"""The shipped models on real photos: a fixed sample of the official test, ten photos of each class."""

from pathlib import Path

import pytest

from vision import model_store
from vision.classifier import Classifier
from vision.evaluation import Evaluation, evaluate
from vision.model_card import read_card

FORMATS = ("float32", "int8", "int8-qat")
MOST_MB = 45

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def results(sample_test_photos: Path) -> dict[str, Evaluation]:
    folder = model_store.find_model("traffic_signs")
    return {name: evaluate(Classifier.load(folder, name), sample_test_photos) for name in FORMATS}


@pytest.mark.parametrize("model_format", FORMATS)
def test_shipped_model_is_right_on_real_photos(results, model_format):
    result = results[model_format]
    assert len(result.labels) == 430
    assert result.unreadable == ()
    assert result.top(1) >= 0.97
    assert result.top(5) >= 0.99


@pytest.mark.parametrize("model_format", ["int8", "int8-qat"])
def test_eight_bits_answer_as_float32_does(results, model_format):
    same = results["float32"].probabilities.argmax(axis=1) == results[model_format].probabilities.argmax(axis=1)
    assert same.mean() >= 0.98


def test_no_shipped_model_differs_from_its_card():
    models = model_store.list_models()
    assert models
    assert [model.problem for model in models] == [None] * len(models)


@pytest.mark.parametrize("task", ["traffic_signs", "dog_breeds"])
def test_eight_bits_are_over_three_and_a_half_times_smaller(task: str):
    sizes = {name: entry.size_bytes for name, entry in read_card(model_store.find_model(task)).formats.items()}
    eight_bits = [size for name, size in sizes.items() if name.startswith("int8")]
    assert sizes["float32"] / max(eight_bits) > 3.5


def test_what_is_shipped_stays_small():
    files = [file for file in model_store.MODELS_DIR.rglob("*") if file.is_file() and ".earlier" not in file.parts]
    assert sum(file.stat().st_size for file in files) < MOST_MB * 1e6
