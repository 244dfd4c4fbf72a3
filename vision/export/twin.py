"""The twin of a network that computes as an int8 file will: its weights and activations are rounded while it trains.

Quantisation-aware training (Jacob et al., 2018) by tensorflow-model-optimization, which knows only the older Keras:
a process that imports this must have TF_USE_LEGACY_KERAS=1 set, see `qat`.
"""

from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras
from tensorflow_model_optimization.python.core.quantization.keras import quantizers
from tensorflow_model_optimization.python.core.quantization.keras.default_8bit import (
    default_8bit_quantize_layout_transform,
    default_8bit_quantize_scheme,
    default_8bit_transforms,
)
from tensorflow_model_optimization.python.core.quantization.keras.default_8bit import (
    default_8bit_quantize_registry as registry,
)
from tensorflow_model_optimization.python.core.quantization.keras.graph_transformations import model_transformer
from tensorflow_model_optimization.python.core.quantization.keras.quantize import (
    quantize_annotate_layer,
    quantize_apply,
    quantize_scope,
)

from vision.export.operators import check_without_floats
from vision.export.tflite import convert

PREFIX = "quant_"
PHOTOS_AT_ONCE = 16


class ChannelRange(quantizers.LastValueQuantizer):
    """Rounds a kernel to -127 to 127 with one scale an output channel, as TFLite does.

    The library's own has one scale a multiplier for depthwise kernels, which is one for all channels, and none at all
    for kernels that are followed by ReLU without batch normalisation.
    """

    def __init__(self) -> None:
        super().__init__(num_bits=8, per_axis=True, symmetric=True, narrow_range=True)

    def build(self, tensor_shape: Any, name: str, layer: Any) -> dict[str, Any]:
        *_, channels, multiplier = (int(side) for side in tensor_shape)
        outputs = channels * multiplier if self._is_depthwise(layer) else multiplier
        return {
            f"{end}_var": layer.add_weight(
                f"{name}_{end}",
                shape=(outputs,),
                initializer=tf_keras.initializers.Constant(start),
                trainable=False,
            )
            for end, start in (("min", -6.0), ("max", 6.0))
        }

    def __call__(self, inputs: Any, training: bool, weights: dict[str, Any], **options: Any) -> Any:
        by_channel = inputs
        if len(inputs.shape) == 4 and inputs.shape[-1] != weights["min_var"].shape[0]:
            height, width, channels, multiplier = inputs.shape
            by_channel = tf.reshape(inputs, (height, width, 1, channels * multiplier))
        return tf.reshape(super().__call__(by_channel, training, weights, **options), inputs.shape)

    def get_config(self) -> dict[str, Any]:
        return {}

    @staticmethod
    def _is_depthwise(wrapper: Any) -> bool:
        return isinstance(wrapper.layer, tf_keras.layers.DepthwiseConv2D)


class RoundedKernel(registry.Default8BitQuantizeConfig):
    """Rounds a layer's kernel, and its result where no activation follows that has one of its own."""

    def __init__(self, weight_attrs: list[str], activation_attrs: list[str], quantize_output: bool) -> None:
        super().__init__(weight_attrs, activation_attrs, quantize_output)
        self.weight_quantizer = ChannelRange()


class _InputOnly(default_8bit_quantize_layout_transform.Default8BitQuantizeLayoutTransform):
    """Rounds the photo too; leaves every other layer as it was marked."""

    def apply(self, model: Any, layer_quantize_map: dict[str, Any]) -> Any:
        return model_transformer.ModelTransformer(
            model, [default_8bit_transforms.InputLayerQuantize()], set(layer_quantize_map), layer_quantize_map
        ).transform()


class _Scheme(default_8bit_quantize_scheme.Default8BitQuantizeScheme):
    def get_layout_transformer(self) -> Any:
        return _InputOnly()


def build_twin(network: Any, scale: float, offset: float, photos: np.ndarray) -> Any:
    """A copy of a network that rounds as an int8 file does.

    Args:
        network: tf_keras, scaled pixels -> logits, as `rebuild.build_scaled_classifier_of` makes it.
        scale, offset: what makes scaled pixels of pixels.
        photos: uint8 (photos, size, size, 3), training photos; activations get the range that they have on them.

    Returns:
        tf_keras model, scaled pixels -> logits.
    """
    layers = tf_keras.layers

    def mark(layer: Any) -> Any:
        if isinstance(layer, layers.InputLayer | layers.ZeroPadding2D):
            return layer
        if isinstance(layer, layers.ReLU | layers.GlobalAveragePooling2D):
            return quantize_annotate_layer(layer, _output_only())
        is_followed = any(isinstance(node.outbound_layer, layers.ReLU) for node in layer.outbound_nodes)
        if isinstance(layer, layers.Add):
            return layer if is_followed else quantize_annotate_layer(layer, _output_only())
        if isinstance(layer, layers.Dense):  # the converter cannot take one scale a channel here
            return quantize_annotate_layer(layer, registry.Default8BitQuantizeConfig(["kernel"], [], True))
        name = "depthwise_kernel" if isinstance(layer, layers.DepthwiseConv2D) else "kernel"
        return quantize_annotate_layer(layer, RoundedKernel([name], [], not is_followed))

    with quantize_scope({"RoundedKernel": RoundedKernel, "ChannelRange": ChannelRange}):
        marked = tf_keras.models.clone_model(network, clone_function=mark)
        marked.set_weights(network.get_weights())
        twin = quantize_apply(marked, scheme=_Scheme(), quantized_layer_name_prefix=PREFIX)
    twin(tf.zeros((1, *network.input_shape[1:])), training=True)  # kernels get their ranges
    _set_ranges(twin, network, scale, offset, photos)
    return twin


def _output_only() -> Any:
    return registry.Default8BitQuantizeConfig([], [], True)


def _set_ranges(twin: Any, network: Any, scale: float, offset: float, photos: np.ndarray) -> None:
    """Sets the range of each activation; the library's start, -6 to 6, would take thousands of steps to forget."""
    ends = {}
    for layer in twin.layers:
        found = {weight.name.split("/")[-1].split(":")[0]: weight for weight in layer.weights}
        if "output_min" in found:
            ends[layer.name.removeprefix(PREFIX)] = found["output_min"], found["output_max"]
    watch = tf_keras.Model(network.input, [network.get_layer(name).output for name in ends])
    lowest, highest = np.zeros(len(ends)), np.zeros(len(ends))
    for start in range(0, len(photos), PHOTOS_AT_ONCE):
        seen = watch(photos[start : start + PHOTOS_AT_ONCE].astype(np.float32) * scale + offset, training=False)
        lowest = np.minimum(lowest, [result.numpy().min() for result in seen])
        highest = np.maximum(highest, [result.numpy().max() for result in seen])
    for (low, high), *range_ in zip(ends.values(), lowest, highest, strict=True):
        low.assign(range_[0])
        high.assign(range_[1])
    # The photo's steps are the 256 that pixels have.
    pixels = next(layer for layer in twin.layers if layer.name == "quantize_layer")
    pixels.quantizer_vars["min_var"].assign(min(offset, 255 * scale + offset))
    pixels.quantizer_vars["max_var"].assign(max(offset, 255 * scale + offset))


def export_twin(twin: Any) -> bytes:
    """The trained twin as an int8 TFLite file: bytes in, probabilities as bytes out.

    Raises:
        ExportError: an operator of the network does not exist in 8 bits.
    """
    probabilities = tf_keras.layers.Softmax(name="probabilities")(twin.output)
    model = tf_keras.Model(twin.input, probabilities, name="served")
    served = tf.function(model).get_concrete_function(tf.TensorSpec((1, *twin.input_shape[1:]), tf.float32))
    weights = tf.Module()  # given the model itself, the converter would save it first, layer by layer
    weights.variables_of_model = model.variables
    converter = tf.lite.TFLiteConverter.from_concrete_functions([served], weights)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.uint8
    content = convert(converter, "int8-qat")
    check_without_floats(content, "int8-qat")
    return content
