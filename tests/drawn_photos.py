"""Drawn photos, and what becomes of photos on their way: re-saved, resized, a little brighter."""

from pathlib import Path

import cv2
import numpy as np

from vision import images
from vision.drawn_signs import SIGN_FOLDER, draw_sign_photo


def sign(number: int, seed: int, size_px: int = 96) -> np.ndarray:
    """A drawn photo of a traffic sign, uint8 (size_px, size_px, 3)."""
    return draw_sign_photo(SIGN_FOLDER / f"{number:02d}.svg", seed, size_px)


def resized(photo: np.ndarray, factor: float) -> np.ndarray:
    return cv2.resize(
        photo, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    )


def brighter(photo: np.ndarray, gain: float, offset: float = 0) -> np.ndarray:
    return np.clip(photo * gain + offset, 0, 255).astype(np.uint8)


def save(photo: np.ndarray, path: Path, quality: int = 92) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(images.encode_jpeg(photo, quality))
    return path
