"""Random but seeded changes to training photos: geometry, light, blur, resolution, noise, occlusion."""

import cv2
import numpy as np

DARKEST_MEAN = 22  # of 255


def augment(photo: np.ndarray, rng: np.random.Generator, strength: float, mirror: bool) -> np.ndarray:
    """A changed copy of a photo that still shows the same class.

    Args:
        photo: uint8 (size, size, 3), RGB.
        rng: source of randomness; the same state gives the same result.
        strength: 0 (unchanged) to 1.
        mirror: whether half of the photos are mirrored left to right.

    Returns:
        uint8 (size, size, 3).
    """
    if strength == 0:
        return photo
    if mirror and rng.random() < 0.5:
        photo = photo[:, ::-1]
    photo = _warped(np.ascontiguousarray(photo), rng, strength)
    photo = _lit(photo, rng, strength)
    if rng.random() < 0.3 * strength:
        photo = _blurred(photo, rng)
    if rng.random() < 0.3 * strength:
        photo = _coarse(photo, rng)
    if rng.random() < 0.15 * strength:
        photo = _occluded(photo, rng)
    if rng.random() < 0.2 * strength:
        photo = _noisy(photo, rng)
    return photo


def _warped(photo: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Rotation to 13 degrees, scale 0.8 to 1.25, stretch, shift to a tenth, and perspective, in one resampling."""
    size = photo.shape[0]
    angle = np.deg2rad(rng.uniform(-13, 13)) * strength
    scale = np.exp(rng.uniform(-0.22, 0.22) * strength)
    stretch = np.exp(rng.uniform(-0.1, 0.1) * strength)
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = linear @ np.diag([stretch, 1 / stretch])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64)
    moved = corners @ linear.T + rng.uniform(-0.2, 0.2, 2) * strength
    moved += rng.uniform(-0.12, 0.12, (4, 2)) * strength
    half = size / 2
    matrix = cv2.getPerspectiveTransform(
        (corners * half + half).astype(np.float32), (moved * half + half).astype(np.float32)
    )
    return cv2.warpPerspective(photo, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _lit(photo: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Exposure, contrast, gamma and white balance, as one table of 256 values a channel."""
    levels = np.arange(256, dtype=np.float32) / 255
    levels = levels ** np.exp(rng.uniform(-0.6, 0.6) * strength)
    levels = (levels - 0.5) * np.exp(rng.uniform(-0.6, 0.3) * strength) + 0.5
    gain = np.exp(rng.uniform(-0.7, 0.4) * strength) * np.exp(rng.uniform(-0.1, 0.1, 3) * strength)
    offset = rng.uniform(-0.12, 0.12) * strength
    table = np.clip((levels[:, None] * gain + offset) * 255, 0, 255).astype(np.uint8)
    lit = cv2.LUT(photo, table.reshape(256, 1, 3))
    # What is dark already would turn black.
    return lit if lit.mean() > DARKEST_MEAN else photo


def _blurred(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size = photo.shape[0]
    if rng.random() < 0.5:
        return cv2.GaussianBlur(photo, (0, 0), rng.uniform(0.005, 0.02) * size)
    length = max(3, int(rng.uniform(0.04, 0.12) * size)) | 1
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = np.array([np.cos(angle), np.sin(angle)]) * (length // 2)
    centre = np.array([length // 2, length // 2])
    start, end = (tuple(int(v) for v in np.round(centre + side * reach)) for side in (-1, 1))
    cv2.line(kernel, start, end, 1.0)
    return cv2.filter2D(photo, -1, kernel / kernel.sum())


def _coarse(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As if the object had been far away: down to 15 to 40 pixels and up again."""
    size = photo.shape[0]
    small = int(rng.uniform(15, 40))
    if small >= size:
        return photo
    reduced = cv2.resize(photo, (small, small), interpolation=cv2.INTER_AREA)
    return cv2.resize(reduced, (size, size), interpolation=cv2.INTER_LINEAR)


def _occluded(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A flat patch over 2 to 12 % of the photo (random erasing, Zhong et al., 2020)."""
    size = photo.shape[0]
    area, aspect = rng.uniform(0.02, 0.12) * size * size, np.exp(rng.uniform(-1, 1))
    width, height = min(int(np.sqrt(area * aspect)), size), min(int(np.sqrt(area / aspect)), size)
    left, top = rng.integers(0, size - width + 1), rng.integers(0, size - height + 1)
    photo = photo.copy()
    photo[top : top + height, left : left + width] = rng.integers(0, 256, 3)
    return photo


def _noisy(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    noise = rng.standard_normal(photo.shape, dtype=np.float32) * rng.uniform(2, 10)
    return np.clip(photo + noise, 0, 255).astype(np.uint8)
