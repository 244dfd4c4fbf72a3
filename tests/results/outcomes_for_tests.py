"""Answers made up for tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vision.results.outcome import Outcome


def make_outcome(
    probabilities: np.ndarray, truth: Sequence[int], parts: Sequence[str] | None = None, **changes: Any
) -> Outcome:
    """Answers to test photos called a/0.jpg, a/1.jpg ..., of classes "a", "b" ..., labelled "Class a" ..."""
    keys = tuple(chr(ord("a") + label) if label < 26 else f"c{label}" for label in range(probabilities.shape[1]))
    fields: dict[str, Any] = {
        "class_keys": keys,
        "labels": tuple(f"Class {key}" for key in keys),
        "test_root": "/nowhere/test",
        "validation_root": "/nowhere/train",
        "files": tuple(f"{keys[label]}/{row}.jpg" for row, label in enumerate(truth)),
        "parts": tuple(parts or ["test"] * len(truth)),
        "truth": np.array(truth, np.int64),
        "probabilities": probabilities.astype(np.float32),
        "unreadable": (),
        "model_format": "float32",
        "model_sha256": "0" * 64,
        "median_ms": 2.5,
    }
    return Outcome(**(fields | changes))


def write_photos(outcome: Outcome, size_wh: tuple[int, int] = (40, 30)) -> None:
    """Draws the photos of an outcome where it says that they lie."""
    for row in range(len(outcome.files)):
        path = Path(outcome.path_of(row))
        path.parent.mkdir(parents=True, exist_ok=True)
        colour = (40 * int(outcome.truth[row]) % 256, 7 * row % 256, 120)
        Image.new("RGB", size_wh, colour).save(path)
