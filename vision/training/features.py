"""What a frozen body says of each photo, computed once and kept on disk.

The body runs through LiteRT, which folds batch normalisation into the kernels and takes a third of the time that Keras
does; its answers are the same within rounding.
"""

import hashlib
import os
import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from vision.datasets.row_cache import Progress, RowsPlan, cached_rows
from vision.datasets.rows import Array, Rows

BATCH = 8
INTERPRETERS = min(8, os.cpu_count() or 2)


def load_features(extractor: keras.Model, pixels: Array, cache_dir: Path, on_progress: Progress | None = None) -> Rows:
    """Computes what `extractor` says of photos, or opens what was computed before from the same photos and weights.

    Args:
        extractor: pixels (batch, size, size, 3) in 0..255 -> features (batch, features).
        pixels: uint8 (photos, size, size, 3).
        cache_dir: where the features are kept; unfinished ones are continued.
        on_progress: called now and then with photos done and photos in all; may raise to stop.

    Returns:
        float32 (photos, features).

    Raises:
        DatasetError: the disk is too full.
    """
    free: queue.SimpleQueue[Interpreter] = queue.SimpleQueue()  # filled when there is something to compute

    def answer(photos: np.ndarray) -> np.ndarray:
        batch = np.zeros((BATCH, *photos.shape[1:]), np.float32)
        batch[: len(photos)] = photos
        interpreter = free.get()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], batch)
        interpreter.invoke()
        features = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        free.put(interpreter)
        return features[: len(photos)]

    def make(first: int, stop: int) -> tuple[np.ndarray, dict[int, str]]:
        if free.empty():
            for interpreter in _interpreters(extractor):
                free.put(interpreter)
        photos = pixels[first:stop]
        return np.concatenate(list(pool.map(answer, [photos[i : i + BATCH] for i in range(0, len(photos), BATCH)]))), {}

    path = cache_dir / f"features-{_photos_key(pixels)}-{_network_key(extractor)}.npy"
    plan = RowsPlan(path, (len(pixels), extractor.output_shape[-1]), np.dtype(np.float32), make)
    with ThreadPoolExecutor(INTERPRETERS) as pool:
        return cached_rows(plan, on_progress)[0]


def _interpreters(extractor: keras.Model) -> list[Interpreter]:
    """The network in as many interpreters as there are processors, each with a thread of its own."""
    signature = tf.TensorSpec((BATCH, *extractor.input_shape[1:]), tf.float32)
    traced = tf.function(lambda pixels: extractor(pixels, training=False), input_signature=[signature])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([traced.get_concrete_function()], extractor)
    converter.experimental_lower_to_saved_model = False  # that way, which `export` takes, is five times as long
    content = converter.convert()
    interpreters = [Interpreter(model_content=content, num_threads=1) for _ in range(INTERPRETERS)]
    for interpreter in interpreters:
        interpreter.allocate_tensors()
    return interpreters


def _photos_key(pixels: Array) -> str:
    """Tells these photos from others: the name of their file, which follows from where they came from."""
    return pixels.path.stem if isinstance(pixels, Rows) else hashlib.sha256(pixels.tobytes()).hexdigest()[:16]


def _network_key(network: keras.Model) -> str:
    digest = hashlib.sha256()
    for layer in _layers(network):
        settings = {key: value for key, value in layer.get_config().items() if key not in ("name", "trainable")}
        digest.update(f"{type(layer).__name__} {settings}\n".encode())
    for weight in network.get_weights():
        digest.update(f"{weight.shape} {weight.dtype}\n".encode() + weight.tobytes())
    return digest.hexdigest()[:16]


def _layers(network: keras.Model) -> Iterator[keras.layers.Layer]:
    for layer in network.layers:
        yield from _layers(layer) if isinstance(layer, keras.Model) else (layer,)
