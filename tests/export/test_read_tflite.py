"""A network read back from its float32 file, built again with Keras."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from tests.export.conftest import branched_file, branched_network
from tests.models_for_tests import SIZE, draw_squares, exported
from vision import metrics
from vision.errors import ModelError
from vision.export.read_tflite import read_network
from vision.export.rebuild import (
    build_classifier_of,
    build_scaled_classifier_of,
    check_agreement,
    random_photos,
    with_weights_of,
)


def test_a_network_read_back_answers_as_it_did():
    network = read_network(branched_file())
    model = build_classifier_of(network, keras)
    photos = draw_squares(4, seed=400)[0].astype(np.float32)
    expected = metrics.softmax(branched_network().predict(photos, verbose=0), 1.7)
    np.testing.assert_allclose(metrics.softmax(model.predict(photos, verbose=0)), expected, atol=1e-4)
    assert check_agreement(network, lambda p: model.predict(p, verbose=0), branched_file()) < 1e-4
    assert [layer.name for layer in model.layers] == ["pixels", "scaling", "body", "pool", "logits"]


def test_all_parts_are_read():
    network = read_network(branched_file())
    assert (network.size, network.scale, network.offset) == (SIZE, pytest.approx(1 / 128), pytest.approx(-127 / 128))
    assert [step.kind for step in network.steps] == [
        "convolution", "depthwise", "convolution", "add", "pad", "depthwise", "convolution"
    ]  # fmt: skip
    assert network.steps[3].inputs == (0, 2)
    assert network.steps[5].kernel.shape == (3, 3, 8, 2)
    assert network.steps[4].margins == ((2, 2), (2, 2))


def test_the_flat_network_takes_scaled_photos():
    network = read_network(branched_file())
    model = build_scaled_classifier_of(network, keras)
    photos = random_photos(2, SIZE).astype(np.float32)
    expected = build_classifier_of(network, keras).predict(photos, verbose=0)
    scaled = photos * network.scale + network.offset
    np.testing.assert_allclose(model.predict(scaled, verbose=0), expected, atol=1e-5)


def test_a_network_that_answers_differently_is_refused():
    network = read_network(branched_file())
    spoiled = replace(network, bias=network.bias + np.array([1, 0, 0], np.float32))
    model = build_classifier_of(spoiled, keras)
    with pytest.raises(ModelError, match="answers differently"):
        check_agreement(network, lambda p: model.predict(p, verbose=0), branched_file())


def test_weights_that_were_changed_are_taken_over():
    network = read_network(branched_file())
    model = build_classifier_of(network, keras)
    model.get_layer("body").get_layer("convolution_00").bias.assign_add(np.ones(8, np.float32))
    changed = with_weights_of(network, model)
    np.testing.assert_allclose(changed.steps[0].bias, network.steps[0].bias + 1)
    np.testing.assert_array_equal(changed.steps[1].kernel, network.steps[1].kernel)


def test_scaling_that_was_folded_into_the_first_convolution_is_none():
    from vision.export.tflite import export_tflite

    pixels = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Conv2D(4, 3, strides=2, activation="relu")(keras.layers.Rescaling(1 / 255, -0.5)(pixels))
    x = keras.layers.Dense(3, activation="softmax")(keras.layers.GlobalAveragePooling2D()(x))
    content = export_tflite(keras.Model(pixels, x), "float32")
    network = read_network(content)
    assert (network.scale, network.offset) == (1, 0)
    assert network.steps[0].activation == "relu"
    model = build_classifier_of(network, keras)
    assert check_agreement(network, lambda p: model.predict(p, verbose=0), content) < 1e-4


@pytest.mark.parametrize("content", [b"", b"no model at all", b"PK\x03\x04" * 100], ids=["empty", "text", "zip"])
def test_what_is_no_tflite_file_is_refused(content: bytes):
    with pytest.raises(ModelError, match="no TFLite file, or a damaged one"):
        read_network(content)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(part: float):
    with pytest.raises(ModelError):
        read_network(branched_file()[: int(part * len(branched_file()))])


def test_a_file_that_is_not_float32_is_refused():
    with pytest.raises(ModelError, match="only files that this app exported as float32"):
        read_network(exported("int8"))
    with pytest.raises(ModelError, match="only files that this app exported as float32"):
        read_network(exported("float16"))


def test_an_operator_that_cannot_be_read_back_is_named():
    from vision.export.tflite import export_tflite

    pixels = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Rescaling(1 / 255, -0.5)(pixels)
    x = keras.layers.Conv2D(4, 3)(x)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Dense(3, activation="softmax")(keras.layers.GlobalAveragePooling2D()(x))
    with pytest.raises(ModelError, match="the operator MAX_POOL_2D, which cannot be read back"):
        read_network(export_tflite(keras.Model(pixels, x), "float32"))
