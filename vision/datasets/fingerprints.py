"""What is kept of a photo to find it again, re-saved, resized or a little brighter: under 300 bytes.

The hash is the DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010): it
finds candidates quickly, but takes two blurred signs of one shape for the same. So a candidate has to agree in its
pattern as well, compared by normalised cross-correlation (Lewis, "Fast Normalized Cross-Correlation", 1995).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from vision import images

HASH_SIDE = 32
PATTERN_SIDE = 16
PATTERN_LENGTH = PATTERN_SIDE * PATTERN_SIDE
_PLAIN_BELOW = 3.0  # grey levels (standard deviation): below, all that is left to compare is noise
_BITS = np.uint64(1) << np.arange(64, dtype=np.uint64)


@dataclass(frozen=True)
class Fingerprint:
    """One photo's.

    Attributes:
        hash_bits: 64 bits: whether each of the lowest frequencies of its brightness is above their median.
        pattern: int8 (256,): its brightness in 16 x 16 squares, mean 0, scaled to use the range.
        is_plain: it has one colour, more or less, so that nothing in it can be compared.
    """

    hash_bits: int
    pattern: np.ndarray
    is_plain: bool


def fingerprint(photo: np.ndarray) -> Fingerprint:
    """The fingerprint of a photo, uint8 (H, W, 3), RGB; its brightness and contrast matter little."""
    grey = cv2.cvtColor(images.resize(photo, HASH_SIDE, "stretch"), cv2.COLOR_RGB2GRAY).astype(np.float32)
    low = cv2.dct(grey)[:8, :8].ravel()
    low[0] = np.median(low[1:])  # the photo's mean brightness says nothing
    hash_bits = int(_BITS[low > low[0]].sum())
    squares = grey.reshape(PATTERN_SIDE, 2, PATTERN_SIDE, 2).mean(axis=(1, 3)).ravel()
    squares -= squares.mean()
    largest = max(float(np.abs(squares).max()), 1e-6)
    pattern = np.round(squares * (127 / largest)).astype(np.int8)
    return Fingerprint(hash_bits, pattern, float(squares.std()) < _PLAIN_BELOW)


def likeness(patterns: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How much patterns agree, row by row: int8 (N, 256) twice -> float32 (N,), 1 for the same, 0 for unlike ones."""
    a, b = patterns.astype(np.float32), others.astype(np.float32)
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.asarray((a * b).sum(axis=1) / np.maximum(norms, 1e-6), np.float32)
