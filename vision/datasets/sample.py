"""A small data set of drawn traffic signs, so that anyone can try a whole run without a download."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from vision import images
from vision.datasets.workshop import Report, no_report, whole_folder
from vision.drawn_signs import SIGN_FOLDER, draw_sign_photo
from vision.errors import SettingsError

# Eight signs that look different, and three that differ in one figure: 30, 50 and 80 km/h.
SAMPLE_CLASSES = (1, 2, 5, 12, 13, 14, 17, 25, 33, 38, 40)
FRAMES = 5
SIZE_PX = 64
JPEG_QUALITY = 92
_DRAWN_PX = 80


def write_sample(target: Path, seed: int = 0, report: Report = no_report, photos_per_class: int = 60) -> Path:
    """Draws photos of traffic signs into a new folder, in the manner of GTSRB.

    `target/train/14/00014_00003_00001.jpg` is the second frame of the fourth sign of class 14: a few frames of one sign
    follow each other, in the same light and slightly moved. `target/test` has other signs, one frame of each.

    Args:
        seed: the same seed draws the same photos.
        photos_per_class: for training, at least 10; a third as many for the test. In all they take a few seconds.

    Returns:
        `target`.

    Raises:
        DatasetError: `target` exists or cannot be written.
        SettingsError: too few photos are asked for, or the seed is negative.
    """
    if photos_per_class < 2 * FRAMES:
        raise SettingsError(f"photos_per_class is {photos_per_class}; expected at least {2 * FRAMES}.")
    if seed < 0:
        raise SettingsError(f"seed is {seed}; expected 0 or more.")
    track_count, test_count = -(-photos_per_class // FRAMES), photos_per_class // 3
    total = len(SAMPLE_CLASSES) * (photos_per_class + test_count)
    done = 0
    with whole_folder(target) as workshop:
        for number in SAMPLE_CLASSES:
            train, test = (workshop / part / f"{number:02d}" for part in ("train", "test"))
            for folder in (train, test):
                folder.mkdir(parents=True)
            for index in range(photos_per_class + test_count):
                is_test = index >= photos_per_class
                track, frame = (track_count + index - photos_per_class, 0) if is_test else divmod(index, FRAMES)
                if frame == 0:
                    frames = _draw_track(number, track, seed)
                path = (test if is_test else train) / f"{number:05d}_{track:05d}_{frame:05d}.jpg"
                path.write_bytes(images.encode_jpeg(next(frames), JPEG_QUALITY))
                done += 1
            report(f"drawing signs: {done:,} of {total:,}")
    return target


def _draw_track(number: int, track: int, seed: int) -> Iterator[np.ndarray]:
    """Frames, uint8 (SIZE_PX, SIZE_PX, 3), of one sign as a car comes closer."""
    rng = np.random.default_rng((seed, number, track))
    photo = draw_sign_photo(SIGN_FOLDER / f"{number:02d}.svg", int(rng.integers(2**31)), _DRAWN_PX)
    centre = (_DRAWN_PX - 1) / 2
    while True:
        turn = cv2.getRotationMatrix2D((centre, centre), float(rng.uniform(-3, 3)), float(rng.uniform(0.74, 0.86)))
        turn[:, 2] = turn[:, 2] + (SIZE_PX - 1) / 2 - centre + rng.uniform(-3, 3, size=2)
        frame = cv2.warpAffine(photo, turn, (SIZE_PX, SIZE_PX), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
        light = float(rng.uniform(0.94, 1.06))
        grain = rng.normal(0, 2, size=frame.shape)
        yield np.clip(frame * light + grain, 0, 255).astype(np.uint8)
