"""A trained Keras network as TFLite files."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from vision.errors import SettingsError
from vision.training.config import FORMATS


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
        model_format: "float32", or "int8": weights and activations in 8 bits, uint8 in and out (Jacob et al., 2018).
        representative_pixels: uint8 (photos, size, size, 3), training photos that "int8" is calibrated on.

    Returns:
        The TFLite file. It takes one photo, (1, size, size, 3): pixels as they are, float32 or uint8. In the 8-bit file
        scaling is no layer but the meaning of the input's steps, as two more roundings would cost what is dark.

    Raises:
        SettingsError: there is no such format, or no photos to calibrate on.
    """
    if model_format not in FORMATS:
        raise SettingsError(f"There is no format '{model_format}'; the formats are: {', '.join(FORMATS)}.")
    if model_format == "float32":
        with _converter(model) as converter:
            return converter.convert()
    if representative_pixels is None or not len(representative_pixels):
        raise SettingsError("int8 needs training photos to calibrate on; none were given.")
    scaling = model.get_layer("scaling")
    black_and_white = np.zeros_like(representative_pixels[:1])
    black_and_white[:, ::2] = 255  # so that the input's steps are the 256 that pixels have
    photos = np.concatenate([representative_pixels, black_and_white]).astype(np.float32)

    def one_by_one() -> Iterator[list[np.ndarray]]:
        for photo in photos:
            yield [scaling(photo[None]).numpy()]

    with _converter(keras.Model(scaling.output, model.output)) as converter:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = one_by_one
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.uint8
        converter.inference_output_type = tf.uint8
        return converter.convert()


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
