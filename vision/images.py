"""Bytes -> upright RGB uint8 (H, W, 3), under caps; crops and the one resize that training and serving share."""

import io
import math
import warnings

import cv2
import numpy as np
import pillow_heif
from PIL import (
    AvifImagePlugin,  # noqa: F401
    BmpImagePlugin,  # noqa: F401
    ExifTags,
    GifImagePlugin,  # noqa: F401
    Image,
    ImageFile,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    PpmImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from vision.errors import ImageError
from vision.predictions import Box

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 8
READABLE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "PPM", "HEIF", "AVIF")
READABLE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".mpo", ".png", ".webp", ".gif", ".bmp", ".ppm", ".pgm", ".heic", ".heif", ".avif")
)
RESIZE_RULES = ("stretch", "center_crop")

pillow_heif.register_heif_opener(thumbnails=False)
# Pillow warns of what is refused or mended here. Once, for the process: catch_warnings is not safe among threads.
warnings.filterwarnings("ignore", module=r"PIL\.")

_ADVICE = "save it as JPEG or PNG and try again"
_DAMAGED = f"The photo is damaged or incomplete; send it again, or {_ADVICE}."
_TOO_MANY = f"The photo has over {MAX_PIXELS // 1_000_000} million pixels, the limit; make it smaller and try again."
_NO_PHOTOS = {
    (b"<!doctype html", b"<html"): "a web page, not a photo",
    (b"<svg", b"<?xml"): "a drawing (SVG), not a photo",
    (b"ii*\0", b"mm\0*"): "a TIFF file",
    (b"pk\x03\x04",): "a zip archive, not a photo",
    (b"%pdf",): "a PDF document, not a photo",
}
_MAX_READS = 30_000
_MAX_SCAN_PIXELS = 20 * MAX_PIXELS  # a progressive JPEG has 10 scans, in CMYK 18, and its preview some more
_STRIP_ROWS = 256
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class _Reader(io.BytesIO):
    """A file that gives up on crumbs: Pillow walks chunks and markers in Python, millions of them take a minute."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > _MAX_READS:
            raise OSError("too many small pieces")
        return super().read(size)


def decode(data: bytes, *, min_side: int | None = None) -> np.ndarray:
    """Decodes an untrusted photo.

    The format is found from the bytes, by an allow-list; a file's name is never believed. Of an animation the
    first frame is taken; transparency is laid on white; 16-bit grey is scaled to 8; EXIF orientation is applied.

    Args:
        data: the file, at most `MAX_BYTES`.
        min_side: if given, a JPEG may be decoded at 1/2, 1/4 or 1/8 scale (several times faster), as long as its
            shorter side stays at least this many pixels.

    Returns:
        uint8 (height, width, 3), RGB, upright, C-contiguous.

    Raises:
        ImageError: no photo, damaged, of another format, or over the caps.
    """
    if not data:
        raise ImageError(f"The file is empty; expected a photo, {_ADVICE}.")
    if len(data) > MAX_BYTES:
        arrived, limit = math.ceil(len(data) / 2**20), MAX_BYTES // 2**20
        raise ImageError(f"The file has {arrived} MB, the limit is {limit} MB; make the photo smaller.")
    photo = _opened(data)
    _check_size(photo.size)
    _check_effort(photo, data)
    try:
        if min_side is not None and photo.format in ("JPEG", "MPO"):
            scale = min_side / min(photo.size)
            photo.draft("RGB", (max(1, int(photo.width * scale)), max(1, int(photo.height * scale))))
        photo.decodermaxblock = len(data)  # at once: in pieces, Pillow copies the whole rest of a bad file for each
        photo.load()
        return _rgb(_upright(photo))
    except Exception as error:  # on damaged data the decoders raise anything, from SyntaxError to AssertionError
        raise ImageError(_DAMAGED) from error


def _opened(data: bytes) -> ImageFile.ImageFile:
    try:
        return Image.open(_Reader(data), formats=READABLE_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(_TOO_MANY) from error
    except UnidentifiedImageError as error:
        what = _guess(data)
        raise ImageError(f"This is {what}; expected JPEG, PNG, WebP, GIF, BMP, HEIC or AVIF: {_ADVICE}.") from error
    except Exception as error:
        raise ImageError(_DAMAGED) from error


def _guess(data: bytes) -> str:
    head = data[:1024].lstrip().lower()
    known = (what for starts, what in _NO_PHOTOS.items() if head.startswith(starts))
    return next(known, "not a photo that can be read here, or its beginning is damaged")


def _check_size(size_wh: tuple[int, int]) -> None:
    width, height = size_wh
    if width * height > MAX_PIXELS:
        raise ImageError(_TOO_MANY)
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"The photo is {width} x {height} pixels; send one with at least {MIN_SIDE} each way.")


def _check_effort(photo: ImageFile.ImageFile, data: bytes) -> None:
    """Refuses what would keep a processor busy for seconds, or memory full, though it is within the caps."""
    if photo.mode == "F" or any(tile.codec_name in Image.DECODERS for tile in photo.tile):  # those are Python: slow
        raise ImageError(f"This is a kind of {photo.format} file that is not read here; {_ADVICE}.")
    if photo.format in ("JPEG", "MPO"):
        pixels = photo.width * photo.height
        if data.count(b"\xff\xda") * pixels > _MAX_SCAN_PIXELS:
            raise ImageError(f"This JPEG is stored in too many passes to be a photo; {_ADVICE}.")
        if pixels > len(data) * 8 * 64:  # a block of 8 x 8 pixels takes at least one bit
            raise ImageError(_DAMAGED)


def _upright(photo: Image.Image) -> Image.Image:
    if photo.format == "HEIF":
        return photo  # libheif has turned it already
    try:
        turn = _TURNS.get(photo.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # a photo with broken EXIF is still a photo
        return photo
    return photo if turn is None else photo.transpose(turn)


def _rgb(photo: Image.Image) -> np.ndarray:
    pixels = np.empty((photo.height, photo.width, 3), np.uint8)
    for top in range(0, photo.height, _STRIP_ROWS):  # in strips, for Pillow copies at each step
        bottom = min(top + _STRIP_ROWS, photo.height)
        strip = photo.crop((0, top, photo.width, bottom))
        if strip.mode.startswith("I"):
            strip = Image.fromarray(np.clip(np.asarray(strip) >> 8, 0, 255).astype(np.uint8))
        if strip.has_transparency_data:
            white, strip = Image.new("RGB", strip.size, "white"), strip.convert("RGBA")
            white.paste(strip, mask=strip)
            strip = white
        pixels[top:bottom] = np.asarray(strip.convert("RGB"))
    return pixels


def crop(image: np.ndarray, box: Box) -> np.ndarray:
    """The part of `image` (H, W, 3) inside `box`, as a copy; what leaves the photo repeats its edge pixels.

    Raises:
        ImageError: less than one pixel of the box lies in the photo, or the box has over `MAX_PIXELS`.
    """
    if not all(map(math.isfinite, box.xyxy)):
        raise ImageError("The box has no finite corners; draw it around the object.")
    x1, y1, x2, y2 = (round(value) for value in box.xyxy)
    height, width = image.shape[:2]
    left, top, right, bottom = max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)
    if right <= left or bottom <= top:
        raise ImageError("The box lies outside the photo; draw it around the object.")
    if (x2 - x1) * (y2 - y1) > MAX_PIXELS:
        limit = MAX_PIXELS // 1_000_000
        raise ImageError(f"The box has over {limit} million pixels, the limit; draw it closer around the object.")
    inside = image[top:bottom, left:right]
    return cv2.copyMakeBorder(inside, top - y1, y2 - bottom, left - x1, x2 - right, borderType=cv2.BORDER_REPLICATE)


def resize(image: np.ndarray, size: int, rule: str) -> np.ndarray:
    """Resizes a photo to a square network input: area averaging where it shrinks, bilinear where it grows.

    Args:
        image: uint8 (height, width, 3).
        size: side of the result in pixels.
        rule: "stretch" takes the whole photo, "center_crop" its central square.

    Returns:
        uint8 (size, size, 3), C-contiguous, a copy.
    """
    if rule not in RESIZE_RULES:
        raise ImageError(f"There is no resize rule '{rule}'; expected one of {', '.join(RESIZE_RULES)}.")
    height, width = image.shape[:2]
    if rule == "center_crop":
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        image = image[top : top + side, left : left + side]
        height = width = side
    shrunk_wh = min(width, size), min(height, size)
    if shrunk_wh != (width, height):  # first, and alone: OpenCV averages areas only if no side grows
        image = cv2.resize(image, shrunk_wh, interpolation=cv2.INTER_AREA)
    if shrunk_wh != (size, size):
        image = cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.array(image, order="C")


def encode_jpeg(image: np.ndarray, quality: int = 88) -> bytes:
    """RGB uint8 (H, W, 3) -> JPEG bytes."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
