"""Photos that show none of the classes, to teach a network to be unsure of them."""

from pathlib import Path

import numpy as np

from vision import images
from vision.errors import DatasetError, ImageError
from vision.images import READABLE_SUFFIXES


def load_outliers(folder: Path, size: int, seed: int, limit: int = 3000) -> tuple[np.ndarray, int]:
    """Random square parts of photos anywhere below `folder`.

    Args:
        size: side of each part in pixels, after resizing.
        limit: most photos to take, picked by `seed`.

    Returns:
        uint8 (photos, size, size, 3), and how many photos could not be read.

    Raises:
        DatasetError: no photo there can be read.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in READABLE_SUFFIXES)
    rng = np.random.default_rng(seed)
    parts: list[np.ndarray] = []
    unreadable = 0
    for index in rng.permutation(len(files))[:limit]:
        try:
            photo = images.decode(images.read_file(files[index]), min_side=2 * size)
        except (ImageError, OSError):
            unreadable += 1
            continue
        height, width = photo.shape[:2]
        side = int(min(height, width) * rng.uniform(0.25, 1))
        top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
        parts.append(images.resize(photo[top : top + side, left : left + side], size, "stretch"))
    if not parts:
        raise DatasetError(f"'{folder}' holds no photos that can be read; give a folder of photos without the classes.")
    return np.stack(parts), unreadable
