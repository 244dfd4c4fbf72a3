"""A YOLO model with its card, through ONNX Runtime: letterbox, run, decode, suppress what is found twice."""

import threading
from pathlib import Path
from typing import Protocol

import numpy as np

from vision import resampling
from vision.errors import ModelError
from vision.model_card import ModelCard
from vision.model_store import read_model
from vision.predictions import Box, Detection

STRIDE = 32
PADDING_GREY = 114
MAX_DETECTIONS = 100
_MAX_CANDIDATES = 1000


class Network(Protocol):
    """What finds candidates: ONNX Runtime, or another runtime for the same network."""

    def run(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (height, width, 3) with sides of whole strides -> float32 (4 + classes, candidates).

        A candidate is centre x, centre y, width, height in pixels, and a confidence (0 to 1) for each class.
        """


class OnnxNetwork:
    """ONNX Runtime; one inference at a time, as two would only share the processor."""

    def __init__(self, content: bytes, threads: int) -> None:
        """Raises ModelError where the bytes are no usable ONNX model of a detector."""
        import onnxruntime  # a tenth of a second and 40 MB that classifying alone does not need

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a waiting server burns no processor
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its exceptions share no base class of their own
            raise ModelError("The detector's file is no usable ONNX model; publish the detector again.") from error
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4 or len(outputs[0].shape) != 3:
            raise ModelError("The ONNX file is no YOLO detector: expected one photo in, (1, 4 + classes, boxes) out.")
        if any(isinstance(side, int) for side in inputs[0].shape[2:]):
            raise ModelError("The ONNX file takes photos of one size only; export it again with dynamic=True.")
        self._input = inputs[0].name
        self._lock = threading.Lock()

    def run(self, pixels: np.ndarray) -> np.ndarray:
        planes = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], dtype=np.float32)
        planes *= 1 / 255
        with self._lock:
            found: np.ndarray = self._session.run(None, {self._input: planes})[0][0]
        return found


class Detector:
    """Finds the objects of one class. May be shared by threads."""

    def __init__(self, card: ModelCard, network: Network) -> None:
        """Takes the network with its card, whose content has a "detection" part.

        Raises:
            ModelError: the card lacks what a detector needs.
        """
        self.card = card
        self._network = network
        try:
            settings = card.content["detection"]
            self._class = card.class_keys.index(settings["finds"])
            self.min_confidence = float(settings["min_confidence"])
            self.max_overlap = float(settings["max_overlap"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"The card of '{card.name}' is not a detector's ({error!r}); publish it again.") from error

    @classmethod
    def load(cls, model_dir: Path, threads: int = 2) -> "Detector":
        """Loads a model folder, after checking the file against its card.

        Raises:
            ModelError: the folder is incomplete, or the file is not the one on the card.
        """
        card, model_format, content = read_model(model_dir)
        network: Network
        if model_format == "pt":
            from vision.torch_network import TorchNetwork  # torch takes seconds and 800 MB: only where it is asked for

            network = TorchNetwork(content, threads)
        else:
            network = OnnxNetwork(content, threads)
        known = network.run(np.zeros((STRIDE, STRIDE, 3), np.uint8)).shape[0] - 4
        if known != len(card.class_keys):
            raise ModelError(
                f"The network of '{card.name}' knows {known} classes, but its card has {len(card.class_keys)}; "
                "publish the detector again."
            )
        return cls(card, network)

    def detect(self, photo: np.ndarray, min_confidence: float | None = None) -> list[Detection]:
        """The objects in a photo, the surest first, at most `MAX_DETECTIONS`.

        Args:
            photo: uint8 (height, width, 3), RGB, upright.
            min_confidence: 0 to 1; None takes the card's.
        """
        least = self.min_confidence if min_confidence is None else min_confidence
        pixels, scale, left, top = letterbox(photo, self.card.image_size)
        found = self._network.run(pixels)
        confidences = found[4 + self._class]
        # A dog-like cat is the cat's: where a network knows several classes, its first choice counts.
        rows = np.flatnonzero((confidences >= max(least, 1e-6)) & (found[4:].argmax(axis=0) == self._class))
        rows = rows[np.argsort(-confidences[rows], kind="stable")][:_MAX_CANDIDATES]
        x, y, width, height = found[:4, rows].astype(np.float64)
        boxes = np.stack([x - width / 2 - left, y - height / 2 - top, x + width / 2 - left, y + height / 2 - top], 1)
        boxes /= np.array(scale * 2)
        limits = photo.shape[1::-1] * 2
        boxes = np.clip(boxes, 0, limits)
        seen = ((boxes[:, 2:] - boxes[:, :2]) >= 1).all(axis=1)  # others lie in the padding
        boxes, rows = boxes[seen], rows[seen]
        kept = suppress(boxes, self.max_overlap)[:MAX_DETECTIONS]
        return [Detection(Box(*map(float, boxes[i])), float(confidences[rows[i]])) for i in kept]


def letterbox(photo: np.ndarray, size: int) -> tuple[np.ndarray, tuple[float, float], int, int]:
    """Resizes a photo so that its longer side is `size`, and pads the shorter one with grey to whole strides.

    Args:
        photo: uint8 (height, width, 3).
        size: longer side in pixels, a multiple of `STRIDE`.

    Returns:
        uint8 (height, width, 3) with sides of whole strides; how many of its pixels are one of the photo's, in x and
        y; the padding on the left and at the top, in pixels.
    """
    height, width = photo.shape[:2]
    scale = size / max(height, width)
    new_wh = max(1, round(width * scale)), max(1, round(height * scale))
    if new_wh != (width, height):
        photo = resampling.interpolate(photo, new_wh)
    spare_x, spare_y = -new_wh[0] % STRIDE, -new_wh[1] % STRIDE
    left, top = spare_x // 2, spare_y // 2
    padded = np.full((new_wh[1] + spare_y, new_wh[0] + spare_x, 3), PADDING_GREY, np.uint8)
    padded[top : top + new_wh[1], left : left + new_wh[0]] = photo
    return padded, (new_wh[0] / width, new_wh[1] / height), left, top


def overlaps(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Intersection over union (0 to 1) of one box, (4,) xyxy, with each of `boxes`, (n, 4)."""
    width = np.minimum(box[2], boxes[:, 2]) - np.maximum(box[0], boxes[:, 0])
    height = np.minimum(box[3], boxes[:, 3]) - np.maximum(box[1], boxes[:, 1])
    shared = np.maximum(width, 0) * np.maximum(height, 0)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    union = (box[2] - box[0]) * (box[3] - box[1]) + areas - shared
    return shared / np.maximum(union, 1e-9)


def suppress(boxes: np.ndarray, max_overlap: float) -> list[int]:
    """Non-maximum suppression: rows of the boxes to keep.

    Args:
        boxes: float (n, 4) xyxy, the surest first.
        max_overlap: intersection over union with a surer box from which a box counts as the same object.
    """
    kept: list[int] = []
    left = np.arange(len(boxes))
    while len(left):
        first, left = left[0], left[1:]
        kept.append(int(first))
        left = left[overlaps(boxes[first], boxes[left]) <= max_overlap]
    return kept
