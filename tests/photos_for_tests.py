"""Photos drawn and saved in every format, and what is expected of reading them."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image

from vision import images
from vision.errors import ImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "PPM", "HEIF", "AVIF", "MPO")
TURNED = {  # orientation -> the upright picture as a camera stores it
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, -1),
}


def scene(height: int = 48, width: int = 64) -> np.ndarray:
    """Four plain quarters in different colours: no two ways of turning it look alike."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = (200, 40, 40)
    picture[: height // 2, width // 2 :] = (40, 180, 60)
    picture[height // 2 :, : width // 2] = (50, 60, 190)
    picture[height // 2 :, width // 2 :] = (230, 220, 90)
    return picture


SCENE = scene()


def saved(picture: np.ndarray | Image.Image, format_name: str, **options: object) -> bytes:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(np.ascontiguousarray(picture))
    buffer = io.BytesIO()
    if format_name == "HEIF":
        pillow_heif.from_pillow(image).save(buffer, quality=95, **options)
    else:
        if format_name in ("JPEG", "WEBP", "AVIF", "MPO"):
            options.setdefault("quality", 95)
        image.save(buffer, format_name, **options)
    return buffer.getvalue()


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.Make] = "A camera"
    return tags.tobytes()


def png(width: int, height: int, raw: bytes, *, depth: int = 8, colour: int = 2, before: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = before + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def assert_like(actual: np.ndarray, expected: np.ndarray, tolerance: float = 4) -> None:
    """The same shape, and the same colours but for a lossy codec's ringing at edges."""
    assert actual.dtype == np.uint8 and actual.flags.c_contiguous and actual.flags.writeable
    assert actual.shape == expected.shape
    difference = np.abs(actual.astype(int) - expected)
    assert difference.mean() <= tolerance
    assert np.median(difference) <= tolerance


def refusal(data: bytes, **options: int) -> str:
    with pytest.raises(ImageError) as caught:
        images.decode(data, **options)
    message = str(caught.value)
    assert message.endswith(".") and message.count(". ") == 0, "one sentence"
    assert len(message) < 200
    return message
