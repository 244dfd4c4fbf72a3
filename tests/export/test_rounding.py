"""Rounding kernels so that outputs change least."""

import numpy as np
import pytest

from vision.export.rounding import LEVELS, round_kernels, round_with_compensation


def nearest(kernel: np.ndarray) -> np.ndarray:
    step = np.abs(kernel).max(axis=0) / LEVELS
    return np.round(kernel / step) * step


@pytest.fixture
def alike() -> np.ndarray:
    """Inputs that rise and fall together, as neighbouring pixels do: (5000, 9)."""
    rng = np.random.default_rng(0)
    return rng.normal(0, 1, (5000, 1)) + rng.normal(0, 0.1, (5000, 9))


def test_compensation_changes_outputs_less_than_the_nearest_step(alike):
    kernel = np.random.default_rng(1).normal(0, 1, (9, 40))
    covariance = np.cov(alike.T)
    compensated = round_with_compensation(kernel, covariance)
    error = np.square(alike @ (compensated - kernel)).mean()
    assert error < 0.25 * np.square(alike @ (nearest(kernel) - kernel)).mean()


def test_weights_lie_on_the_steps_that_tflite_finds(alike):
    kernel = np.random.default_rng(2).normal(0, 1, (9, 40))
    rounded = round_with_compensation(kernel, np.cov(alike.T))
    levels = rounded / (np.abs(rounded).max(axis=0) / LEVELS)
    assert np.allclose(levels, np.round(levels), atol=1e-6)
    assert np.allclose(np.abs(rounded).max(axis=0), np.abs(kernel).max(axis=0))


def test_a_covariance_that_is_not_quite_one_is_borne():
    kernel = np.random.default_rng(3).normal(0, 1, (3, 2))
    rounded = round_with_compensation(kernel, np.full((3, 3), 1e-7) - np.eye(3) * 1e-6)
    assert np.abs(rounded - kernel).max() <= np.abs(kernel).max() / LEVELS


def test_a_kernel_of_zeros_and_inputs_that_never_change_are_left_alone():
    kernel = np.zeros((4, 2))
    assert np.array_equal(round_with_compensation(kernel, np.zeros((4, 4))), kernel)


def test_a_network_keeps_its_answers_and_its_mean_activations():
    import keras

    keras.utils.set_random_seed(4)
    inputs = keras.Input((24, 24, 3))
    x = keras.layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="first")(inputs)
    x = keras.layers.BatchNormalization(name="first_bn")(x)
    x = keras.layers.ReLU(6.0)(x)
    x = keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    x = keras.layers.BatchNormalization(name="depthwise_bn")(x)
    x = keras.layers.Conv2D(12, 1, use_bias=False, name="pointwise")(keras.layers.ReLU(6.0)(x))
    body = keras.Model(inputs, keras.layers.BatchNormalization(name="pointwise_bn")(x), name="body")
    pixels_in = keras.Input((24, 24, 3), name="pixels")
    features = body(keras.layers.Rescaling(1 / 127.5, -1.0, name="scaling")(pixels_in))
    model = keras.Model(pixels_in, keras.layers.GlobalAveragePooling2D()(features))
    rng = np.random.default_rng(5)
    for layer in body.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            layer.set_weights([gamma, beta, mean + rng.normal(0, 0.1, mean.shape), variance * 0.05])
    photos = np.clip(rng.normal(120, 40, (40, 1, 1, 3)) + rng.normal(0, 20, (40, 24, 24, 3)), 0, 255).astype(np.uint8)
    before = model.predict(photos.astype(np.float32), verbose=0)
    kernels_before = [body.get_layer(name).get_weights()[0] for name in ("first", "depthwise", "pointwise")]

    round_kernels(model, photos)

    after = model.predict(photos.astype(np.float32), verbose=0)
    spread = before.std()
    assert np.abs(after.mean(axis=0) - before.mean(axis=0)).max() < 0.01 * spread
    assert np.abs(after - before).max() < 0.05 * spread
    for name, kernel in zip(("first", "depthwise", "pointwise"), kernels_before, strict=True):
        rounded = body.get_layer(name).get_weights()[0]
        assert rounded.shape == kernel.shape
        assert 0 < np.abs(rounded - kernel).max() <= 0.05 * np.abs(kernel).max()
