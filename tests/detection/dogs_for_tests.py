"""Drawn dogs that can be cut out of their photos, and a network that finds a cat, a dog and a bird in any."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.torch_checks import NAMES
from vision.predictions import Box

AROUND = Box(0.2, 0.1, 0.8, 0.9)  # of a photo of 200 x 160: 40 to 160, 16 to 144
# Rows are candidates: a box, and confidences of cat, dog and bird.
CANDIDATES = np.array(
    [
        [10, 20, 30, 40, 0.1, 0.7, 0.2],
        [50, 20, 30, 40, 0.8, 0.7, 0.2],
        [70, 20, 30, 40, 0.0, 0.3, 0.4],
        [90, 20, 30, 40, 0.0, 0.0, 0.0],
    ],
    np.float32,
)


def ground(seed: int = 0) -> np.ndarray:
    """Greenish noise, uint8 (160, 200, 3)."""
    noise = np.random.default_rng(seed).normal((60, 130, 70), 8, (160, 200, 3))
    return np.clip(noise, 0, 255).astype(np.uint8)


def ellipse(x_radius: float = 58, y_radius: float = 62) -> np.ndarray:
    """Whether each pixel is in an ellipse in the middle of the box, bool (160, 200)."""
    y, x = np.mgrid[:160, :200]
    inside: np.ndarray = ((x - 100) / x_radius) ** 2 + ((y - 80) / y_radius) ** 2 <= 1
    return inside


def with_dog(mask: np.ndarray) -> np.ndarray:
    """A brown "dog" where the mask is."""
    photo = ground()
    photo[mask] = np.clip(np.random.default_rng(1).normal((190, 90, 60), 8, (int(mask.sum()), 3)), 0, 255)
    return photo


def network(names: str | None = None, classes: int = len(NAMES)) -> onnx.ModelProto:
    """Finds the candidates in every photo; `names` is what its notes say of its classes."""
    found = CANDIDATES.T[None, : 4 + classes].copy()
    graph = helper.make_graph(
        [helper.make_node("Identity", ["candidates"], ["output0"])],
        "tiny",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, "height", "width"])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, list(found.shape))],
        [numpy_helper.from_array(found, "candidates")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if names is not None:
        helper.set_model_props(model, {"names": names, "task": "detect"})
    return model
