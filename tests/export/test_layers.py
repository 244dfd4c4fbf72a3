"""Activations of a smaller format beside those of float32."""

import keras
import numpy as np
import pytest

from tests.export.conftest import branched_file, branched_network
from tests.models_for_tests import draw_squares, exported
from vision.errors import ModelError
from vision.export.layers import MOST_DB, compare_layers
from vision.export.read_tflite import read_network
from vision.export.rebuild import build_classifier_of
from vision.export.tflite import export_tflite, with_probabilities

PHOTOS = draw_squares(2, seed=600)[0]


def test_a_file_loses_nothing_against_itself():
    layers = compare_layers(branched_file(), branched_file(), PHOTOS)
    assert [layer.operator for layer in layers] == [
        *("CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "ADD", "DEPTHWISE_CONV_2D", "CONV_2D"),
        *("MEAN", "FULLY_CONNECTED", "SOFTMAX"),
    ]
    assert {round(layer.signal_to_noise_db, 6) for layer in layers} == {MOST_DB}
    assert {layer.added_noise for layer in layers} == {0}


def test_fewer_bits_are_farther_away():
    served = with_probabilities(branched_network(), 1.7)
    worst = {
        name: min(
            layer.signal_to_noise_db
            for layer in compare_layers(branched_file(), export_tflite(served, name, PHOTOS), PHOTOS)
        )
        for name in ("float16", "int8")
    }
    assert 10 < worst["int8"] < 50 < worst["float16"]


def test_the_layer_that_was_spoiled_is_found():
    model = build_classifier_of(read_network(branched_file()), keras)
    layer = model.get_layer("body").get_layer("depthwise_05")
    noise = np.random.default_rng(0).normal(0, 0.2, layer.kernel.shape)
    layer.kernel.assign_add(noise.astype(np.float32) * np.abs(layer.kernel.numpy()).max())
    spoiled = export_tflite(with_probabilities(model, 1.0), "float32")
    layers = compare_layers(branched_file(), spoiled, PHOTOS)
    assert layers.index(max(layers, key=lambda one: one.added_noise)) == 4
    assert layers[3].signal_to_noise_db > 60


def test_files_of_different_networks_are_refused():
    with pytest.raises(ModelError, match="not made of the same layers"):
        compare_layers(branched_file(), exported("float32"), PHOTOS)
