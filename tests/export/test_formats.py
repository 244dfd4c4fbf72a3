"""Every format of a network: what goes in and out, that it answers as Keras does, and what cannot be had."""

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from tests.models_for_tests import CLASS_KEYS, LABELS, SIZE, as_served, draw_squares, exported, write_model
from vision.classifier import Classifier
from vision.errors import SettingsError
from vision.export.formats import FORMATS
from vision.export.operators import ExportError, complaint
from vision.export.tflite import export_tflite

CONVERTED = [name for name, spec in FORMATS.items() if not spec.is_trained]


@pytest.mark.parametrize("model_format", CONVERTED)
def test_each_format_is_served_and_answers_as_keras_does(model_format: str, tmp_path: Path):
    from tests.models_for_tests import served_network

    classifier = Classifier.load(write_model(tmp_path / "squares", {model_format: exported(model_format)}))
    photos, labels = draw_squares(8, seed=70)
    for photo, label in zip(photos, labels, strict=True):
        expected = served_network().predict(as_served(photo), verbose=0)[0]
        arrived = classifier.probabilities(photo)
        assert arrived.argmax() == label
        assert np.abs(arrived - expected).max() < (0.05 if FORMATS[model_format].has_eight_bit_weights else 1e-3)
    assert classifier.card.labels == LABELS and classifier.card.class_keys == CLASS_KEYS


@pytest.mark.parametrize("model_format", CONVERTED)
def test_only_what_is_in_8_bits_throughout_takes_and_gives_bytes(model_format: str):
    interpreter = Interpreter(model_content=exported(model_format))
    (first,), (last,) = interpreter.get_input_details(), interpreter.get_output_details()
    kind = np.uint8 if model_format == "int8" else np.float32
    assert (first["dtype"], last["dtype"]) == (kind, kind)
    assert (first["shape"].tolist(), last["shape"].tolist()) == ([1, SIZE, SIZE, 3], [1, len(LABELS)])


def test_16_bit_activations_go_with_8_bit_weights():
    interpreter = Interpreter(model_content=exported("int16x8"))
    kinds = {one["dtype"] for one in interpreter.get_tensor_details() if len(one["shape"]) == 4}
    assert kinds == {np.float32, np.int16, np.int8}  # floats are the photo


def test_a_format_that_is_trained_is_not_converted():
    from tests.models_for_tests import served_network

    with pytest.raises(SettingsError, match="int8-qat is trained, not converted"):
        export_tflite(served_network(), "int8-qat")


@pytest.mark.parametrize(
    ("model_format", "function", "operator"),
    [
        ("float32", "erfinv", "Erfinv"),
        ("float16", "erfinv", "Erfinv"),
        ("dynamic", "erfinv", "Erfinv"),
        ("int16x8", "sin", "SIN"),
        ("int8", "sin", "SIN"),
    ],
)
def test_an_operator_that_a_format_lacks_is_named_in_one_sentence(model_format: str, function: str, operator: str):
    import keras
    import tensorflow as tf

    class Strange(keras.layers.Layer):
        def call(self, inputs):
            return getattr(tf.math, function)(inputs)

        def compute_output_shape(self, input_shape):
            return input_shape

    pixels = keras.Input((8, 8, 3))
    x = Strange()(keras.layers.Rescaling(1 / 256, 0.0, name="scaling")(pixels))
    x = keras.layers.Dense(2, activation="softmax")(keras.layers.GlobalAveragePooling2D()(x))
    photos = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), np.uint8)
    with pytest.raises(ExportError) as caught:
        export_tflite(keras.Model(pixels, x), model_format, photos)
    assert str(caught.value) == (
        f"TFLite has no {model_format} version of the operator '{operator}', which this network uses; "
        "choose another format, or another backbone."
    )


@pytest.mark.parametrize(
    "text",
    [
        "Didn't find op for builtin opcode 'FOO' version '7'. An older version of this builtin might be supported.",
        "Encountered unresolved custom op: FOO.\nSee instructions: https://example.org",
    ],
)
def test_an_operator_that_cannot_be_served_is_named(text: str):
    assert "'FOO'" in str(complaint("float16", RuntimeError(text)))


def test_any_other_complaint_keeps_its_first_line():
    message = str(complaint("float16", ValueError("\nOut of luck today.\nAnd a long story.")))
    assert "(Out of luck today.)" in message and "story" not in message
