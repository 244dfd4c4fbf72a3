"""Photos of strangers: read right, or refused in one sentence, quickly and without a jump in memory."""

import io
import os
import random
import struct
import subprocess
import sys
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image, ImageCms, ImageFile

from vision import images
from vision.errors import ImageError
from vision.predictions import Box

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # pytest takes the filter of images.py away

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


# Read right


@pytest.mark.parametrize("format_name", FORMATS)
def test_each_format_is_read_with_its_colours(format_name: str):
    assert_like(images.decode(saved(SCENE, format_name)), SCENE)


@pytest.mark.parametrize("format_name", ["PNG", "BMP", "PPM"])
def test_lossless_formats_keep_every_pixel(format_name: str):
    picture = np.random.default_rng(0).integers(0, 256, (700, 33, 3), np.uint8)  # more rows than a strip
    np.testing.assert_array_equal(images.decode(saved(picture, format_name)), picture)


def test_the_bytes_decide_not_the_name():
    assert set(images.READABLE_SUFFIXES) >= {".jpg", ".png", ".webp", ".gif", ".bmp", ".ppm", ".heic", ".avif"}
    assert "TIFF" not in images.READABLE_FORMATS


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_comes_out_upright(format_name: str, orientation: int):
    stored = TURNED[orientation](SCENE)
    assert_like(images.decode(saved(stored, format_name, exif=exif(orientation))), SCENE)


def test_the_orientation_of_heic_is_applied_once():
    """libheif turns by the container's own note; the EXIF of the camera may still say the same, in any spelling."""
    data = saved(TURNED[6](SCENE), "HEIF", exif=exif(6))
    assert b"irot" in data
    untouched = pillow_heif.open_heif(io.BytesIO(data))
    assert untouched.size == (64, 48)  # turned by libheif
    assert_like(images.decode(data), SCENE)
    only_in_xmp = saved(SCENE, "HEIF", xmp=b'<a tiff:Orientation="1"/>').replace(b'tion="1"', b'tion="6"')
    assert_like(images.decode(only_in_xmp), SCENE)
    only_in_exif = saved(SCENE, "HEIF", exif=exif(1)).replace(b"\x01\x12\0\3\0\0\0\1\0\1", b"\x01\x12\0\3\0\0\0\1\0\6")
    assert b"\x01\x12\0\3\0\0\0\1\0\6" in only_in_exif
    assert_like(images.decode(only_in_exif), SCENE)


@pytest.mark.parametrize(
    "broken",
    [
        b"Exif\0\0",
        b"Exif\0\0II",
        b"Exif\0\0garbage that is no TIFF header",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\x03\xe7\0\0\0\0\0\0",  # orientation 999
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x0b\0\0\0\x01\x7f\x80\0\0\0\0\0\0",  # orientation infinite
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x04six\0\0\0\0\0",  # orientation in words
        b"Exif\0\0II*\0\x08\0\0\0\x88\x13" + b"".join(struct.pack("<HHLL", i, 1, 60000, 2) for i in range(5000)),
    ],
)
@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_does_not_spoil_a_photo(format_name: str, broken: bytes):
    assert_like(images.decode(saved(SCENE, format_name, exif=broken)), SCENE)


def test_of_an_animation_the_first_frame_is_taken():
    first, second = Image.fromarray(SCENE), Image.new("RGB", (64, 48), "black")
    for format_name in ("GIF", "PNG", "WEBP", "AVIF"):
        data = saved(first, format_name, save_all=True, append_images=[second, second], duration=50)
        with Image.open(io.BytesIO(data)) as animation:
            assert getattr(animation, "n_frames", 1) > 1
        assert_like(images.decode(data), SCENE)


def test_of_a_phones_two_picture_jpeg_the_first_is_taken():
    data = saved(SCENE, "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48), "black")], exif=exif(1))
    assert b"MPF\0" in data
    assert_like(images.decode(data), SCENE)
    assert images.decode(data, min_side=12).shape == (12, 16, 3)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_modes_without_transparency_are_read(mode: str):
    picture = Image.fromarray(SCENE).convert(mode, dither=Image.Dither.NONE)
    assert_like(images.decode(saved(picture, "PNG")), np.asarray(picture.convert("RGB")), tolerance=0)


@pytest.mark.parametrize("format_name", ["PNG", "WEBP", "AVIF", "HEIF"])
def test_transparency_is_laid_on_white(format_name: str):
    alpha = np.zeros((48, 64, 1), np.uint8)
    alpha[:, 16:], alpha[:, 48:] = 128, 255
    expected = np.rint(SCENE * (alpha / 255) + 255 * (1 - alpha / 255))
    assert_like(images.decode(saved(np.dstack([SCENE, alpha]), format_name)), expected)


def test_grey_with_alpha_is_laid_on_white():
    picture = np.dstack([np.full((20, 20), 100, np.uint8), np.repeat([[0], [255]], 10, 0).repeat(20, 1)])
    result = images.decode(saved(Image.fromarray(picture.astype(np.uint8), "LA"), "PNG"))
    assert (result[:10] == 255).all() and (result[10:] == 100).all()


@pytest.mark.parametrize("format_name", ["PNG", "GIF"])
def test_a_transparent_palette_colour_is_laid_on_white(format_name: str):
    palette = Image.fromarray(np.arange(400, dtype=np.uint8).reshape(20, 20) // 100, "P")
    palette.putpalette([10, 20, 30, 200, 0, 0, 0, 200, 0, 0, 0, 200])
    result = images.decode(saved(palette, format_name, transparency=1))
    indices = np.asarray(palette)
    assert (result[indices == 1] == 255).all()
    assert (result[indices == 0] == (10, 20, 30)).all() and (result[indices == 2] == (0, 200, 0)).all()


def test_a_palette_with_half_transparent_colours_is_blended():
    palette = Image.new("P", (16, 16), 1)
    palette.putpalette([0, 0, 0, 200, 100, 0])
    result = images.decode(saved(palette, "PNG", transparency=bytes([0, 128])))
    assert np.abs(result.astype(int) - (227, 177, 127)).max() <= 1


@pytest.mark.parametrize("format_name", ["PNG", "PPM"])
def test_16_bit_grey_is_scaled_to_8(format_name: str):
    values = np.linspace(0, 65535, 600, dtype=np.uint16).reshape(20, 30)
    result = images.decode(saved(Image.fromarray(values), format_name))
    np.testing.assert_array_equal(result, np.repeat((values >> 8)[..., None], 3, 2))


def test_16_bit_grey_is_turned_upright():
    values = np.linspace(0, 65535, 600, dtype=np.uint16).reshape(20, 30)
    data = saved(Image.fromarray(np.ascontiguousarray(TURNED[6](values))), "PNG", exif=exif(6))
    np.testing.assert_array_equal(images.decode(data)[..., 0], values >> 8)


@pytest.mark.parametrize(("colour", "channels"), [(2, 3), (6, 4), (4, 2)])
def test_16_bit_colour_and_alpha_png_is_scaled_to_8(colour: int, channels: int):
    pixel = struct.pack(">HHHH", 0x3412, 0x80FF, 0xC001, 0xFFFF)
    pixel = pixel[:6] if channels == 3 else pixel if channels == 4 else pixel[:2] + pixel[6:]
    result = images.decode(png(16, 9, (b"\0" + pixel * 16) * 9, depth=16, colour=colour))
    expected = (0x34, 0x34, 0x34) if channels == 2 else (0x34, 0x80, 0xC0)
    assert np.abs(result.astype(int) - expected).max() <= 1


def test_cmyk_jpeg_as_photoshop_writes_it_is_not_a_negative():
    cmyk = Image.fromarray(SCENE).convert("CMYK")
    data = saved(cmyk, "JPEG")
    assert b"Adobe" in data  # inverted, as Adobe's marker says
    assert_like(images.decode(data), SCENE)
    assert_like(images.decode(data, min_side=24), scene(24, 32))


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}])
def test_kinds_of_jpeg_are_read(options: dict[str, object]):
    assert_like(images.decode(saved(SCENE, "JPEG", **options)), SCENE)


def test_a_grey_jpeg_and_one_with_a_colour_profile_are_read():
    grey = np.asarray(Image.fromarray(SCENE).convert("L"))
    assert_like(images.decode(saved(grey, "JPEG")), np.repeat(grey[..., None], 3, 2))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert_like(images.decode(saved(SCENE, "JPEG", icc_profile=profile)), SCENE)


def test_a_panorama_of_30000_by_20_is_read():
    wide = np.repeat(np.linspace(0, 255, 30000).astype(np.uint8)[None, :, None], 20, 0).repeat(3, 2)
    assert_like(images.decode(saved(wide, "PNG")), wide, tolerance=0)
    assert images.decode(saved(wide, "JPEG"), min_side=10).shape == (10, 15000, 3)


# Reduced decode


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_12_megapixel_jpeg_is_decoded_reduced_upright_and_in_its_colours(orientation: int):
    picture = scene(3000, 4000)
    data = saved(TURNED[orientation](picture), "JPEG", exif=exif(orientation))
    started = time.thread_time()
    small = images.decode(data, min_side=192)
    small_s = time.thread_time() - started
    full = images.decode(data)
    full_s = time.thread_time() - started - small_s
    assert full.shape == (3000, 4000, 3) and small.shape == (375, 500, 3)
    assert small_s < full_s / 2
    np.testing.assert_allclose(small.mean((0, 1)), full.mean((0, 1)), atol=1)
    assert_like(small, scene(375, 500), tolerance=2)


@pytest.mark.parametrize(
    ("min_side", "height"), [(375, 375), (376, 750), (750, 750), (751, 1500), (2000, 3000), (9999, 3000), (0, 375)]
)
def test_the_shorter_side_stays_at_least_min_side(min_side: int, height: int):
    data = saved(np.zeros((3000, 3001, 3), np.uint8), "JPEG")
    assert images.decode(data, min_side=min_side).shape == (height, -(-3001 * height // 3000), 3)


def test_min_side_leaves_other_formats_at_full_size():
    for format_name in ("PNG", "WEBP", "GIF", "HEIF", "AVIF"):
        assert images.decode(saved(SCENE, format_name), min_side=8).shape == SCENE.shape
    with_thumbnail = saved(scene(480, 640), "HEIF", thumbnails=[64])
    assert images.decode(with_thumbnail, min_side=8).shape == (480, 640, 3)


# Refused


def zip_archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("photo.jpg", saved(SCENE, "JPEG"))
    return buffer.getvalue()


def gif_header() -> bytes:
    return saved(Image.fromarray(SCENE).quantize(16), "GIF")[:61]  # into the first frame


def bmp_rle(body: bytes) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, 3000, 3000, 1, 8, 1, len(body), 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 0, 0, 0, 1078) + header + bytes(1024) + body


def jpeg_claiming(width: int, height: int, **options: object) -> bytes:
    data = saved(SCENE, "JPEG", **options)
    at = data.index(b"\xff\xc2" if options else b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def jpeg_of_many_scans(count: int) -> bytes:
    data = saved(np.full((2000, 2000, 3), 90, np.uint8), "JPEG", progressive=True)
    last_scan = data[data.rindex(b"\xff\xc4", 0, data.rindex(b"\xff\xda")) : -2]
    return data[:-2] + last_scan * count + data[-2:]


def with_a_crowd_after_the_start(data: bytes, start: int, crumb: bytes) -> bytes:
    return data[:start] + crumb * (19 * 2**20 // len(crumb)) + data[start:]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "over 20 MB": (lambda: saved(SCENE, "JPEG") + bytes(20 * 2**20), "21 MB, the limit is 20 MB"),
    "1x1": (lambda: saved(SCENE[:1, :1], "PNG"), "1 x 1 pixels"),
    "thin": (lambda: saved(np.zeros((2, 500, 3), np.uint8), "PNG"), "500 x 2 pixels"),
    "text": (lambda: b"just some words, nothing else\n" * 9, "not a photo"),
    "noise": (lambda: random.Random(1).randbytes(5000), "not a photo"),
    "web page": (lambda: b"<!DOCTYPE html><html><body><svg/></body></html>", "a web page"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG"),
    "svg with declaration": (lambda: b'\n<?xml version="1.0"?>\n<!-- x --><svg></svg>', "SVG"),
    "zip": (zip_archive, "zip"),
    "pdf": (lambda: b"%PDF-1.7\n1 0 obj", "PDF"),
    "tiff": (lambda: saved(SCENE, "TIFF"), "TIFF"),
    "ico": (lambda: saved(SCENE, "ICO"), "not a photo"),
    "jpeg 2000": (lambda: saved(SCENE, "JPEG2000"), "not a photo"),
    "start of a jpeg": (lambda: saved(SCENE, "JPEG")[:11], "damaged"),
    "png bomb": (lambda: png(30000, 30000, bytes(30001 * 300), colour=0), "50 million pixels"),
    "png just over": (lambda: png(7072, 7072, bytes(7073), colour=0), "50 million pixels"),
    "png that lies": (lambda: png(7000, 7000, bytes(193 * 64)), "damaged or incomplete"),
    "png of size 0": (lambda: png(0, 64, bytes(193)), "damaged"),
    "png with a vast zTXt": (
        lambda: png(9, 9, bytes(28 * 9), before=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8), 1))),
        "damaged",
    ),
    "png with a vast iTXt": (
        lambda: png(9, 9, bytes(28 * 9), before=chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(10**8), 1))),
        "damaged",
    ),
    "png of a million chunks": (
        lambda: with_a_crowd_after_the_start(saved(SCENE, "PNG"), 33, chunk(b"prVt", b"")),
        "damaged",
    ),
    "jpeg of a million markers": (
        lambda: with_a_crowd_after_the_start(saved(SCENE, "JPEG"), 2, b"\xff\xe5\0\2"),
        "damaged",
    ),
    "gif of a million comments": (
        lambda: gif_header()[:25] + with_a_crowd_after_the_start(b"!\xfe", 2, b"\1a"),
        "damaged",
    ),
    "gif of nothing": (lambda: gif_header()[:25] + b"\1" * 19 * 2**20, "damaged"),
    "gif of endless blocks": (lambda: gif_header() + b"\1" * 19 * 2**20, "damaged"),
    "bmp of runs": (lambda: bmp_rle(b"\0\0" * 9 * 2**20), "kind of BMP"),
    "ppm in words": (lambda: b"P3 1900 1800 255\n" + b"1 " * 9 * 2**20, "kind of PPM"),
    "ppm of 254 greys": (lambda: b"P6 2000 2000 254\n" + bytes(12_000_000), "kind of PPM"),
    "ppm that lies": (lambda: b"P6 7000 7000 255\n" + bytes(100), "damaged or incomplete"),
    "pfm": (lambda: saved(Image.new("F", (20, 20)), "PPM"), "kind of PPM"),
    "jpeg that lies": (lambda: jpeg_claiming(7000, 7000), "damaged or incomplete"),
    "progressive jpeg that lies": (lambda: jpeg_claiming(7000, 7000, progressive=True), "damaged or incomplete"),
    "jpeg of 60000 x 60000": (lambda: jpeg_claiming(60000, 60000), "50 million pixels"),
    "jpeg of endless passes": (lambda: jpeg_of_many_scans(20_000), "too many passes"),
    "webp of 13000 x 13000": (
        lambda: b"RIFF\x26\0\0\0WEBPVP8L\x11\0\0\0\x2f" + struct.pack("<I", 12999 | 12999 << 14) + bytes(12),
        "damaged|50 million pixels",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused_in_one_sentence_and_at_once(name: str):
    build, words = REFUSED[name]
    data = build()
    started = time.thread_time()
    message = refusal(data)
    first_s = time.thread_time() - started
    assert any(word in message for word in words.split("|")), message
    assert refusal(data, min_side=96) == message
    assert min(first_s, time.thread_time() - started - first_s) < 0.2


@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="needs Linux to measure peaks")
def test_refusing_takes_no_memory():
    """In a process of its own, so that what other tests have freed does not hide the growth."""
    script = """
import resource, sys
sys.path.insert(0, "tests")
import numpy as np
from test_images import REFUSED, SCENE, saved, images, ImageError
def peak_mb():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024
images.decode(saved(SCENE, "JPEG")), images.decode(saved(SCENE, "PNG"))
for name, (build, _) in REFUSED.items():
    data = build()
    open("/proc/self/clear_refs", "w").write("5")  # the peak starts anew
    before = peak_mb()
    try:
        images.decode(data)
    except ImageError:
        print(f"{peak_mb() - before:.1f} {name}")
"""
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    growth = [(float(line.split()[0]), line) for line in done.stdout.splitlines()]
    assert len(growth) == len(REFUSED)
    assert [line for megabytes, line in growth if megabytes >= 60] == []


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_truncated_photo_is_refused_or_whole(format_name: str):
    noise = np.random.default_rng(2).integers(0, 256, (60, 80, 3), np.uint8)
    noise[:8] = 128
    whole = saved(noise, format_name)
    expected = images.decode(whole)
    refused = 0
    for part in (*np.linspace(0.01, 0.99, 25), 1 - 2 / len(whole)):
        try:
            result = images.decode(whole[: int(len(whole) * part)])
        except ImageError:
            refused += 1
        else:
            np.testing.assert_array_equal(result, expected)  # only the trailer is missing
    assert refused >= 23


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}])
def test_a_truncated_jpeg_is_refused_at_reduced_scale_too(options: dict[str, object]):
    whole = saved(np.random.default_rng(2).integers(0, 256, (200, 300, 3), np.uint8), "JPEG", **options)
    for part in (0.2, 0.5, 0.8, 0.95):
        refusal(whole[: int(len(whole) * part)])
        refusal(whole[: int(len(whole) * part)], min_side=20)


def mutated(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = int(chance.random() ** 2 * len(data))
        piece = chance.choice(
            (b"", chance.randbytes(1), chance.randbytes(3), bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff")
        )
        data = data[:at] + piece + data[at + chance.choice((0, 1, len(piece), 16)) :]
    return data[: chance.randrange(len(data))] if chance.random() < 0.1 else data


def test_damaged_data_raises_nothing_but_image_error_and_never_hangs():
    chance = random.Random(20)
    small = Image.fromarray(SCENE)
    seeds = [saved(SCENE, format_name) for format_name in FORMATS]
    seeds += [saved(SCENE, format_name, exif=exif(6)) for format_name in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")]
    seeds += [
        saved(SCENE, "JPEG", progressive=True),
        saved(small.convert("CMYK"), "JPEG"),
        saved(small.quantize(8), "PNG", transparency=3),
        saved(small, "WEBP", save_all=True, append_images=[small.rotate(90)]),
        saved(small.quantize(8), "GIF", save_all=True, append_images=[small.rotate(90).quantize(8)]),
        bmp_rle(b"\x10\5\0\0" * 20),
    ]
    read = 0
    for turn in range(400):
        data = mutated(seeds[turn % len(seeds)], chance)
        started = time.thread_time()
        try:
            result = images.decode(data, min_side=chance.choice((None, 16)))
        except ImageError:
            pass
        else:
            assert result.ndim == 3 and result.shape[2] == 3
            read += 1
        assert time.thread_time() - started < 2
    assert 20 < read < 380


def test_eight_threads_read_what_one_reads():
    files = [saved(SCENE, format_name) for format_name in FORMATS] + [b"", b"no photo"]
    files += [saved(TURNED[6](scene(300, 200)), "JPEG", exif=exif(6)), saved(SCENE, "JPEG")[:300]]

    def outcome(data: bytes) -> bytes | str:
        try:
            return images.decode(data, min_side=40).tobytes()
        except ImageError as error:
            return str(error)

    alone = [outcome(data) for data in files]
    filters = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(outcome, files * 16))
    assert together == alone * 16
    assert list(warnings.filters) == filters


def test_pillow_is_left_strict():
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    assert Image.MAX_IMAGE_PIXELS is not None


# Crops


def test_a_crop_is_a_copy_of_the_rounded_box():
    picture = np.random.default_rng(3).integers(0, 256, (40, 60, 3), np.uint8)
    for box, part in [
        (Box(5, 6, 20, 30), picture[6:30, 5:20]),
        (Box(4.6, 6.4, 20.4, 29.6), picture[6:30, 5:20]),
        (Box(0, 0, 60, 40), picture),
    ]:
        result = images.crop(picture, box)
        np.testing.assert_array_equal(result, part)
        assert result.flags.c_contiguous and not np.shares_memory(result, picture)


@pytest.mark.parametrize(
    "box", [Box(-7, -3, 20, 30), Box(50, 30, 75, 47), Box(-5, -5, 65, 45), Box(10, -90, 12, 10), Box(59, 39, 70, 50)]
)
def test_outside_the_photo_a_crop_repeats_the_edge_pixels(box: Box):
    picture = np.random.default_rng(4).integers(0, 256, (40, 60, 3), np.uint8)
    rows = np.clip(np.arange(int(box.y1), int(box.y2)), 0, 39)
    columns = np.clip(np.arange(int(box.x1), int(box.x2)), 0, 59)
    np.testing.assert_array_equal(images.crop(picture, box), picture[np.ix_(rows, columns)])


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (Box(64, 0, 80, 20), "outside"),
        (Box(-20, 0, 0, 20), "outside"),
        (Box(10, 48, 20, 60), "outside"),
        (Box(1e9, 1e9, 2e9, 2e9), "outside"),
        (Box(10, 10, 10.3, 20), "outside"),
        (Box(30, 10, 20, 20), "outside"),
        (Box(-1e9, -1e9, 1e9, 1e9), "million pixels"),
        (Box(0, 0, 30000, 30000), "million pixels"),
        (Box(float("nan"), 0, 10, 10), "finite"),
        (Box(0, 0, float("inf"), 10), "finite"),
    ],
)
def test_a_box_without_photo_or_of_absurd_size_is_refused(box: Box, words: str):
    with pytest.raises(ImageError, match=words):
        images.crop(SCENE, box)


# Resizing


@pytest.mark.parametrize("rule", images.RESIZE_RULES)
def test_a_photo_of_the_right_size_stays_as_it_is(rule: str):
    picture = np.random.default_rng(5).integers(0, 256, (48, 48, 3), np.uint8)
    result = images.resize(picture, 48, rule)
    np.testing.assert_array_equal(result, picture)
    assert not np.shares_memory(result, picture)


@pytest.mark.parametrize("rule", images.RESIZE_RULES)
@pytest.mark.parametrize("shape", [(7, 7), (20, 3000), (500, 90), (96, 300), (1, 1), (1000, 1000)])
def test_the_result_is_square_and_keeps_a_plain_colour(rule: str, shape: tuple[int, int]):
    result = images.resize(np.full((*shape, 3), (9, 99, 199), np.uint8), 96, rule)
    assert result.shape == (96, 96, 3) and result.dtype == np.uint8 and result.flags.c_contiguous
    assert (result == (9, 99, 199)).all()


def test_shrinking_averages_areas():
    picture = np.random.default_rng(6).integers(0, 256, (128, 192, 3), np.uint8)
    blocks = picture.reshape(32, 4, 32, 6, 3).mean((1, 3))
    assert np.abs(images.resize(picture, 32, "stretch") - blocks).max() <= 0.5


def test_a_panorama_is_averaged_along_its_long_side():
    """Fine stripes become grey, though the short side has to grow."""
    stripes = np.zeros((20, 9600, 3), np.uint8)
    stripes[:, ::2] = 200
    assert (images.resize(stripes, 96, "stretch") == 100).all()
    assert (images.resize(stripes.swapaxes(0, 1), 96, "stretch") == 100).all()


def test_enlarging_is_smooth_and_stays_in_range():
    ramp = np.repeat(np.array([[0, 100, 200]], np.uint8), 3, 0)[..., None].repeat(3, 2)
    line = images.resize(ramp, 30, "stretch")[15, :, 0].astype(int)
    assert (np.diff(line) >= 0).all() and np.diff(line).max() <= 11
    assert (line[0], line[-1]) == (0, 200)


def test_center_crop_takes_the_middle_and_stretch_the_whole():
    picture = np.zeros((40, 100, 3), np.uint8)
    picture[:, :30] = (255, 0, 0)
    picture[:, 70:] = (0, 0, 255)
    middle = images.resize(picture, 20, "center_crop")
    assert (middle == 0).all()
    whole = images.resize(picture, 20, "stretch")
    assert (whole[:, :6] == (255, 0, 0)).all() and (whole[:, 14:] == (0, 0, 255)).all()


def test_an_unknown_rule_is_refused_with_the_known_ones():
    with pytest.raises(ImageError, match="stretch, center_crop"):
        images.resize(SCENE, 32, "squash")


def test_what_is_encoded_is_read_back():
    data = images.encode_jpeg(SCENE)
    assert data.startswith(b"\xff\xd8\xff")
    assert_like(images.decode(data), SCENE)
    assert_like(images.decode(images.encode_jpeg(SCENE[:, ::-1], 95)), SCENE[:, ::-1])
    assert len(images.encode_jpeg(SCENE, 30)) < len(data)
