"""Dogs cut out of their photos, to be pasted into others."""

from dataclasses import dataclass

import cv2
import numpy as np

from vision.predictions import Box

_SIDE = 160


@dataclass(frozen=True)
class Cutout:
    """An object: uint8 (height, width, 3), and how much of each pixel is its own, float32 (height, width), 0 to 1."""

    pixels: np.ndarray
    alpha: np.ndarray


def cut_out(photo: np.ndarray, box: Box) -> Cutout | None:
    """Cuts the object in a box out of its background with GrabCut (Rother et al., 2004).

    Args:
        photo: uint8 (height, width, 3).
        box: around the object, as fractions of the photo.

    Returns:
        The object, or None where the cut is no good: where it fills the box or almost nothing of it, falls into
        pieces, or does not reach the box' sides.
    """
    height, width = photo.shape[:2]
    x1, y1, x2, y2 = (round(v) for v in box.clipped((1, 1)).scaled(width, height).xyxy)
    if min(x2 - x1, y2 - y1) < 48 or (x2 - x1) * (y2 - y1) > 0.85 * width * height:
        return None  # too coarse, or too little background to learn from
    scale = min(1.0, _SIDE / max(height, width))
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    inside = tuple(round(v * scale) for v in (x1, y1, x2 - x1, y2 - y1))
    mask = np.zeros(small.shape[:2], np.uint8)
    cv2.setRNGSeed(0)
    cv2.grabCut(small, mask, inside, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_RECT)
    own = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    opened = cv2.morphologyEx(own, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    own = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).astype(np.uint8)
    count, pieces, facts, _ = cv2.connectedComponentsWithStats(own)
    if count < 2:
        return None
    largest = 1 + int(facts[1:, cv2.CC_STAT_AREA].argmax())
    _, _, found_width, found_height, area = facts[largest]
    filled = area / (inside[2] * inside[3])
    if area < 0.8 * own.sum() or not 0.3 < filled < 0.92:
        return None
    if found_width < 0.88 * inside[2] or found_height < 0.88 * inside[3]:
        return None
    alpha = cv2.resize((pieces == largest).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 1.0)
    return Cutout(photo[y1:y2, x1:x2].copy(), alpha[y1:y2, x1:x2].copy())
