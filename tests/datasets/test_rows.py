"""Rows on disk are those of the array, however they are asked for."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from vision.datasets.rows import Rows, header_of

ARRAY = np.random.default_rng(0).integers(0, 256, (23, 4, 5, 3)).astype(np.uint8)


@pytest.fixture(params=[np.uint8, np.float32])
def array(request: pytest.FixtureRequest) -> np.ndarray:
    return ARRAY.astype(request.param)


@pytest.fixture
def rows(tmp_path: Path, array: np.ndarray) -> Rows:
    np.save(tmp_path / "array.npy", array)
    return Rows(tmp_path / "array.npy")


@pytest.mark.parametrize(
    "index",
    [
        0,
        -1,
        np.int64(7),
        slice(None),
        slice(3, 9),
        slice(-4, None),
        slice(None, None, -2),
        slice(9, 3),
        [5, 5, 0],
        [],
        np.array([22, 0, -3]),
        np.array([[1, 2], [3, 4]]),
    ],
    ids=str,
)
def test_an_index_gives_what_it_gives_in_memory(rows: Rows, array: np.ndarray, index: object):
    found, expected = rows[index], array[np.array(index, int) if isinstance(index, list) else index]
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    np.testing.assert_array_equal(found, expected)


def test_shape_type_and_length_are_the_arrays(rows: Rows, array: np.ndarray):
    assert (rows.shape, rows.dtype, len(rows)) == (array.shape, array.dtype, len(array))
    np.testing.assert_array_equal(np.stack(list(rows)), array)


@pytest.mark.parametrize("index", [23, -24, [0, 23], np.zeros(23, bool), 1.5])
def test_what_is_no_row_is_refused(rows: Rows, index: object):
    with pytest.raises(IndexError):
        rows[index]


def test_what_is_read_can_be_changed_and_the_file_stays(rows: Rows, array: np.ndarray):
    rows[3][:] = 0
    rows[2:5][:] = 0
    np.testing.assert_array_equal(rows[:], array)


def test_a_deleted_file_is_read_to_the_end(rows: Rows, array: np.ndarray):
    rows.path.unlink()
    np.testing.assert_array_equal(rows[:], array)


def test_a_file_that_was_cut_off_is_told(tmp_path: Path):
    path = tmp_path / "array.npy"
    path.write_bytes(header_of(ARRAY.shape, ARRAY.dtype) + ARRAY[:10].tobytes() + b"half")
    rows = Rows(path)
    np.testing.assert_array_equal(rows[:10], ARRAY[:10])
    for index in (10, slice(5, 12)):
        with pytest.raises(OSError, match="ends too early"):
            rows[index]


def test_numpy_reads_what_begins_with_our_header(tmp_path: Path):
    path = tmp_path / "array.npy"
    path.write_bytes(header_of(ARRAY.shape, ARRAY.dtype) + ARRAY.tobytes())
    np.testing.assert_array_equal(np.load(path), ARRAY)


def test_threads_share_it(rows: Rows, array: np.ndarray):
    order = np.random.default_rng(1).integers(0, len(array), 2000)
    with ThreadPoolExecutor(4) as pool:
        for row, found in zip(order, pool.map(rows.__getitem__, order), strict=True):
            np.testing.assert_array_equal(found, array[row])
