"""Photos made smaller and larger: by OpenCV, or by NumPy where it is missing.

A shared demo goes without OpenCV, whose 150 MB are a fifth of what it would take of a small server's disk. Both ways
give the same pixels, but for rounding: now and then one level of 255.
"""

import importlib.util
import math

import numpy as np

HAS_OPENCV = importlib.util.find_spec("cv2") is not None
if HAS_OPENCV:
    import cv2


def average(image: np.ndarray, size_wh: tuple[int, int]) -> np.ndarray:
    """Makes a photo smaller: each pixel becomes the average of what it covers, parts of pixels included.

    Args:
        image: uint8 (height, width, channels).
        size_wh: the new width and height in pixels, each at most the old one.

    Returns:
        uint8 (height, width, channels), C-contiguous.
    """
    if HAS_OPENCV:
        return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA))
    width, height = size_wh
    shorter = _average_rows(image, height)
    turned = _average_rows(np.ascontiguousarray(shorter.swapaxes(0, 1)), width)
    return np.rint(turned.swapaxes(0, 1), order="C").astype(np.uint8)


def interpolate(image: np.ndarray, size_wh: tuple[int, int]) -> np.ndarray:
    """Makes a photo larger, or smaller without averaging: each pixel comes from the four nearest ones, by distance.

    Args:
        image: uint8 (height, width, channels).
        size_wh: the new width and height in pixels.

    Returns:
        uint8 (height, width, channels), C-contiguous.
    """
    if HAS_OPENCV:
        return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_LINEAR))
    height, width = image.shape[:2]
    (left, right, across), (upper, lower, down) = _neighbours(width, size_wh[0]), _neighbours(height, size_wh[1])
    down, across = down[:, None, None], across[:, None]
    rows = image[upper] * (1 - down) + image[lower] * down
    columns = rows.take(left, axis=1) * (1 - across) + rows.take(right, axis=1) * across
    return np.rint(columns).astype(np.uint8)


def _average_rows(image: np.ndarray, count: int) -> np.ndarray:
    """float32 (count, ...), C-contiguous."""
    height = image.shape[0]
    if count == height:
        return image.astype(np.float32)
    flat = image.reshape(height, -1)
    averaged = np.empty((count, flat.shape[1]), np.float32)
    for row in range(count):
        start, stop = row * height / count, (row + 1) * height / count
        first, last = math.floor(start), min(math.ceil(stop), height)
        weights = np.full(last - first, count / height, np.float32)
        weights[0] *= 1 - (start - first)
        weights[-1] *= 1 - (last - stop)
        np.matmul(weights, flat[first:last].astype(np.float32), out=averaged[row])
    return averaged.reshape(count, *image.shape[1:])


def _neighbours(old: int, new: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each of `new` pixels in a line of `old` ones, its two neighbours, and how far it is on the way (float32)."""
    places = np.clip((np.arange(new) + 0.5) * (old / new) - 0.5, 0, old - 1)
    before = np.floor(places).astype(np.intp)
    return before, np.minimum(before + 1, old - 1), (places - before).astype(np.float32)
