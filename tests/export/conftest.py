"""A network with every part that ours have, in little, as Keras has it and as a model folder has it."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.models_for_tests import LABELS, SIZE, draw_squares, write_class_folders, write_model

if TYPE_CHECKING:
    import keras


@cache
def branched_network() -> "keras.Model":
    """Convolutions of all kinds, a shortcut and a padding, with a batch normalisation each: right on all squares.

    It has the layers that `build_classifier` makes. Do not change it.
    """
    import keras

    keras.utils.set_random_seed(5)
    layers = keras.layers

    def normalised(x, name, activate=True):
        x = layers.BatchNormalization(momentum=0.8, name=f"{name}_norm")(x)
        return layers.ReLU(6.0, name=f"{name}_relu")(x) if activate else x

    inputs = keras.Input((SIZE, SIZE, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="first")(inputs)
    start = normalised(x, "first")
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(start)
    x = layers.Conv2D(8, 1, use_bias=False, name="pointwise")(normalised(x, "depthwise"))
    x = layers.Add(name="shortcut")([start, normalised(x, "pointwise", activate=False)])
    x = layers.ZeroPadding2D(2, name="margin")(x)
    x = layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2, use_bias=False, name="twofold")(x)
    x = layers.Conv2D(16, 1, use_bias=False, name="last")(normalised(x, "twofold"))
    body = keras.Model(inputs, normalised(x, "last"), name="body")
    pixels = keras.Input((SIZE, SIZE, 3), name="pixels")
    features = body(layers.Rescaling(1 / 128, -127 / 128, name="scaling")(pixels))
    pooled = layers.Dropout(0.2, seed=5, name="dropout")(layers.GlobalAveragePooling2D(name="pool")(features))
    model = keras.Model(pixels, layers.Dense(len(LABELS), name="logits")(pooled), name="classifier")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    photos, labels = draw_squares(32, seed=1000)
    model.fit(photos.astype(np.float32), labels, batch_size=32, epochs=12, verbose=0)
    return model


@cache
def branched_file() -> bytes:
    """That network as a float32 TFLite file with a temperature in it."""
    from vision.export.tflite import export_tflite, with_probabilities

    return export_tflite(with_probabilities(branched_network(), 1.7), "float32")


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    """A model folder that has nothing but its float32 file."""
    return write_model(tmp_path / "squares", {"float32": branched_file()})


@pytest.fixture
def training_photos(tmp_path: Path) -> Path:
    """Class folders of 12 squares each."""
    return write_class_folders(tmp_path / "train", per_class=12, seed=300)
