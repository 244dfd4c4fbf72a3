"""A tiny network that tells coloured squares apart, the photos it knows, and model folders on disk.

TensorFlow is imported by the functions that need it, so that other tests do without.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from vision import images

if TYPE_CHECKING:
    import keras

SIZE = 32
DETECTOR_SIZE = 320
CLASS_KEYS = ("2", "7", "10")
LABELS = ("Red", "Green", "Blue")
COLOURS = ((210, 40, 40), (40, 190, 60), (50, 60, 220))


def draw_square(label: int, seed: int, size_hw: tuple[int, int] = (SIZE, SIZE)) -> np.ndarray:
    """A square in the colour of a class on a grey, noisy ground, uint8 (height, width, 3)."""
    rng = np.random.default_rng((seed, label))
    height, width = size_hw
    photo = np.full((height, width, 3), rng.integers(60, 200), np.int64)
    side = int(min(height, width) * rng.uniform(0.5, 0.8))
    top, left = (height - side) // 2, (width - side) // 2
    photo[top : top + side, left : left + side] = COLOURS[label]
    return np.clip(photo + rng.normal(0, 6, photo.shape), 0, 255).astype(np.uint8)


def draw_squares(per_class: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Photos uint8 (3 * per_class, size, size, 3) and their labels."""
    labels = np.repeat(np.arange(len(LABELS)), per_class)
    return np.stack([draw_square(label, seed + i) for i, label in enumerate(labels)]), labels


def write_class_folders(
    root: Path, per_class: int = 3, seed: int = 0, size_hw: tuple[int, int] = (SIZE, SIZE), suffix: str = ".png"
) -> Path:
    """Class folders 02, 07 and 10 of squares, named as frames of tracks: two frames of each sign."""
    for label, key in enumerate(CLASS_KEYS):
        folder = root / f"{int(key):02d}"
        folder.mkdir(parents=True)
        for i in range(per_class):
            photo = Image.fromarray(draw_square(label, seed + i, size_hw))
            photo.save(folder / f"{label:05d}_{i // 2:05d}_{i % 2:05d}{suffix}", quality=95)
    return root


def untrained_network() -> "keras.Model":
    """The layers that the real networks have, in little: pixels -> logits."""
    import keras

    keras.utils.set_random_seed(3)
    inputs = keras.Input((SIZE, SIZE, 3), name="pixels")
    x = keras.layers.Rescaling(1 / 127.5, -1.0, name="scaling")(inputs)
    for filters in (8, 16):
        x = keras.layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(x)
        x = keras.layers.BatchNormalization(momentum=0.8)(x)
        x = keras.layers.ReLU(6.0)(x)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = keras.layers.Dropout(0.2, seed=3, name="dropout")(x)
    return keras.Model(inputs, keras.layers.Dense(len(LABELS), name="logits")(x), name="classifier")


@cache
def trained_network() -> "keras.Model":
    """The network after a few seconds on squares: right on all of them. Do not change it."""
    import keras

    model = untrained_network()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss)
    photos, labels = draw_squares(32, seed=1000)
    model.fit(photos.astype(np.float32), labels, batch_size=32, epochs=12, verbose=0)
    return model


@cache
def served_network() -> "keras.Model":
    """The trained network with probabilities. Do not change it."""
    from vision.export.tflite import with_probabilities

    return with_probabilities(trained_network(), temperature=1.7)


@cache
def exported(model_format: str) -> bytes:
    """The served network as a TFLite file."""
    from vision.export.tflite import export_tflite

    return export_tflite(served_network(), model_format, draw_squares(10, seed=2000)[0])


def card_content(files: dict[str, bytes], **changes: Any) -> dict[str, Any]:
    """What card.json holds, with some of it changed."""
    content = {
        "name": "squares",
        "task": "traffic_signs",
        "image_size": SIZE,
        "resize": "center_crop",
        "class_keys": list(CLASS_KEYS),
        "sure_from": 0.9,
        "likely_from": 0.5,
        "formats": {
            name: {
                "file": f"model.{name}.tflite",
                "sha256": hashlib.sha256(data).hexdigest(),
                "size_bytes": len(data),
            }
            for name, data in files.items()
        },
        "default_format": next(iter(files)),
    }
    return content | changes


def write_model(folder: Path, files: dict[str, bytes], **changes: Any) -> Path:
    """A model folder with these files, by format; `changes` are laid over the card."""
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / f"model.{name}.tflite").write_bytes(data)
    (folder / "labels.txt").write_text("\n".join(LABELS) + "\n")
    (folder / "card.json").write_text(json.dumps(card_content(files, **changes)))
    return folder


def write_squares_model(folder: Path, **changes: Any) -> Path:
    """A model folder of the trained network, as float32 and int8."""
    return write_model(folder, {name: exported(name) for name in ("float32", "int8")}, **changes)


def as_served(photo: np.ndarray) -> np.ndarray:
    """A photo as the network gets it, float32 (1, size, size, 3)."""
    return images.resize(photo, SIZE, "center_crop")[None].astype(np.float32)


def constant_detector(candidates: Sequence[tuple[float, float, float, float, float]]) -> bytes:
    """An ONNX file of a "network" that finds the same in every photo: rows of x1, y1, x2, y2 and a confidence.

    Corners are in pixels of its input, into which the photo was fitted.
    """
    import onnx

    rows = [((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, confidence) for x1, y1, x2, y2, confidence in candidates]
    found = np.array(rows, np.float32).reshape(-1, 5).T[None]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Identity", ["found"], ["output0"])],
        "constant",
        [onnx.helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, [1, 3, "height", "width"])],
        [onnx.helper.make_tensor_value_info("output0", onnx.TensorProto.FLOAT, [1, 5, len(candidates)])],
        [onnx.numpy_helper.from_array(found, "found")],
    )
    opset = onnx.helper.make_opsetid("", 17)
    content: bytes = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=9).SerializeToString()
    return content


def write_detector(folder: Path, network: bytes, **changes: Any) -> Path:
    """The model folder of a detector of dogs; `changes` are laid over the card."""
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(network)
    (folder / "labels.txt").write_text("dog\n")
    content = card_content({"onnx": network}, name=folder.name, task="dog_detector", class_keys=["dog"])
    content["formats"]["onnx"]["file"] = "model.onnx"
    content |= {
        "image_size": DETECTOR_SIZE,
        "resize": "letterbox",
        "detection": {"finds": "dog", "min_confidence": 0.3, "max_overlap": 0.6},
    }
    (folder / "card.json").write_text(json.dumps(content | changes))
    return folder
