"""Rounds kernels to 8 bits so that what a network computes changes least, before TFLite rounds them by itself.

TFLite takes each weight to its nearest step. Where a kernel's inputs are large and alike (depthwise, on a smooth
photo) the errors add up: on traffic signs that alone cost MobileNetV2 over two points. Two remedies, neither of which
trains anything: the error of one rounding is made good by the weights not yet rounded (GPTQ: Frantar et al., 2022,
after Hassibi & Stork, 1993), and what is left of the mean is taken into batch normalisation or the bias (bias
correction: Nagel et al., 2019).
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

LEVELS = 127  # TFLite's int8 kernels use -127 to 127, with one scale an output channel
PHOTOS_AT_ONCE = 8


@dataclass(frozen=True)
class InputStatistics:
    """What a convolution's kernel meets: a group is one channel of a depthwise one, else all channels together.

    Attributes:
        means: float64 (groups, inputs); inputs are the kernel's places times the channels of a group.
        covariances: float64 (groups, inputs, inputs).
    """

    means: np.ndarray
    covariances: np.ndarray


def round_kernels(model: keras.Model, pixels: np.ndarray, between: Callable[[], None] = lambda: None) -> None:
    """Rounds the kernels of the model's body in place.

    Args:
        model: pixels -> logits, as `network.build_classifier` makes it.
        pixels: uint8 (photos, size, size, 3), training photos.
        between: called now and then; what it raises ends the work, and the model is then of no use.
    """
    body = model.get_layer("body")
    convolutions = [
        layer for layer in body.layers if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D)
    ]
    normalisations = [layer for layer in body.layers if isinstance(layer, keras.layers.BatchNormalization)]
    followers = {id(layer.input): layer for layer in normalisations}
    for layer, statistics in zip(convolutions, _input_statistics(model, convolutions, pixels, between), strict=True):
        between()
        kernel = layer.get_weights()[0]
        flat = _grouped(layer, kernel)
        rounded = np.stack([round_with_compensation(*pair) for pair in zip(flat, statistics.covariances, strict=True)])
        shift = np.einsum("gi,gio->go", statistics.means, rounded - flat).reshape(-1)
        layer.set_weights([_ungrouped(layer, rounded, kernel.shape), *layer.get_weights()[1:]])
        follower = followers.get(id(layer.output))
        if follower is not None:
            follower.moving_mean.assign_add(shift.astype(np.float32))
        elif layer.use_bias:
            layer.bias.assign_sub(shift.astype(np.float32))


def round_with_compensation(kernel: np.ndarray, covariance: np.ndarray, damping: float = 0.01) -> np.ndarray:
    """Rounds input by input; the inputs not yet rounded take up what each rounding changed in the outputs.

    Args:
        kernel: float (inputs, outputs).
        covariance: float (inputs, inputs) of the inputs.
        damping: part of the mean variance that is added to the diagonal.

    Returns:
        float64 (inputs, outputs) at multiples of each output's step. The largest weight of an output stays at the end
        of the scale, so that TFLite finds the same steps.
    """
    weights = kernel.astype(np.float64)
    inputs, outputs = weights.shape
    peak = np.abs(weights).argmax(axis=0)
    step = np.abs(weights).max(axis=0) / LEVELS
    step[step == 0] = 1
    ends = np.sign(weights[peak, np.arange(outputs)]) * LEVELS
    # Sums of near-constant inputs leave eigenvalues a little below zero.
    variances, axes = np.linalg.eigh(covariance)
    variances = np.maximum(variances, 0)
    variances += max(damping * variances.mean(), 1e-9)
    # Row i of the upper Cholesky factor of the inverse: how the inputs after i can make good its error.
    upper = np.linalg.cholesky((axes / variances) @ axes.T).T
    rounded = np.empty_like(weights)
    for row in range(inputs):
        levels = np.clip(np.round(weights[row] / step), -LEVELS, LEVELS)
        rounded[row] = np.where(peak == row, ends, levels) * step
        error = (weights[row] - rounded[row]) / upper[row, row]
        weights[row + 1 :] -= np.outer(upper[row, row + 1 :], error)
    return rounded


def _is_depthwise(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.layers.DepthwiseConv2D)


def _grouped(layer: keras.layers.Layer, kernel: np.ndarray) -> np.ndarray:
    """(height, width, channels, outputs) -> (groups, inputs, outputs of a group)."""
    height, width, channels, outputs = kernel.shape
    if _is_depthwise(layer):
        return kernel.reshape(height * width, channels, outputs).transpose(1, 0, 2)
    return kernel.reshape(1, height * width * channels, outputs)


def _ungrouped(layer: keras.layers.Layer, grouped: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return (grouped.transpose(1, 0, 2) if _is_depthwise(layer) else grouped).reshape(shape).astype(np.float32)


def _input_statistics(
    model: keras.Model, layers: list[keras.layers.Layer], pixels: np.ndarray, between: Callable[[], None]
) -> list[InputStatistics]:
    body, scaling = model.get_layer("body"), model.get_layer("scaling")
    watch = keras.Model(body.input, [layer.input for layer in layers])

    def sums_of(layer: keras.layers.Layer, seen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        height, width = layer.kernel_size
        channels = seen.shape[-1]
        patches = tf.image.extract_patches(
            seen, (1, height, width, 1), (1, *layer.strides, 1), (1, 1, 1, 1), layer.padding.upper()
        )
        if _is_depthwise(layer):
            groups = tf.transpose(tf.reshape(patches, (-1, height * width, channels)), (2, 0, 1))
        else:
            groups = tf.reshape(patches, (1, -1, height * width * channels))
        return tf.shape(groups)[1], tf.reduce_sum(groups, 1), tf.matmul(groups, groups, transpose_a=True)

    @tf.function
    def sums(photos: tf.Tensor) -> list[tuple[tf.Tensor, tf.Tensor, tf.Tensor]]:
        return [
            sums_of(layer, seen) for layer, seen in zip(layers, watch(scaling(photos), training=False), strict=True)
        ]

    totals: list[list[np.ndarray]] = []
    for start in range(0, len(pixels), PHOTOS_AT_ONCE):
        between()
        found = [
            [part.numpy().astype(np.float64) for part in parts]
            for parts in sums(tf.constant(pixels[start : start + PHOTOS_AT_ONCE], tf.float32))
        ]
        if totals:
            found = [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(totals, found, strict=True)]
        totals = found
    return [
        InputStatistics(first / count, second / count - np.einsum("gi,gj->gij", first / count, first / count))
        for count, first, second in totals
    ]
