"""A backbone whose body is read from a Keras file: taken as it is, or refused in a sentence."""

import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from vision.errors import SettingsError
from vision.training.backbones import backbone_named
from vision.training.network import build_classifier

SPEC = backbone_named("efficientnet_lite0")


def body(with_code: bool = False, flat: bool = False) -> keras.Model:
    keras.utils.set_random_seed(4)
    inputs = keras.Input((32, 32, 3))
    x = keras.layers.Conv2D(6, 3, strides=2, name="conv")(inputs)
    x = keras.layers.BatchNormalization(name="norm")(x)
    if with_code:
        x = keras.layers.Lambda(lambda values: values + 1)(x)
    if flat:
        x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, x, name="some_body")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "body.keras"
    body().save(path)
    return path


def build(weights: Path | str, size: int = 32, seed: int = 0) -> keras.Model:
    return build_classifier(SPEC, 1.0, size, 3, str(weights), seed)


def refusal(weights: Path | str, size: int = 32) -> str:
    with pytest.raises(SettingsError) as caught:
        build(weights, size)
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_the_body_comes_with_its_weights_and_its_range(path: Path):
    model = build(path)
    assert [layer.name for layer in model.layers] == ["pixels", "scaling", "body", "pool", "dropout", "logits"]
    for weight, expected in zip(model.get_layer("body").get_weights(), body().get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)
    ends = model.get_layer("scaling")(np.array([0.0, 127.0, 255.0]))
    np.testing.assert_allclose(ends, [-127 / 128, 0, 1], atol=1e-6)
    assert (model.input_shape, model.output_shape) == ((None, 32, 32, 3), (None, 3))


def test_the_seed_decides_the_head(path: Path):
    kernels = [build(path, seed=seed).get_layer("logits").get_weights()[0] for seed in (1, 1, 2)]
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[0], kernels[2])


def test_the_whole_network_can_be_kept_and_read_again(path: Path, tmp_path: Path):
    model = build(path)
    model.save(tmp_path / "checkpoint.keras")
    photos = np.full((1, 32, 32, 3), 90, np.float32)
    again = keras.saving.load_model(tmp_path / "checkpoint.keras")
    np.testing.assert_allclose(again.predict(photos, verbose=0), model.predict(photos, verbose=0), atol=1e-6)


@pytest.mark.parametrize("weights", ["imagenet", "none", "nowhere.keras", "body.weights.h5"])
def test_what_is_no_keras_file_is_refused(tmp_path: Path, weights: str):
    if weights.endswith(".h5"):
        weights = str(tmp_path / weights)
        body().save_weights(weights)
    assert refusal(weights).startswith("efficientnet_lite0 starts from a Keras file; give its path with --weights")


def test_a_body_takes_photos_of_another_size(path: Path):
    model = build(path, size=64)
    assert model.get_layer("body").output_shape == (None, 31, 31, 6)
    photo = np.random.default_rng(1).uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32)
    found = model.get_layer("body").predict(photo, verbose=0)
    expected = body().predict(photo[:, :32, :32], verbose=0)
    np.testing.assert_allclose(found[:, :15, :15], expected, atol=1e-5)  # what it sees in this corner is the same


def test_a_body_made_for_its_own_size_is_refused_for_another(tmp_path: Path):
    inputs = keras.Input((32, 32, 3))
    x = keras.layers.Reshape((8, 8, 8))(keras.layers.Dense(512)(keras.layers.Flatten()(inputs)))
    keras.Model(inputs, x).save(tmp_path / "fixed.keras")
    assert build(tmp_path / "fixed.keras").output_shape == (None, 3)
    assert "a map of features of photos of 64 x 64" in refusal(tmp_path / "fixed.keras", size=64)


def test_a_whole_classifier_is_no_body(tmp_path: Path):
    body(flat=True).save(tmp_path / "flat.keras")
    assert "a map of features of photos" in refusal(tmp_path / "flat.keras")


@pytest.mark.parametrize("kind", ["empty", "garbage", "cut off", "another zip", "with code in it"])
def test_a_file_that_cannot_be_read_is_refused(path: Path, kind: str):
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "garbage":
        path.write_bytes(b"no network at all")
    elif kind == "cut off":
        path.write_bytes(path.read_bytes()[:-400])
    elif kind == "another zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("notes.txt", "nothing")
    else:
        body(with_code=True).save(path)
    assert refusal(path) == f"'{path}' is no Keras model that can be read here; give another."
