"""Bytes -> upright RGB uint8 (H, W, 3), under caps; crops and the one resize that training and serving share."""

import io
import math
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import (
    AvifImagePlugin,  # noqa: F401
    BmpImagePlugin,  # noqa: F401
    ExifTags,
    GifImagePlugin,  # noqa: F401
    Image,
    ImageFile,
    JpegImagePlugin,
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    PpmImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from vision import resampling
from vision.errors import ImageError
from vision.predictions import Box

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 8
MAX_SIDE = 65_535  # of a JPEG, and so of any panorama
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
_TOO_LARGE_IN_PASSES = f"This JPEG is stored in passes, and too large for that; {_ADVICE}."
_NO_PHOTOS = {
    (b"<!doctype html", b"<html"): "a web page, not a photo",
    (b"<svg", b"<?xml"): "a drawing (SVG), not a photo",
    (b"ii*\0", b"mm\0*"): "a TIFF file",
    (b"pk\x03\x04",): "a zip archive, not a photo",
    (b"%pdf",): "a PDF document, not a photo",
}
_MAX_READS = 30_000
_MAX_SCAN_PIXELS = 20 * MAX_PIXELS  # a progressive JPEG has 10 scans, in CMYK 18, and its preview some more
_STRIP_PIXELS = 2_000_000
_MAX_GROWTH_BYTES = 280_000_000
_BYTES_A_PIXEL = 7  # 4 in Pillow's copy, 3 in ours
# Decoders that keep copies of their own
_MAX_PIXELS_OF = {"WEBP": 18_000_000, "AVIF": 32_000_000}


def _as_it_is(pixels: np.ndarray) -> np.ndarray:
    return pixels


# EXIF orientation -> how the stored pixels are turned upright, and upright ones back, as views
_TURNS: dict[int, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    2: (np.fliplr, np.fliplr),
    3: (lambda a: np.rot90(a, 2), lambda a: np.rot90(a, 2)),
    4: (np.flipud, np.flipud),
    5: (lambda a: a.swapaxes(0, 1), lambda a: a.swapaxes(0, 1)),
    6: (lambda a: np.rot90(a, 3), lambda a: np.rot90(a, 1)),
    7: (lambda a: np.rot90(a, 2).swapaxes(0, 1), lambda a: np.rot90(a, 2).swapaxes(0, 1)),
    8: (lambda a: np.rot90(a, 1), lambda a: np.rot90(a, 3)),
}


class _Reader(io.BytesIO):
    """A file that gives up on crumbs: Pillow walks chunks and markers in Python, millions of them take a minute."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > _MAX_READS:
            raise OSError("too many small pieces")
        return super().read(size)


def read_file(path: Path) -> bytes:
    """A photo's file for `decode`; of one over `MAX_BYTES` just enough to be refused, for it may have gigabytes.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def decode(data: bytes, *, min_side: int | None = None) -> np.ndarray:
    """Decodes an untrusted photo.

    The format is found from the bytes, by an allow-list; a file's name is never believed. Of an animation the
    first frame is taken; transparency is laid on white; 16-bit grey is scaled to 8; EXIF orientation is applied.

    Args:
        data: the file, at most `MAX_BYTES`.
        min_side: if given, a JPEG may be decoded at 1/2, 1/4 or 1/8 scale (several times faster), as long as its
            shorter side stays at least this many pixels. Whatever it is, a photo that would grow the process by
            over 300 MB, about 40 million pixels, then comes at half its size: `MAX_SIDE` asks for every pixel within
            that.

    Returns:
        uint8 (height, width, 3), RGB, upright, C-contiguous.

    Raises:
        ImageError: no photo, damaged, of another format, or over the caps.
    """
    if not data:
        raise ImageError(f"The file is empty; expected a photo, {_ADVICE}.")
    if len(data) > MAX_BYTES:
        raise ImageError(f"The file has over {MAX_BYTES // 2**20} MB, the limit; make the photo smaller.")
    photo = _opened(data)
    _check_size(photo)
    _check_effort(photo, data)
    try:
        waiting_bytes = _waiting_bytes(photo, data)
        growth_bytes = photo.width * photo.height * _BYTES_A_PIXEL
        is_halved = min_side is not None and growth_bytes + waiting_bytes > _MAX_GROWTH_BYTES
        if waiting_bytes + growth_bytes / 4 > _MAX_GROWTH_BYTES:
            raise ImageError(_TOO_LARGE_IN_PASSES)
        if min_side is not None and photo.format in ("JPEG", "MPO"):
            scale = min_side / min(photo.size)
            scale = min(scale, 0.5) if is_halved else scale
            photo.draft("RGB", (max(1, int(photo.width * scale)), max(1, int(photo.height * scale))))
            is_halved = False
        if photo.format == "HEIF":
            return _from_heif(data, is_halved)
        photo.decodermaxblock = len(data)  # at once: in pieces, Pillow copies the whole rest of a bad file for each
        photo.load()
        return _rgb(photo.size, photo.crop, _turn(photo), is_halved)
    except ImageError:
        raise
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


def _check_size(photo: ImageFile.ImageFile) -> None:
    width, height = photo.size
    if width * height > MAX_PIXELS:
        raise ImageError(_TOO_MANY)
    most = _MAX_PIXELS_OF.get(photo.format or "", MAX_PIXELS)
    if width * height > most:
        raise ImageError(f"The photo has over {most // 1_000_000} million pixels, the limit for its format; {_ADVICE}.")
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"The photo is {width} x {height} pixels; send one with at least {MIN_SIDE} each way.")
    if max(width, height) > MAX_SIDE:
        raise ImageError(f"The photo is {width} x {height} pixels; send one with at most {MAX_SIDE:,} each way.")


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


def _waiting_bytes(photo: ImageFile.ImageFile, data: bytes) -> int:
    """What libjpeg holds of a photo in several passes until the last has come: two bytes for each coefficient."""
    if not isinstance(photo, JpegImagePlugin.JpegImageFile) or photo.fp is None:
        return 0
    parts_in_first_scan = data[photo.fp.tell() + 2]  # Pillow stops at the first scan, behind its marker
    if "progressive" not in photo.info and parts_in_first_scan >= photo.layers:
        return 0
    areas = [across * down for _, across, down, _ in photo.layer]
    return 2 * photo.width * photo.height * sum(areas) // max(areas)


def _turn(photo: Image.Image) -> int:
    """The EXIF orientation, 1 to 8."""
    try:
        orientation = photo.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # a photo with broken EXIF is still a photo
        return 1
    return orientation if orientation in _TURNS else 1


def _from_heif(data: bytes, is_halved: bool) -> np.ndarray:
    """Not by way of Pillow, which would hold it twice; libheif has turned it already."""
    stored = np.asarray(pillow_heif.open_heif(data, convert_hdr_to_8bit=True))
    height, width = stored.shape[:2]

    def cut(box: tuple[int, int, int, int]) -> Image.Image:
        left, top, right, bottom = box
        return Image.fromarray(np.ascontiguousarray(stored[top:bottom, left:right]))

    return _rgb((width, height), cut, 1, is_halved)


def _rgb(
    size_wh: tuple[int, int],
    cut: Callable[[tuple[int, int, int, int]], Image.Image],
    orientation: int,
    is_halved: bool,
) -> np.ndarray:
    """The photo in RGB and upright, put together in strips, for Pillow copies at each step."""
    width, height = size_wh
    factor = 2 if is_halved else 1
    stored_hw = -(-height // factor), -(-width // factor)
    turn, turn_back = _TURNS.get(orientation, (_as_it_is, _as_it_is))
    pixels = np.empty((*turn(np.empty(stored_hw, bool)).shape, 3), np.uint8)
    stored = turn_back(pixels)
    rows = max(factor, _STRIP_PIXELS // width // factor * factor)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        strip = cut((0, top, width, bottom))
        if strip.mode.startswith("I"):
            strip = Image.fromarray(np.clip(np.asarray(strip) >> 8, 0, 255).astype(np.uint8))
        if strip.has_transparency_data:
            white, strip = Image.new("RGB", strip.size, "white"), strip.convert("RGBA")
            white.paste(strip, mask=strip)
            strip = white
        strip = strip.convert("RGB")
        stored[top // factor : -(-bottom // factor)] = np.asarray(strip.reduce(factor) if is_halved else strip)
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
    return np.pad(inside, ((top - y1, y2 - bottom), (left - x1, x2 - right), (0, 0)), "edge")


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
    if shrunk_wh != (width, height):  # first, and alone: areas are averaged only if no side grows
        image = resampling.average(image, shrunk_wh)
    if shrunk_wh != (size, size):
        image = resampling.interpolate(image, (size, size))
    return np.array(image, order="C")


def encode_jpeg(image: np.ndarray, quality: int = 88) -> bytes:
    """RGB uint8 (H, W, 3) -> JPEG bytes."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
