"""Networks to start from. Scaling to a network's range is inside the model, so that it travels with it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from vision.errors import SettingsError


@dataclass(frozen=True)
class BackboneSpec:
    """A network of `keras.applications`.

    Attributes:
        name: word on the command line.
        description: a line on size and speed, for people.
        build: the constructor; called with `alpha` if `alphas` is not empty.
        scale, offset: pixel values 0..255 times scale plus offset give the network's range.
        alphas: widths that exist.
        minimum_size: smallest input side in pixels.
    """

    name: str
    description: str
    build: Callable[..., keras.Model]
    scale: float
    offset: float
    alphas: tuple[float, ...] = ()
    minimum_size: int = 32


BACKBONES = {
    spec.name: spec
    for spec in (
        BackboneSpec(
            name="mobilenet_v2",
            description="Small and fast, made for phones; quantises well (3.5 million weights at width 1.0).",
            build=keras.applications.MobileNetV2,
            scale=1 / 127.5,
            offset=-1.0,
            alphas=(0.35, 0.5, 0.75, 1.0, 1.3, 1.4),
        ),
        BackboneSpec(
            name="mobilenet",
            description="The network of 2017, slightly larger and simpler than its successor.",
            build=keras.applications.MobileNet,
            scale=1 / 127.5,
            offset=-1.0,
            alphas=(0.25, 0.5, 0.75, 1.0),
        ),
    )
}
# Keras' 0.999 lets the moving averages lag behind for thousands of steps.
BATCH_NORM_MOMENTUM = 0.97


def backbone_named(name: str) -> BackboneSpec:
    """The backbone of that name.

    Raises:
        SettingsError: there is none.
    """
    if name not in BACKBONES:
        raise SettingsError(f"There is no backbone '{name}'; the backbones are: {', '.join(BACKBONES)}.")
    return BACKBONES[name]


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
    if image_size < spec.minimum_size:
        raise SettingsError(f"{spec.name} needs at least {spec.minimum_size} px, not {image_size}.")
    width: dict[str, float] = {}
    if spec.alphas:
        if alpha not in spec.alphas:
            raise SettingsError(f"{spec.name} has the widths {', '.join(map(str, spec.alphas))}, not {alpha}.")
        width = {"alpha": alpha}
    keras.utils.set_random_seed(seed)
    shape = (image_size, image_size, 3)
    try:
        body = spec.build(
            include_top=False, weights="imagenet" if weights == "imagenet" else None, input_shape=shape, **width
        )
    except Exception as error:  # Keras' downloader raises a bare Exception
        raise SettingsError(
            "The ImageNet weights could not be downloaded; connect this machine to the internet, or give the path of a "
            "weights file with --weights PATH, or train from nothing with --weights none."
        ) from error
    body.name = "body"
    inputs = keras.Input(shape, name="pixels")
    x = keras.layers.Rescaling(spec.scale, spec.offset, name="scaling")(inputs)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(body(x))
    x = keras.layers.Dropout(0.2, name="dropout", seed=seed)(x)
    model = keras.Model(inputs, keras.layers.Dense(class_count, name="logits")(x), name="classifier")
    if weights not in ("imagenet", "none"):
        _load_weights(model, body, spec, width, Path(weights))
    return model


def set_batch_norm(model: keras.Model, trained: bool) -> None:
    """Lets batch normalisation follow the training photos, or keeps it as it is."""
    for layer in model.get_layer("body").layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = trained
            layer.momentum = BATCH_NORM_MOMENTUM


def _load_weights(
    model: keras.Model, body: keras.Model, spec: BackboneSpec, width: dict[str, float], path: Path
) -> None:
    if not path.is_file():
        raise SettingsError(f"There is no weights file '{path}'; give imagenet, none, or the path of an .h5 file.")
    if path.suffix != ".h5":
        raise SettingsError(f"'{path}' is no HDF5 weights file; expected a path ending in .weights.h5.")

    def whole() -> None:
        model.load_weights(path)

    def without_top() -> None:
        body.load_weights(path)

    def with_top() -> None:
        full = spec.build(include_top=True, weights=None, input_shape=(224, 224, 3), **width)
        full.load_weights(path)
        for layer, source in zip(body.layers, full.layers, strict=False):
            layer.set_weights(source.get_weights())

    before = [np.copy(weight) for weight in model.get_weights()]
    for load in (whole, without_top, with_top):
        try:
            load()
        except (ValueError, KeyError, OSError):
            model.set_weights(before)
        else:
            return
    at_width = f" at width {width['alpha']}" if width else ""
    raise SettingsError(
        f"The weights in '{path}' do not fit {spec.name}{at_width}; "
        "give the width (--alpha) and the backbone that they were saved from."
    )
