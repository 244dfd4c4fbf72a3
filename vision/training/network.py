"""The networks: scaling to a network's range is inside the model, so that it travels with it."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np

from vision.errors import SettingsError
from vision.training.backbones import BackboneSpec

# Keras' 0.999 lets the moving averages lag behind for thousands of steps.
BATCH_NORM_MOMENTUM = 0.97


def build_classifier(
    spec: BackboneSpec, alpha: float, image_size: int, class_count: int, weights: str, seed: int
) -> keras.Model:
    """Builds pixels (batch, size, size, 3) in 0..255 -> logits (batch, classes).

    The layers are `scaling`, `body` (a model of its own), `pool`, `dropout` and `logits`.

    Args:
        weights: "imagenet" (downloaded by Keras), "none", or the path of an HDF5 weights file: of the backbone with
            its 1000-class top, of the backbone without top, or of an earlier run with as many classes.

    Raises:
        SettingsError: the settings or the weights do not fit the backbone.
    """
    spec.check(alpha, image_size)
    keras.utils.set_random_seed(seed)
    shape = (image_size, image_size, 3)
    if weights == "imagenet":
        try:
            body = _application(spec, alpha, include_top=False, weights="imagenet", input_shape=shape)
        except Exception as error:  # Keras' downloader raises a bare Exception
            raise SettingsError(
                "The ImageNet weights could not be downloaded; connect this machine to the internet, or give the path "
                "of a weights file with --weights PATH, or train from nothing with --weights none."
            ) from error
    else:
        body = _application(spec, alpha, include_top=False, weights=None, input_shape=shape)
    body.name = "body"
    inputs = keras.Input(shape, name="pixels")
    x = keras.layers.Rescaling(spec.scale, spec.offset, name="scaling")(inputs)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(body(x))
    x = keras.layers.Dropout(0.2, name="dropout", seed=seed)(x)
    model = keras.Model(inputs, keras.layers.Dense(class_count, name="logits")(x), name="classifier")
    if weights not in ("imagenet", "none"):
        _load_weights(model, body, spec, alpha, Path(weights))
    return model


def set_batch_norm(model: keras.Model, trained: bool) -> None:
    """Lets batch normalisation follow the training photos, or keeps it as it is."""
    for layer in model.get_layer("body").layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = trained
            layer.momentum = BATCH_NORM_MOMENTUM


def _application(spec: BackboneSpec, alpha: float, **arguments: Any) -> keras.Model:
    width = {"alpha": alpha} if spec.alphas else {}
    return getattr(keras.applications, spec.application)(**width, **arguments)


def _load_weights(model: keras.Model, body: keras.Model, spec: BackboneSpec, alpha: float, path: Path) -> None:
    if not path.is_file():
        raise SettingsError(f"There is no weights file '{path}'; give imagenet, none, or the path of an .h5 file.")
    if path.suffix != ".h5":
        raise SettingsError(f"'{path}' is no HDF5 weights file; expected a path ending in .weights.h5.")

    def whole() -> None:
        model.load_weights(path)

    def without_top() -> None:
        body.load_weights(path)

    def with_top() -> None:
        full = _application(spec, alpha, include_top=True, weights=None, input_shape=(224, 224, 3))
        full.load_weights(path)
        for layer, source in zip(body.layers, full.layers, strict=False):
            layer.set_weights(source.get_weights())

    before = [np.copy(weight) for weight in model.get_weights()]
    for load in (whole, without_top, with_top):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Keras warns of each layer that does not fit
                load()
        except (ValueError, KeyError, OSError):
            model.set_weights(before)
        else:
            return
    at_width = f" at width {alpha}" if spec.alphas else ""
    raise SettingsError(
        f"The weights in '{path}' do not fit {spec.name}{at_width}; "
        "give the width (--alpha) and the backbone that they were saved from."
    )
