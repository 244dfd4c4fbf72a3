"""What is kept of a photo that is given."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.models_for_tests import draw_square
from tests.photos_for_tests import exif
from vision import images
from vision.errors import FeedbackError
from vision.feedback.kept_photo import LONGEST_PX, MOST_BYTES, kept_jpeg


def test_nothing_of_the_file_is_kept_but_its_pixels():
    file = io.BytesIO()
    photo = Image.fromarray(draw_square(0, 1, (200, 300)))
    photo.save(file, "JPEG", exif=exif(6), comment=b"Anna's garden", icc_profile=b"profile" * 20)
    assert b"Anna" in file.getvalue()
    kept = kept_jpeg(images.decode(file.getvalue()))
    opened = Image.open(io.BytesIO(kept))
    assert opened.format == "JPEG"
    assert opened.size == (200, 300), "upright"
    assert not opened.getexif()
    assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Anna" not in kept and b"Exif" not in kept


def test_a_small_photo_keeps_its_size():
    photo = draw_square(0, 1, (90, 60))
    assert images.decode(kept_jpeg(photo)).shape == (90, 60, 3)


def test_a_large_photo_is_made_smaller():
    kept = kept_jpeg(draw_square(1, 1, (3000, 1500)))
    assert images.decode(kept).shape == (LONGEST_PX, LONGEST_PX // 2, 3)
    assert len(kept) <= MOST_BYTES


def test_even_noise_is_bounded_in_bytes():
    noise = np.random.default_rng(0).integers(0, 256, (2000, 2000, 3), np.uint8)
    kept = kept_jpeg(noise)
    assert len(kept) <= MOST_BYTES
    assert min(images.decode(kept).shape[:2]) > LONGEST_PX // 4


def test_a_strip_of_which_nothing_would_be_left_is_refused():
    with pytest.raises(FeedbackError, match="too narrow"):
        kept_jpeg(np.zeros((8, 5000, 3), np.uint8))
