"""Photos that show none of the classes."""

from pathlib import Path

import numpy as np
import pytest

from tests.models_for_tests import write_class_folders
from vision.datasets.outliers import load_outliers
from vision.errors import DatasetError


def test_parts_come_from_anywhere_below_the_folder(tmp_path: Path):
    parts, unreadable = load_outliers(write_class_folders(tmp_path / "a" / "b").parent, 16, seed=0)
    assert unreadable == 0
    assert (parts.shape, parts.dtype) == ((9, 16, 16, 3), np.uint8)
    assert all(part.any() for part in parts)


def test_the_seed_decides_which_parts(tmp_path: Path):
    root = write_class_folders(tmp_path / "a", size_hw=(60, 90))
    first, again, other = (load_outliers(root, 16, seed=seed, limit=4)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert len(first) == 4
    assert not np.array_equal(first, other)


def test_an_unreadable_photo_is_left_out_and_counted(tmp_path: Path):
    root = write_class_folders(tmp_path / "a")
    next((root / "02").iterdir()).write_bytes(b"no photo")
    (root / "folder.jpg").mkdir()
    parts, unreadable = load_outliers(root, 16, seed=0)
    assert (len(parts), unreadable) == (8, 2)


def test_no_readable_photo_is_an_error(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(b"no photo")
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(DatasetError, match="holds no photos that can be read"):
            load_outliers(folder, 16, seed=0)
