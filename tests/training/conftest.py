"""A backbone so small that a whole run takes seconds."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from vision.training.backbones import BACKBONES, BackboneSpec

if TYPE_CHECKING:
    import keras


def build_tiny_application(
    include_top: bool,
    weights: None,
    input_shape: tuple[int, int, int],
    alpha: float,
    classifier_activation: str | None = "softmax",
) -> "keras.Model":
    """Called as the networks of `keras.applications` are."""
    import keras

    inputs = keras.Input(input_shape)
    x = inputs
    for index, filters in enumerate((8, 16)):
        x = keras.layers.Conv2D(int(filters * alpha), 3, strides=2, use_bias=False, name=f"conv{index}")(x)
        x = keras.layers.BatchNormalization(name=f"norm{index}")(x)
        x = keras.layers.ReLU(6.0, name=f"relu{index}")(x)
    if include_top:
        x = keras.layers.GlobalAveragePooling2D(name="top_pool")(x)
        x = keras.layers.Dense(1000, activation=classifier_activation, name="predictions")(x)
    return keras.Model(inputs, x)


TINY = BackboneSpec("tiny", "For tests.", "TinyForTests", 1 / 127.5, -1.0, alphas=(0.5, 1.0))


@pytest.fixture(scope="session")
def tiny_backbone() -> Iterator[BackboneSpec]:
    """The backbone "tiny", which settings may name."""
    import keras

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.applications, TINY.application, build_tiny_application, raising=False)
        patch.setitem(BACKBONES, TINY.name, TINY)
        yield TINY
