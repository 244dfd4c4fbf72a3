"""Photos that are read right, whole or at reduced scale."""

import io
import struct
import time
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from tests.photos_for_tests import (
    FORMATS,
    SCENE,
    TURNED,
    assert_like,
    exif,
    png,
    saved,
    scene,
)
from vision import images
from vision.errors import ImageError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # pytest takes the filter of images.py away


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


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_photo_that_would_fill_memory_comes_upright_at_half_its_size(
    format_name: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(images, "_MAX_GROWTH_BYTES", 64 * 48 * 7 - 1)
    whole = saved(SCENE, format_name)
    assert_like(images.decode(whole, min_side=images.MAX_SIDE), scene(24, 32))
    assert images.decode(whole).shape == SCENE.shape, "only for those who say that it may be smaller"


@pytest.mark.parametrize("orientation", TURNED)
def test_a_turned_photo_is_halved_upright(orientation: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(images, "_MAX_GROWTH_BYTES", 64 * 48 * 7 - 1)
    data = saved(TURNED[orientation](SCENE), "PNG", exif=exif(orientation))
    assert_like(images.decode(data, min_side=images.MAX_SIDE), scene(24, 32))


def test_a_large_photo_in_passes_is_refused_when_its_passes_alone_fill_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(images, "_MAX_GROWTH_BYTES", 64 * 48 * 7)
    assert images.decode(saved(SCENE, "JPEG"), min_side=8).size
    with pytest.raises(ImageError, match="stored in passes"):
        images.decode(saved(SCENE, "JPEG", progressive=True, subsampling=0), min_side=8)


def test_of_a_file_over_the_limit_just_enough_is_read_to_be_refused(tmp_path: Path):
    path = tmp_path / "photo.bmp"
    path.write_bytes(saved(SCENE, "BMP"))
    assert images.read_file(path) == saved(SCENE, "BMP")
    with path.open("ab") as file:
        file.truncate(3 * 2**30)
    data = images.read_file(path)
    assert len(data) == images.MAX_BYTES + 1
    with pytest.raises(ImageError, match="over 20 MB"):
        images.decode(data)
