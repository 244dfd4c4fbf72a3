"""The cache of resized photos: true, and never half of one."""

import os
from pathlib import Path

import numpy as np
import pytest

from tests.models_for_tests import draw_square, write_class_folders
from vision import images
from vision.datasets import pixels as pixels_module
from vision.datasets import row_cache
from vision.datasets.class_folders import read_class_folders
from vision.datasets.pixels import load_pixels
from vision.jobs import Stopped

SIZE = 24


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, ...]:
    root = write_class_folders(tmp_path / "data", per_class=4, size_hw=(60, 110), suffix=".jpg")
    return read_class_folders(root).files


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The photos that were decoded since."""
    calls: list[bytes] = []
    decode = images.decode

    def watched_decode(data: bytes, **options: int) -> np.ndarray:
        calls.append(data)
        return decode(data, **options)

    monkeypatch.setattr(pixels_module.images, "decode", watched_decode)
    return calls


@pytest.mark.parametrize("rule", images.RESIZE_RULES)
def test_rows_are_the_photos_as_serving_sees_them(files: tuple[Path, ...], cache: Path, rule: str):
    pixels, unreadable = load_pixels(files, SIZE, rule, cache)
    expected = [images.resize(images.decode(f.read_bytes(), min_side=2 * SIZE), SIZE, rule) for f in files]
    np.testing.assert_array_equal(pixels[:], expected)
    assert (pixels.dtype, unreadable) == (np.uint8, {})


def test_a_second_call_decodes_nothing(files: tuple[Path, ...], cache: Path, decoded: list[bytes]):
    first, _ = load_pixels(files, SIZE, "stretch", cache)
    assert len(decoded) == len(files)
    second, _ = load_pixels(files, SIZE, "stretch", cache)
    assert len(decoded) == len(files)
    np.testing.assert_array_equal(first[:], second[:])


def test_another_size_rule_or_order_is_another_array(files: tuple[Path, ...], cache: Path):
    arrays = [
        load_pixels(files, SIZE, "stretch", cache)[0],
        load_pixels(files, SIZE, "center_crop", cache)[0],
        load_pixels(files, 16, "stretch", cache)[0],
        load_pixels(files[::-1], SIZE, "stretch", cache)[0],
        load_pixels(files[:-1], SIZE, "stretch", cache)[0],
    ]
    assert len(list(cache.glob("*.npy"))) == len(arrays)
    np.testing.assert_array_equal(arrays[3][:], arrays[0][::-1])


def test_a_changed_photo_is_read_anew(files: tuple[Path, ...], cache: Path):
    before, _ = load_pixels(files, SIZE, "stretch", cache)
    files[0].write_bytes(images.encode_jpeg(draw_square(2, 99, (60, 110))))
    after, _ = load_pixels(files, SIZE, "stretch", cache)
    assert not np.array_equal(before[0], after[0])
    np.testing.assert_array_equal(before[1:], after[1:])


def test_an_unreadable_photo_is_reported_each_time(files: tuple[Path, ...], cache: Path, decoded: list[bytes]):
    files[1].write_bytes(b"no photo")
    files[5].write_bytes(files[5].read_bytes()[:300])
    for _ in range(2):
        pixels, unreadable = load_pixels(files, SIZE, "stretch", cache)
        assert {row: line.split(":")[0] for row, line in unreadable.items()} == {
            row: f"{files[row].parent.name}/{files[row].name}" for row in (1, 5)
        }
        assert [row for row in range(len(files)) if not pixels[row].any()] == [1, 5]
    assert len(decoded) == len(files)


def test_a_photo_that_may_not_be_read_is_reported(
    files: tuple[Path, ...], cache: Path, monkeypatch: pytest.MonkeyPatch
):
    read_file = images.read_file

    def refused(path: Path) -> bytes:
        if path == files[2]:
            raise PermissionError(13, "Permission denied")
        return read_file(path)

    monkeypatch.setattr(images, "read_file", refused)
    _, unreadable = load_pixels(files, SIZE, "stretch", cache)
    assert list(unreadable) == [2] and "Permission denied" in unreadable[2]


@pytest.mark.parametrize("moment", ["decoding", "telling", "writing the notes", "naming the array"])
def test_an_interrupted_array_is_not_taken_for_a_finished_one(
    files: tuple[Path, ...], cache: Path, monkeypatch: pytest.MonkeyPatch, moment: str
):
    files[1].write_bytes(b"no photo")

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    def stop_at_array(path: Path, target: Path):
        if target.suffix == ".npy":
            raise KeyboardInterrupt
        os.replace(path, target)  # noqa: PTH105 - Path.replace is what is patched

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        if moment == "decoding":
            patched.setattr(pixels_module.images, "resize", stop)
        elif moment == "writing the notes":
            patched.setattr(row_cache.json, "dumps", stop)
        elif moment == "naming the array":
            patched.setattr(Path, "replace", stop_at_array)
        load_pixels(files, SIZE, "stretch", cache, stop if moment == "telling" else None)
    assert not list(cache.glob("*.npy"))
    pixels, unreadable = load_pixels(files, SIZE, "stretch", cache)
    assert [bool(row.any()) for row in pixels] == [row != 1 for row in range(len(files))]
    assert len(unreadable) == 1
    assert {path.suffix for path in cache.iterdir()} == {".npy", ".notes"}


def test_what_a_killed_process_left_is_gone_on_with(
    tmp_path: Path, cache: Path, decoded: list[bytes], monkeypatch: pytest.MonkeyPatch
):
    """Also where the last row was cut in two, and with what could not be read before."""
    monkeypatch.setattr(row_cache, "CHUNK", 4)
    files = read_class_folders(write_class_folders(tmp_path / "data", per_class=4)).files
    files[1].write_bytes(b"no photo")
    expected, all_unreadable = load_pixels(files, SIZE, "stretch", tmp_path / "whole")
    decoded.clear()

    def killed(done: int, total: int):
        if done == 8:
            raise Stopped

    with pytest.raises(Stopped):
        load_pixels(files, SIZE, "stretch", cache, killed)
    (partial,) = cache.glob("*.partial")
    with partial.open("r+b") as file:
        file.truncate(partial.stat().st_size - 100)
    decoded.clear()
    pixels, unreadable = load_pixels(files, SIZE, "stretch", cache)
    assert len(decoded) == len(files) - 7
    np.testing.assert_array_equal(pixels[:], expected[:])
    assert unreadable == all_unreadable and len(unreadable) == 1


def test_progress_is_told_to_the_end(tmp_path: Path, cache: Path):
    photo = tmp_path / "a.png"
    photo.write_bytes(images.encode_jpeg(draw_square(0, 0)))
    told: list[tuple[int, int]] = []
    load_pixels([photo] * 200, 8, "stretch", cache, lambda done, total: told.append((done, total)))
    assert told == [(64, 200), (128, 200), (192, 200), (200, 200)]
