"""A LiteRT model with its card: resize, invoke, dequantise, scores."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from vision import images
from vision.errors import ModelError
from vision.model_card import ModelCard
from vision.model_store import read_model
from vision.predictions import ClassScore, Prediction


class Classifier:
    """Classifies decoded photos. May be shared by threads: one at a time is in the interpreter.

    The network takes pixels in 0..255 (scaling is inside) and gives calibrated probabilities.
    """

    def __init__(self, card: ModelCard, model_format: str, content: bytes, threads: int = 2) -> None:
        """Prepares the interpreter.

        Args:
            content: a TFLite file with input (1, size, size, 3) and output (1, classes), float32 or uint8.
            threads: processor threads of one inference.

        Raises:
            ModelError: the file cannot be used, or does not fit the card.
        """
        self.card = card
        self.model_format = model_format
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=threads)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"The {model_format} file of '{card.name}' is no usable TFLite model; publish the model again."
            ) from error
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]
        self._lock = threading.Lock()
        size = card.image_size
        expected = ((1, size, size, 3), (1, len(card.labels)))
        arrived = (tuple(self._input["shape"]), tuple(self._output["shape"]))
        if expected != arrived:
            raise ModelError(
                f"The {model_format} file of '{card.name}' has input and output {arrived}, but its card says "
                f"{expected}; publish the model again."
            )
        for tensor in (self._input, self._output):
            if tensor["dtype"] not in (np.float32, np.uint8):
                raise ModelError(
                    f"The {model_format} file of '{card.name}' takes or gives {tensor['dtype'].__name__}; expected "
                    "float32 or uint8: export the model again."
                )

    @classmethod
    def load(cls, model_dir: Path, model_format: str | None = None, threads: int = 2) -> "Classifier":
        """Loads a model folder, after checking the file against its card.

        Args:
            model_format: a format on the card; None takes the card's default.

        Raises:
            ModelError: the folder is incomplete, or the file is not the one on the card.
        """
        card, model_format, content = read_model(model_dir, model_format)
        return cls(card, model_format, content, threads)

    def probabilities(self, photo: np.ndarray) -> np.ndarray:
        """float32 (classes,), summing to one, for a photo uint8 (height, width, 3)."""
        pixels = images.resize(photo, self.card.image_size, self.card.resize)[None]
        pixels = pixels.astype(self._input["dtype"])
        with self._lock:
            self._interpreter.set_tensor(self._input["index"], pixels)
            self._interpreter.invoke()
            scores = self._interpreter.get_tensor(self._output["index"])[0]
        if scores.dtype != np.float32:
            scale, zero = self._output["quantization"]
            scores = (scores.astype(np.float32) - zero) * scale
        return scores / max(float(scores.sum()), 1e-9)

    def predict(self, photos: Sequence[np.ndarray]) -> list[Prediction]:
        """One prediction a photo; each photo is uint8 (height, width, 3), RGB, upright."""
        return [self._predict(photo) for photo in photos]

    def _predict(self, photo: np.ndarray) -> Prediction:
        began = time.perf_counter()
        probabilities = self.probabilities(photo)
        latency_ms = (time.perf_counter() - began) * 1000
        order = np.argsort(-probabilities, kind="stable")
        scores = tuple(ClassScore(int(i), self.card.labels[i], float(probabilities[i])) for i in order)
        return Prediction(scores, None, latency_ms)
