"""What is kept of a photo that somebody gives: its pixels, made smaller, and nothing else of the file."""

import numpy as np
from PIL import Image

from vision import images
from vision.errors import FeedbackError

LONGEST_PX = 1024
MOST_BYTES = 400_000
_QUALITIES = (88, 75, 60, 40)


def kept_jpeg(photo: np.ndarray) -> bytes:
    """A photo as a JPEG file without metadata, of at most `LONGEST_PX` a side and `MOST_BYTES`.

    Args:
        photo: uint8 (height, width, 3).

    Raises:
        FeedbackError: the photo is so narrow that nothing would be left of it.
    """
    longest = LONGEST_PX
    while True:
        small = _shrunk(photo, longest)
        for quality in _QUALITIES:
            jpeg = images.encode_jpeg(small, quality)
            if len(jpeg) <= MOST_BYTES:
                return jpeg
        longest = longest * 3 // 4  # noise hardly shrinks at any quality


def _shrunk(photo: np.ndarray, longest: int) -> np.ndarray:
    height, width = photo.shape[:2]
    scale = min(1.0, longest / max(height, width))
    width, height = round(width * scale), round(height * scale)
    if min(width, height) < images.MIN_SIDE:
        raise FeedbackError("This photo is too narrow to learn from, so it was not kept; what you said is.")
    if scale == 1.0:
        return photo
    return np.asarray(Image.fromarray(photo).resize((width, height), Image.Resampling.BOX))
