"""Hostile and damaged photos: refused in one sentence, quickly and without a jump in memory."""

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
import pytest
from PIL import Image, ImageFile

from tests.photos_for_tests import (
    FORMATS,
    SCENE,
    TURNED,
    chunk,
    exif,
    png,
    refusal,
    saved,
    scene,
)
from vision import images
from vision.errors import ImageError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # pytest takes the filter of images.py away


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
    "over 20 MB": (lambda: saved(SCENE, "JPEG") + bytes(20 * 2**20), "has over 20 MB, the limit"),
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
sys.path.insert(0, ".")
import numpy as np
from tests.images.test_refused import REFUSED, SCENE, saved, images, ImageError
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
    root = Path(__file__).parents[2]
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
