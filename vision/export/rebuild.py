"""The Keras network of a float32 TFLite file, checked to give the same answers before anything is made of it."""

from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from vision import metrics
from vision.errors import ModelError
from vision.export.read_tflite import Network

AGREES_WITHIN = 1e-3
PHOTOS = 8


def build_classifier_of(network: Network, keras: ModuleType) -> Any:
    """Builds pixels (batch, size, size, 3) in 0..255 -> logits (batch, classes), as `network.build_classifier` does.

    The layers are `scaling`, `body` (a model of its own), `pool` and `logits`. Logits are divided by the temperature
    already, and the body has biases where it had batch normalisation.

    Args:
        keras: the Keras to build with.
    """
    shape = (network.size, network.size, 3)
    scaled = keras.Input(shape)
    body = keras.Model(scaled, connect_body(network, keras, scaled), name="body")
    pixels = keras.Input(shape, name="pixels")
    features = body(keras.layers.Rescaling(network.scale, network.offset, name="scaling")(pixels))
    model = keras.Model(pixels, connect_head(network, keras, features), name="classifier")
    set_weights(network, model, body)
    return model


def build_scaled_classifier_of(network: Network, keras: ModuleType) -> Any:
    """Builds scaled pixels -> logits (batch, classes), with all layers in one model."""
    scaled = keras.Input((network.size, network.size, 3), name="scaled")
    model = keras.Model(scaled, connect_head(network, keras, connect_body(network, keras, scaled)), name="twin")
    set_weights(network, model, model)
    return model


def connect_body(network: Network, keras: ModuleType, scaled: Any) -> Any:
    """Lays the body's layers onto the scaled photo and returns the features (batch, height, width, channels)."""
    layers = keras.layers
    results: list[Any] = []
    for step, place in zip(network.steps, _places(network), strict=True):
        inputs = [scaled if index < 0 else results[index] for index in step.inputs]
        x = inputs[0]
        if step.kind == "add":
            x = layers.Add(name=place)(inputs)
        elif step.kind == "pad":
            x = layers.ZeroPadding2D(step.margins, name=place)(x)
        elif step.kernel is not None:
            height, width, _, last = step.kernel.shape
            options = {"strides": step.strides_hw, "padding": step.padding, "name": place}
            if step.kind == "convolution":
                x = layers.Conv2D(last, (height, width), **options)(x)
            else:
                x = layers.DepthwiseConv2D((height, width), depth_multiplier=last, **options)(x)
        if step.activation is not None:
            x = layers.ReLU(6.0 if step.activation == "relu6" else None, name=f"{place}_{step.activation}")(x)
        results.append(x)
    return results[-1]


def connect_head(network: Network, keras: ModuleType, features: Any) -> Any:
    """Features (batch, height, width, channels) -> logits (batch, classes)."""
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(features)
    return keras.layers.Dense(len(network.bias), name="logits")(pooled)


def set_weights(network: Network, model: Any, body: Any) -> None:
    """Puts the file's weights into layers that `connect_body` and `connect_head` made."""
    for step, place in zip(network.steps, _places(network), strict=True):
        if step.kernel is not None:
            body.get_layer(place).set_weights([step.kernel, step.bias])
    model.get_layer("logits").set_weights([network.kernel, network.bias])


def with_weights_of(network: Network, model: Any) -> Network:
    """The network with the weights that a model of `build_classifier_of` has now."""
    body = model.get_layer("body")
    steps = []
    for step, place in zip(network.steps, _places(network), strict=True):
        if step.kernel is not None:
            kernel, bias = body.get_layer(place).get_weights()
            step = replace(step, kernel=kernel, bias=bias)
        steps.append(step)
    kernel, bias = model.get_layer("logits").get_weights()
    return replace(network, steps=tuple(steps), kernel=kernel, bias=bias)


def check_agreement(network: Network, logits_of: Any, content: bytes) -> float:
    """Compares a rebuilt network with the file that it was rebuilt from, on random photos.

    Args:
        logits_of: function from pixels, float32 (photos, size, size, 3) in 0..255, to logits (photos, classes).
        content: the float32 TFLite file.

    Returns:
        The largest difference of a probability.

    Raises:
        ModelError: it is above `AGREES_WITHIN`.
    """
    photos = random_photos(PHOTOS, network.size).astype(np.float32)
    interpreter = Interpreter(model_content=content)
    interpreter.allocate_tensors()
    (first,), (last,) = interpreter.get_input_details(), interpreter.get_output_details()
    expected = []
    for photo in photos:
        interpreter.set_tensor(first["index"], photo[None])
        interpreter.invoke()
        expected.append(interpreter.get_tensor(last["index"])[0])
    difference = float(np.abs(metrics.softmax(np.asarray(logits_of(photos))) - np.stack(expected)).max())
    if not difference <= AGREES_WITHIN:
        raise ModelError(
            f"The network read back from the float32 file answers differently (by {difference:.2g}, at most "
            f"{AGREES_WITHIN:g} is allowed); nothing is made of it: train the model again."
        )
    return difference


def random_photos(count: int, size: int) -> np.ndarray:
    """Coarse patches of colour under noise, uint8 (count, size, size, 3), always the same."""
    rng = np.random.default_rng(0)
    patches = rng.integers(0, 256, (count, 4, 4, 3))
    coarse = patches.repeat(-(-size // 4), axis=1).repeat(-(-size // 4), axis=2)[:, :size, :size]
    return np.clip(coarse + rng.normal(0, 12, coarse.shape), 0, 255).astype(np.uint8)


def _places(network: Network) -> list[str]:
    """Names of the layers, one a step: names of tensors are too long and may hold what Keras refuses."""
    return [f"{step.kind}_{index:02d}" for index, step in enumerate(network.steps)]
