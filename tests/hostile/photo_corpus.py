"""Over a thousand damaged and malicious photos, drawn anew from a fixed seed; none of them is kept as a file."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
import pillow_heif
from PIL import Image, PngImagePlugin

from tests.hostile.mutations import mutated
from tests.hostile.trial import HostileFile
from tests.photos_for_tests import FORMATS, SCENE, chunk, exif, png, saved, scene
from vision import images

SEED = 2026
MUTATIONS_A_SEED = 44
SIDE_OF_MOST = 7071  # the largest square within the caps


def photos() -> Iterator[HostileFile]:
    """All of them, always the same and in the same order, one at a time."""
    yield from _mutations()
    yield from (HostileFile(name, data) for name, data in _made())


def _mutations() -> Iterator[HostileFile]:
    chance = random.Random(SEED)
    for seed_name, seed in _seeds().items():
        for number in range(MUTATIONS_A_SEED):
            how, data = mutated(seed, chance)
            yield HostileFile(f"{seed_name} {number}: {how}", data)


def _seeds() -> dict[str, bytes]:
    small = Image.fromarray(SCENE)
    noise = np.random.default_rng(SEED).integers(0, 256, (48, 64, 3), np.uint8)
    seeds = {name: saved(SCENE, name) for name in FORMATS}
    seeds |= {f"{name} with noise": saved(noise, name) for name in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")}
    seeds |= {f"{name} with EXIF": saved(SCENE, name, exif=exif(6)) for name in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")}
    seeds |= {
        "progressive JPEG": saved(noise, "JPEG", progressive=True),
        "CMYK JPEG": saved(small.convert("CMYK"), "JPEG"),
        "palette PNG": saved(small.quantize(8), "PNG", transparency=3),
        "16-bit PNG": saved(Image.fromarray(noise[..., 0].astype(np.uint16) * 257), "PNG"),
        "lossless WebP": saved(noise, "WEBP", lossless=True),
        "moving WebP": saved(small, "WEBP", save_all=True, append_images=[small.rotate(90)]),
        "moving GIF": saved(small.quantize(8), "GIF", save_all=True, append_images=[small.rotate(90).quantize(8)]),
        "moving PNG": saved(small, "PNG", save_all=True, append_images=[small.rotate(90)]),
    }
    return seeds


def _made() -> Iterator[tuple[str, bytes]]:
    yield from _polyglots()
    yield from _exif_attacks()
    yield from _many_frames()
    yield from _sizes_that_lie()
    yield from _headers_that_lie()
    yield from _bombs()


def _polyglots() -> Iterator[tuple[str, bytes]]:
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/passwd"/></svg>'
    jpeg, picture, gif = saved(SCENE, "JPEG"), saved(SCENE, "PNG"), saved(Image.fromarray(SCENE).quantize(8), "GIF")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("../../outside.txt", "outside")
    yield "JPEG that is a zip too", jpeg + archive.getvalue()
    yield "zip that is a JPEG too", archive.getvalue() + jpeg
    yield "PNG that is a web page too", picture + page
    yield "PNG with a web page inside", picture[:33] + chunk(b"tEXt", b"Comment\0" + page) + picture[33:]
    yield "GIF that is a script too", gif[:6] + b"/*" + gif[8:] + b"*/=1;alert(1)"
    yield (
        "JPEG with a script as its comment",
        jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(page) + 2) + page + jpeg[2:],
    )
    yield "web page that is called a photo", page
    yield "SVG that is called a photo", svg
    yield (
        "SVG of a billion laughs",
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (i + 1, i, i, i, i) for i in range(ord("a"), ord("y")))
        + b"]><svg>&y;</svg>",
    )
    yield "PDF before a JPEG", b"%PDF-1.7\n" + jpeg
    yield "PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n"
    yield "program", b"\x7fELF" + bytes(200)
    yield "ImageMagick script", b'push graphic-context\nfill "url(https://127.0.0.1/x.jpg"|ls "-la)"\n'
    yield "pickle", b"\x80\x04cposix\nsystem\n(S'touch outside'\ntR."
    yield "playlist", b"#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n"
    yield "HEIF brand on a JPEG", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + jpeg


def _exif_attacks() -> Iterator[tuple[str, bytes]]:
    def entry(tag: int, kind: int, count: int, value: int) -> bytes:
        return struct.pack("<HHII", tag, kind, count, value)

    def folder(entries: list[bytes], following: int = 0) -> bytes:
        return struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", following)

    start = b"Exif\0\0II*\0\x08\0\0\0"
    nested = b"".join(folder([entry(0x8769, 4, 1, 8 + 18 * (depth + 1))]) for depth in range(3_000))
    attacks = {
        "that points at itself": folder([entry(0x8769, 4, 1, 8), entry(0x0112, 3, 1, 6)], 8),
        "in two circles": folder([entry(0x8769, 4, 1, 26)]) + folder([entry(0x8825, 4, 1, 8)], 26),
        "of 3,000 folders in one another": nested,
        "of 4,000 entries": folder([entry(0x0112, 3, 1, 6)] * 4_000),
        "of four billion values": folder([entry(0x0112, 3, 0xFFFFFFFF, 6)]),
        "with a place outside": folder([entry(0x010E, 2, 0x7FFFFFFF, 0xFFFFFFF0)]),
        "with an orientation of text": folder([entry(0x0112, 2, 4, 0x41414141)]),
        "with an orientation of 255": folder([entry(0x0112, 3, 1, 255)]),
        "with a fraction by zero": folder([entry(0x0112, 5, 1, 26)]) + bytes(8),
        "with a maker's note of rubbish": folder([entry(0x927C, 7, 60_000, 26)]) + b"\xff" * 60_000,
        "with a thumbnail outside": folder([entry(0x0112, 3, 1, 1)], 26)
        + folder([entry(0x0201, 4, 1, 0xFFFFFF), entry(0x0202, 4, 1, 0xFFFFFF)]),
    }
    for name, body in attacks.items():
        block = (start + body)[:65_000]
        jpeg = saved(SCENE, "JPEG")
        yield f"JPEG and EXIF {name}", jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + jpeg[2:]
        picture = saved(SCENE, "PNG")
        yield f"PNG and EXIF {name}", picture[:33] + chunk(b"eXIf", block[6:]) + picture[33:]
        yield f"WebP and EXIF {name}", saved(SCENE, "WEBP", exif=block)
    for name, profile in {"rubbish": b"\xff" * 5_000, "a header alone": bytes(36) + b"acsp" + bytes(88)}.items():
        yield f"JPEG and colour profile of {name}", saved(SCENE, "JPEG", icc_profile=profile)
        yield f"PNG and colour profile of {name}", saved(SCENE, "PNG", icc_profile=profile)
        yield f"AVIF and colour profile of {name}", saved(SCENE, "AVIF", icc_profile=profile)
    vast = chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(10**8), 9))
    yield "PNG and a colour profile of 100 MB", png(9, 9, bytes(28 * 9), before=vast)
    text = PngImagePlugin.PngInfo()
    for number in range(2_000):
        text.add_itxt(f"k{number}", "\u202e<script>" * 9)
    yield "PNG of 2,000 texts", saved(SCENE, "PNG", pnginfo=text)


def _many_frames() -> Iterator[tuple[str, bytes]]:
    frames = [Image.new("P", (32, 32), number % 250) for number in range(3_000)]
    yield "GIF of 3,000 frames", saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    rgb = [Image.new("RGB", (32, 32), (number % 250, 9, number // 250)) for number in range(1_500)]
    yield "WebP of 1,500 frames", saved(rgb[0], "WEBP", save_all=True, append_images=rgb[1:])
    yield "PNG of 1,500 frames", saved(rgb[0], "PNG", save_all=True, append_images=rgb[1:])
    yield "AVIF of 200 frames", saved(rgb[0], "AVIF", save_all=True, append_images=rgb[1:200], speed=10)
    heif = pillow_heif.HeifFile()
    for frame in rgb[:100]:
        heif.add_from_pillow(frame)
    buffer = io.BytesIO()
    heif.save(buffer, quality=30)
    yield "HEIF of 100 photos", buffer.getvalue()


def _sizes_that_lie() -> Iterator[tuple[str, bytes]]:
    large = Image.new("RGB", (4_000, 4_000), (10, 90, 30))
    for format_name in ("AVIF", "HEIF"):
        coded = saved(large, format_name)
        at = coded.index(b"ispe") + 8
        for width, height in ((16, 16), (1, 1), (0, 0), (7_000, 7_000), (60_000, 60_000), (0xFFFFFFFF, 0xFFFFFFFF)):
            yield (
                f"{format_name} of 4000 x 4000 that declares {width} x {height}",
                coded[:at] + struct.pack(">II", width, height) + coded[at + 8 :],
            )


def _headers_that_lie() -> Iterator[tuple[str, bytes]]:
    gif = saved(Image.fromarray(SCENE).quantize(8), "GIF")
    yield "GIF of 65535 x 65535", gif[:6] + b"\xff" * 4 + gif[10:]
    for width, height in ((7_000, 7_000), (65_500, 700), (65_500, 65_500)):
        for format_name, marker in (("JPEG", b"\xff\xc0"),):
            data = saved(SCENE, format_name)
            at = data.index(marker) + 5
            yield (
                f"JPEG that declares {width} x {height}",
                data[:at] + struct.pack(">HH", height, width) + data[at + 4 :],
            )
    for width, height in ((7_000, 7_000), (0x7FFFFFFF, 1), (1, 0x7FFFFFFF), (0x7FFFFFFF, 0x7FFFFFFF), (50_000_000, 1)):
        yield f"PNG that declares {width} x {height}", png(width, height, bytes(193 * 64))
    for width, height in ((7_000, -7_000), (-1, 9), (0x7FFFFFFF, 9), (-0x80000000, -0x80000000)):
        bmp = saved(SCENE, "BMP")
        yield f"BMP that declares {width} x {height}", bmp[:18] + struct.pack("<ii", width, height) + bmp[26:]
    for words in (b"P6 99999999999999999999 9 255\n", b"P6 7000 7000 255\n", b"P6 -9 -9 255\n", b"P6 9 9 0\n"):
        yield f"PPM {words[3:-1].decode()}", words + bytes(300)


def _bombs() -> Iterator[tuple[str, bytes]]:
    """What is small as a file, within the caps or just above, and as large as can be once it is read."""
    side = SIDE_OF_MOST
    flat = Image.new("RGB", (side, side), (90, 120, 30))
    for format_name in ("JPEG", "PNG", "GIF", "AVIF", "HEIF"):
        picture = flat.quantize(2) if format_name == "GIF" else flat
        options = {"speed": 10} if format_name == "AVIF" else {}
        yield f"{format_name} of 50 million pixels", saved(picture, format_name, **options)
    yield "WebP of 50 million pixels", saved(flat, "WEBP", method=0)
    yield "progressive JPEG of 50 million pixels", saved(flat, "JPEG", progressive=True)
    yield "progressive JPEG of 50 million pixels in full colour", saved(flat, "JPEG", progressive=True, subsampling=0)
    for format_name, most in {"JPEG": 6_320, "PNG": 6_320, "HEIF": 6_320, "WEBP": 4_240, "AVIF": 5_650}.items():
        picture, options = flat.resize((most, most)), {"WEBP": {"method": 0}, "AVIF": {"speed": 10}}
        yield f"{format_name} as large as is read whole", saved(picture, format_name, **options.get(format_name, {}))
    for million in (21, 35):
        picture = flat.resize((int((million * 1e6) ** 0.5),) * 2)
        data = saved(picture, "JPEG", progressive=True, subsampling=0)
        yield f"progressive JPEG of {million} million pixels in full colour", data
        yield f"progressive CMYK of {million} million pixels", saved(picture.convert("CMYK"), "JPEG", progressive=True)
    yield "PNG of 40 million pixels with transparency", saved(flat.resize((6_320, 6_320)).convert("RGBA"), "PNG")
    yield "PNG of 50 million pixels with transparency", saved(flat.convert("RGBA"), "PNG")
    yield "PNG of 50 million grey pixels of 16 bits", png(side, side, bytes(side * (2 * side + 1)), depth=16, colour=0)
    yield "turned JPEG of 50 million pixels", saved(flat, "JPEG", exif=exif(6))
    yield "turned PNG of 50 million pixels", saved(flat, "PNG", exif=exif(6))
    yield "PNG of 30000 x 30000", png(30_000, 30_000, bytes(30_001 * 300), colour=0)
    yield "long thin PNG", saved(np.zeros((8, 6_000_000, 3), np.uint8), "PNG")
    yield "empty", b""
    yield "a byte", b"\xff"
    yield "over the limit", saved(scene(), "JPEG") + bytes(images.MAX_BYTES)
