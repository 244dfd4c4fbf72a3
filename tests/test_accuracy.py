"""The shipped models on real photos: a fixed sample of the official test, ten photos of each class."""

from pathlib import Path

import pytest

from vision import model_store
from vision.classifier import Classifier
from vision.evaluation import Evaluation, evaluate

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def results(sample_test_photos: Path) -> dict[str, Evaluation]:
    folder = model_store.find_model("traffic_signs")
    return {name: evaluate(Classifier.load(folder, name), sample_test_photos) for name in ("float32", "int8")}


@pytest.mark.parametrize("model_format", ["float32", "int8"])
def test_shipped_model_is_right_on_real_photos(results, model_format):
    result = results[model_format]
    assert len(result.labels) == 430
    assert result.unreadable == ()
    assert result.top(1) >= 0.97
    assert result.top(5) >= 0.99


def test_int8_answers_as_float32_does(results):
    same = results["float32"].probabilities.argmax(axis=1) == results["int8"].probabilities.argmax(axis=1)
    assert same.mean() >= 0.98


def test_no_shipped_model_differs_from_its_card():
    models = model_store.list_models()
    assert models
    assert [model.problem for model in models] == [None] * len(models)
