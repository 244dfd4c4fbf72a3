"""A trained Keras network as TFLite files."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tensorflow.lite.python.convert_phase import ConverterError

from vision.errors import SettingsError
from vision.export.formats import format_named
from vision.export.operators import check_loads, check_without_floats, complaint

OPERATORS_OF = {
    "int8": tf.lite.OpsSet.TFLITE_BUILTINS_INT8,
    "int16x8": tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8,
}


def with_probabilities(model: keras.Model, temperature: float) -> keras.Model:
    """The network that is served: logits divided by `temperature`, then softmax.

    The division is folded into the weights of the last layer, so that every format, on every device, gives honest
    probabilities by itself (Guo et al., 2017).
    """
    last = model.get_layer("logits")
    calibrated = keras.layers.Dense(last.units, activation="softmax", name="probabilities")
    outputs = calibrated(last.input)
    calibrated.set_weights([weights / temperature for weights in last.get_weights()])
    return keras.Model(model.input, outputs, name="calibrated")


def export_tflite(model: keras.Model, model_format: str, representative_pixels: np.ndarray | None = None) -> bytes:
    """Converts a network with a fixed input size.

    Args:
        model: pixels (batch, size, size, 3) in 0..255 -> probabilities, with a layer named "scaling" at its start.
        model_format: one of `formats.FORMATS`, but none whose weights are trained for it.
        representative_pixels: uint8 (photos, size, size, 3), training photos, for formats that are calibrated.

    Returns:
        The TFLite file. It takes one photo, (1, size, size, 3): pixels as they are, uint8 where all is in 8 bits
        (Jacob et al., 2018), else float32. In the 8-bit file scaling is no layer but the meaning of the input's steps,
        as two more roundings would cost what is dark.

    Raises:
        SettingsError: there is no such format here, or no photos to calibrate on.
        ExportError: an operator of the network does not exist in that format.
    """
    spec = format_named(model_format)
    if spec.is_trained:
        raise SettingsError(f"{model_format} is trained, not converted; make it with: python -m vision export")
    if spec.is_calibrated:
        if representative_pixels is None or not len(representative_pixels):
            raise SettingsError(f"{model_format} needs training photos to calibrate on; none were given.")
        return _calibrated(model, model_format, _with_black_and_white(representative_pixels))
    with _converter(model) as converter:
        converter.optimizations = [] if model_format == "float32" else [tf.lite.Optimize.DEFAULT]
        if model_format == "float16":
            converter.target_spec.supported_types = [tf.float16]
        return convert(converter, model_format)


def _calibrated(model: keras.Model, model_format: str, pixels: np.ndarray) -> bytes:
    scaling = model.get_layer("scaling")
    is_bytes = model_format == "int8"

    def one_by_one() -> Iterator[list[np.ndarray]]:
        for photo in pixels:
            batch = photo[None].astype(np.float32)
            yield [scaling(batch).numpy() if is_bytes else batch]

    with _converter(keras.Model(scaling.output, model.output) if is_bytes else model) as converter:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = one_by_one
        converter.target_spec.supported_ops = [OPERATORS_OF[model_format]]
        if is_bytes:
            converter.inference_input_type = tf.uint8
            converter.inference_output_type = tf.uint8
        content = convert(converter, model_format)
    check_without_floats(content, model_format)
    return content


def convert(converter: tf.lite.TFLiteConverter, model_format: str) -> bytes:
    """The converter's file, once it loads where it will be served.

    Raises:
        ExportError: an operator of the network does not exist in that format.
    """
    try:
        content: bytes = converter.convert()
    except (ConverterError, RuntimeError, ValueError) as error:
        raise complaint(model_format, error) from error
    check_loads(content, model_format)
    return content


def _with_black_and_white(pixels: np.ndarray) -> np.ndarray:
    """Adds a striped photo, so that the input's steps are the 256 that pixels have."""
    stripes = np.zeros_like(pixels[:1])
    stripes[:, ::2] = 255
    return np.concatenate([pixels, stripes])


@contextmanager
def _converter(model: keras.Model) -> Iterator[tf.lite.TFLiteConverter]:
    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.track(model)
        signature = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
        archive.add_endpoint("serve", model.call, input_signature=[signature])
        archive.write_out(folder, verbose=False)
        yield tf.lite.TFLiteConverter.from_saved_model(folder)


def representative_rows(labels: np.ndarray, rows: np.ndarray, count: int, seed: int) -> np.ndarray:
    """About `count` of `rows`, drawn in equal parts from each class."""
    rng = np.random.default_rng(seed)
    classes = np.unique(labels[rows])
    share = max(1, round(count / len(classes)))
    return np.concatenate([rng.permutation(rows[labels[rows] == label])[:share] for label in classes])


def write_tflite(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all."""
    partial = path.with_name(f".{path.name}")
    partial.write_bytes(content)
    partial.replace(path)
