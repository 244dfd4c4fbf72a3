"""Photos of several dogs, made by pasting cutouts side by side and over each other (Ghiasi et al., 2021)."""

import itertools
from collections.abc import Sequence

import cv2
import numpy as np

from vision.detection.cutouts import Cutout
from vision.predictions import Box

LEAST_VISIBLE = 0.4
LONGER_SIDE = 448


def compose(
    background: np.ndarray, cutouts: Sequence[Cutout], rng: np.random.Generator, max_overlap: float
) -> tuple[np.ndarray, tuple[Box, ...]]:
    """Puts dogs into a photo, side by side, each at most partly behind its neighbour.

    Args:
        background: uint8 (height, width, 3), without dogs.
        cutouts: the dogs, from left to right.
        max_overlap: the most that neighbours' boxes may share, as a part of the narrower one's width, 0 to 1.

    Returns:
        uint8 (height, width, 3), longer side `LONGER_SIDE`, and the box of what is seen of each dog, as fractions. A
        dog that would leave less than `LEAST_VISIBLE` of another is left out.
    """
    scene = _canvas(background, rng)
    height, width = scene.shape[:2]
    common = height * rng.uniform(0.3, 0.9)
    sizes = []
    for cutout in cutouts:
        tall = common * np.exp(rng.uniform(-0.35, 0.2))
        scale = min(tall / cutout.pixels.shape[0], 0.7 * width / cutout.pixels.shape[1])
        sizes.append((max(12, round(cutout.pixels.shape[1] * scale)), max(12, round(cutout.pixels.shape[0] * scale))))
    shared = [min(a[0], b[0]) * rng.uniform(-0.2, max_overlap) for a, b in itertools.pairwise(sizes)]
    whole = sum(size[0] for size in sizes) - sum(shared)
    fit = min(1.0, 0.98 * width / whole)
    sizes = [(max(12, int(w * fit)), max(12, int(h * fit))) for w, h in sizes]
    x = rng.uniform(0, max(1.0, width - whole * fit))
    ground = height * rng.uniform(0.72, 0.99)
    places = []
    for (w, h), step in zip(sizes, [*shared, 0.0], strict=True):
        bottom = min(height, ground + rng.uniform(-0.06, 0.06) * height)
        places.append((round(x), round(max(0, bottom - h))))
        x += w - step * fit
    visible: dict[int, np.ndarray] = {}
    wholes: dict[int, float] = {}
    for index in rng.permutation(len(cutouts)):
        dog = _resized(cutouts[index], sizes[index], rng)
        (left, top), alpha = places[index], np.zeros((height, width), np.float32)
        bottom, right = min(height, top + sizes[index][1]), min(width, left + sizes[index][0])
        part = dog.alpha[: bottom - top, : right - left]
        if not part.size:
            continue
        covers = alpha[top:bottom, left:right]
        covers[:] = part
        hidden = [i for i, seen in visible.items() if (seen * (1 - alpha)).sum() < LEAST_VISIBLE * wholes[i]]
        if hidden:
            continue
        for seen in visible.values():
            seen *= 1 - alpha
        visible[int(index)], wholes[int(index)] = alpha, float(alpha.sum())
        under = scene[top:bottom, left:right]
        under[:] = (
            under * (1 - part[..., None]) + dog.pixels[: bottom - top, : right - left] * part[..., None]
        ).round()
    return scene, tuple(_box_of(visible[index]) for index in sorted(visible))


def _canvas(background: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    aspect = float(np.exp(rng.uniform(-0.15, 0.55)))
    size_wh = (LONGER_SIDE, round(LONGER_SIDE / aspect)) if aspect > 1 else (round(LONGER_SIDE * aspect), LONGER_SIDE)
    height, width = background.shape[:2]
    fill = max(size_wh[0] / width, size_wh[1] / height) * 1.001
    grown = cv2.resize(background, None, fx=fill, fy=fill, interpolation=cv2.INTER_LINEAR)
    top = int(rng.integers(0, grown.shape[0] - size_wh[1] + 1))
    left = int(rng.integers(0, grown.shape[1] - size_wh[0] + 1))
    scene = grown[top : top + size_wh[1], left : left + size_wh[0]].copy()
    return np.ascontiguousarray(scene[:, ::-1]) if rng.random() < 0.5 else scene


def _resized(cutout: Cutout, size_wh: tuple[int, int], rng: np.random.Generator) -> Cutout:
    """The dog at its size in the scene, half of the time mirrored, in a slightly different light."""
    how = cv2.INTER_AREA if size_wh[0] < cutout.pixels.shape[1] else cv2.INTER_LINEAR
    pixels = cv2.resize(cutout.pixels, size_wh, interpolation=how).astype(np.float32)
    alpha = cv2.resize(cutout.alpha, size_wh, interpolation=how)
    pixels = np.clip(pixels * np.exp(rng.uniform(-0.25, 0.2)), 0, 255)
    return Cutout(pixels[:, ::-1], alpha[:, ::-1]) if rng.random() < 0.5 else Cutout(pixels, alpha)


def _box_of(visible: np.ndarray) -> Box:
    rows, columns = np.flatnonzero((visible > 0.5).any(axis=1)), np.flatnonzero((visible > 0.5).any(axis=0))
    height, width = visible.shape
    return Box(columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height)
