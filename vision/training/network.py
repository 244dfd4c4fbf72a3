"""The networks: scaling to a network's range is inside the model, so that it travels with it."""

import re
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from vision.errors import SettingsError
from vision.tasks import ASSETS
from vision.training.backbones import BackboneSpec

IMAGENET_IDS = ASSETS / "imagenet_wordnet_ids.txt"  # a line a class, in output order

# Keras' 0.999 lets the moving averages lag behind for thousands of steps.
BATCH_NORM_MOMENTUM = 0.97


def build_classifier(
    spec: BackboneSpec, alpha: float, image_size: int, class_count: int, weights: str, seed: int
) -> keras.Model:
    """Builds pixels (batch, size, size, 3) in 0..255 -> logits (batch, classes).

    The layers are `scaling`, `body` (a model of its own), `pool`, `dropout` and `logits`.

    Args:
        weights: "imagenet" (downloaded by Keras), "none", or the path of an HDF5 weights file: of the backbone with
            its 1000-class top, of the backbone without top, or of an earlier run, whose head is taken too where it has
            as many classes. For a backbone without application, the path of the body as a Keras file.

    Raises:
        SettingsError: the settings or the weights do not fit the backbone.
    """
    spec.check(alpha, image_size)
    keras.utils.set_random_seed(seed)
    shape = (image_size, image_size, 3)
    if not spec.application:
        body = _body_in(Path(weights), spec, shape)
    elif weights == "imagenet":
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
    if spec.application and weights not in ("imagenet", "none"):
        _load_weights(model, body, spec, alpha, Path(weights))
    return model


def warm_start(model: keras.Model, spec: BackboneSpec, alpha: float, weights: str, class_keys: Sequence[str]) -> None:
    """Copies the head's rows from the ImageNet top, so that the model is good before its first step.

    Args:
        model: as `build_classifier` makes it.
        weights: "imagenet", or the path of the weights with the 1000-class top.
        class_keys: names of the class folders, each beginning with a WordNet id that ImageNet has.

    Raises:
        SettingsError: a class is none of ImageNet's, or the weights have no top.
    """
    if not spec.application:
        raise SettingsError(f"{spec.name} comes without an ImageNet top; train without --warm-start.")
    ids = IMAGENET_IDS.read_text(encoding="utf-8").split()
    found = [re.match(r"n\d{8}(?!\d)", key) for key in class_keys]
    unknown = [key for key, match in zip(class_keys, found, strict=True) if match is None or match.group() not in ids]
    if unknown:
        raise SettingsError(
            f"A warm start needs class folders named by ImageNet's WordNet ids, such as n02106662-German_shepherd; "
            f"'{unknown[0]}' is none: rename it, or train without --warm-start."
        )
    try:
        full = _application(
            spec,
            alpha,
            include_top=True,
            weights="imagenet" if weights == "imagenet" else None,
            input_shape=(224, 224, 3),
            classifier_activation=None,
        )
        if weights != "imagenet":
            full.load_weights(weights)
    except (ValueError, KeyError, OSError) as error:
        raise SettingsError(
            f"'{weights}' holds no ImageNet top of {spec.name}; give the weights with their 1000 classes, or train "
            "without --warm-start."
        ) from error
    kernel, bias = next(layer.get_weights() for layer in reversed(full.layers) if layer.get_weights())
    kernel = kernel.reshape(-1, kernel.shape[-1])  # MobileNet's is a convolution of 1 x 1
    rows = [ids.index(match.group()) for match in found if match is not None]
    model.get_layer("logits").set_weights([kernel[:, rows], bias[rows]])


def set_batch_norm(model: keras.Model, trained: bool) -> None:
    """Lets batch normalisation follow the training photos, or keeps it as it is."""
    for layer in model.get_layer("body").layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = trained
            layer.momentum = BATCH_NORM_MOMENTUM


def _body_in(path: Path, spec: BackboneSpec, shape: tuple[int, int, int]) -> keras.Model:
    if path.suffix != ".keras" or not path.is_file():
        raise SettingsError(f"{spec.name} starts from a Keras file; give its path with --weights, ending in .keras.")
    try:
        body = keras.saving.load_model(path, compile=False)
    except (ValueError, OSError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise SettingsError(f"'{path}' is no Keras model that can be read here; give another.") from error
    if tuple(body.input_shape[1:]) != shape:
        body = _resized(body, shape)
    if body is None or len(body.output_shape) != 4:
        raise SettingsError(
            f"'{path}' does not make a map of features of photos of {shape[0]} x {shape[1]}; give another "
            "--image-size, or another file."
        )
    return body


def _resized(body: keras.Model, shape: tuple[int, int, int]) -> keras.Model | None:
    """The same layers and weights for another input, or None where they are made for their own."""
    try:
        resized = keras.models.clone_model(body, input_tensors=keras.Input(shape))
        resized.set_weights(body.get_weights())
    except ValueError:
        return None
    return resized


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

    def under_another_head() -> None:
        keras.Model(model.input, model.get_layer("pool").output).load_weights(path)

    def without_top() -> None:
        body.load_weights(path)

    def with_top() -> None:
        full = _application(spec, alpha, include_top=True, weights=None, input_shape=(224, 224, 3))
        full.load_weights(path)
        for layer, source in zip(body.layers, full.layers, strict=False):
            layer.set_weights(source.get_weights())

    before = [np.copy(weight) for weight in model.get_weights()]
    for load in (whole, under_another_head, without_top, with_top):
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
