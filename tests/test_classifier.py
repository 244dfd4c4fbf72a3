"""The classifier: Keras and LiteRT give the same answer, alone and with many asking at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.models_for_tests import (
    LABELS,
    SIZE,
    as_served,
    draw_square,
    exported,
    served_network,
    write_class_folders,
    write_model,
    write_squares_model,
)
from vision.classifier import Classifier
from vision.datasets.class_folders import read_class_folders
from vision.datasets.pixels import load_pixels
from vision.errors import ModelError
from vision.evaluation import evaluate

SQUARES = [draw_square(label, seed, (50 + 7 * seed, 61)) for label in range(3) for seed in range(8)]
NOISE = [np.random.default_rng(seed).integers(0, 256, (40, 70, 3), np.uint8) for seed in range(6)]


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_squares_model(tmp_path_factory.mktemp("models") / "squares")


def keras_answers(photos: list[np.ndarray]) -> np.ndarray:
    return served_network().predict(np.concatenate([as_served(photo) for photo in photos]), verbose=0)


def answers(classifier: Classifier, photos: list[np.ndarray]) -> np.ndarray:
    return np.stack([classifier.probabilities(photo) for photo in photos])


def test_float32_gives_the_answers_of_keras(model_dir: Path):
    photos = SQUARES + NOISE
    np.testing.assert_allclose(answers(Classifier.load(model_dir), photos), keras_answers(photos), atol=1e-5)


def test_int8_gives_nearly_the_answers_of_keras(model_dir: Path):
    eight_bits, exact = answers(Classifier.load(model_dir, "int8"), SQUARES), keras_answers(SQUARES)
    assert (eight_bits.argmax(axis=1) == exact.argmax(axis=1)).all()
    np.testing.assert_allclose(eight_bits, exact, atol=0.05)


def test_a_photo_is_prepared_for_serving_as_it_was_for_training(tmp_path: Path, model_dir: Path):
    """From the same JPEG files: the training pixels through Keras, and the serving code through LiteRT."""
    folders = read_class_folders(write_class_folders(tmp_path / "data", size_hw=(3 * SIZE, 5 * SIZE), suffix=".jpg"))
    pixels, _ = load_pixels(folders.files, SIZE, "center_crop", tmp_path / "cache")
    trained_on = served_network().predict(pixels[:].astype(np.float32), verbose=0)
    np.testing.assert_allclose(evaluate(Classifier.load(model_dir), folders.root).probabilities, trained_on, atol=1e-5)


def test_the_card_decides_how_a_photo_is_resized(tmp_path: Path, model_dir: Path):
    wide = np.concatenate([draw_square(0, 1), draw_square(1, 1), draw_square(2, 1)], axis=1)
    assert Classifier.load(model_dir).predict([wide])[0].best.label == "Green"
    stretched = Classifier.load(write_squares_model(tmp_path / "m", resize="stretch")).probabilities(wide)
    assert not np.allclose(stretched, Classifier.load(model_dir).probabilities(wide), atol=0.01)


@pytest.mark.parametrize("model_format", ["float32", "int8"])
def test_probabilities_sum_to_one_and_scores_fall(model_dir: Path, model_format: str):
    predictions = Classifier.load(model_dir, model_format).predict(SQUARES + NOISE)
    for photo, prediction in zip(SQUARES + NOISE, predictions, strict=True):
        probabilities = [score.probability for score in prediction.scores]
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)
        assert probabilities == sorted(probabilities, reverse=True)
        assert sorted(score.index for score in prediction.scores) == [0, 1, 2]
        assert all(score.label == LABELS[score.index] for score in prediction.scores)
        assert prediction.box is None and prediction.latency_ms > 0
        assert photo.flags.writeable
    assert [prediction.best.index for prediction in predictions[: len(SQUARES)]] == [0] * 8 + [1] * 8 + [2] * 8


@pytest.mark.parametrize("model_format", ["float32", "int8"])
def test_eight_visitors_at_once_get_their_own_answers(model_dir: Path, model_format: str):
    classifier = Classifier.load(model_dir, model_format)
    photos = (SQUARES + NOISE) * 20
    one_after_another = answers(classifier, photos)
    with ThreadPoolExecutor(8) as pool:
        at_once = np.stack(list(pool.map(classifier.probabilities, photos)))
    np.testing.assert_array_equal(at_once, one_after_another)


def test_the_default_format_is_loaded_when_none_is_named(tmp_path: Path, model_dir: Path):
    assert Classifier.load(model_dir).model_format == "float32"
    assert Classifier.load(write_squares_model(tmp_path / "m", default_format="int8")).model_format == "int8"


def test_a_format_that_is_not_there_is_refused(model_dir: Path):
    with pytest.raises(ModelError, match="no format 'float16'"):
        Classifier.load(model_dir, "float16")


@pytest.mark.parametrize("keep", [0, 1, 100, -500, -1])
def test_a_truncated_file_is_refused_in_a_sentence(tmp_path: Path, keep: int):
    cut = exported("float32")[:keep]
    with pytest.raises(ModelError, match="no usable TFLite model"):
        Classifier.load(write_model(tmp_path / "m", {"float32": cut}))


def test_a_file_that_was_cut_after_publishing_is_refused(tmp_path: Path):
    folder = write_squares_model(tmp_path / "m")
    file = folder / "model.float32.tflite"
    file.write_bytes(file.read_bytes()[:-500])
    with pytest.raises(ModelError, match="checksum"):
        Classifier.load(folder)


def test_a_file_of_another_size_or_with_other_classes_is_refused(tmp_path: Path):
    with pytest.raises(ModelError, match="but its card says"):
        Classifier.load(write_squares_model(tmp_path / "large", image_size=64))
    fewer = write_squares_model(tmp_path / "fewer", class_keys=["2", "7"])
    (fewer / "labels.txt").write_text("Red\nGreen\n")
    with pytest.raises(ModelError, match="but its card says"):
        Classifier.load(fewer)
