"""The cache: made once, gone on with, bounded, and shared by processes."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vision.datasets import row_cache
from vision.datasets.row_cache import RowsPlan, cached_rows, make_room
from vision.errors import DatasetError
from vision.jobs import Stopped, locked

ROOT = Path(__file__).resolve().parent.parent.parent
COUNT = 10
EXPECTED = np.repeat(np.arange(COUNT, dtype=np.float32)[:, None], 4, axis=1)


class Maker:
    """Makes rows that hold their own number, and remembers which."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def __call__(self, first: int, stop: int) -> tuple[np.ndarray, dict[int, str]]:
        self.made += range(first, stop)
        return EXPECTED[first:stop], {row: f"row {row} is odd" for row in range(first, stop) if row % 2}


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_cache, "CHUNK", 3)


def plan_of(path: Path, make: Callable[[int, int], tuple[np.ndarray, dict[int, str]]]) -> RowsPlan:
    return RowsPlan(path, EXPECTED.shape, EXPECTED.dtype, make)


def test_rows_are_made_once(tmp_path: Path):
    maker = Maker()
    for _ in range(2):
        rows, remarks = cached_rows(plan_of(tmp_path / "cache" / "a.npy", maker))
        np.testing.assert_array_equal(rows[:], EXPECTED)
        assert remarks == tuple(f"row {row} is odd" for row in (1, 3, 5, 7, 9))
    assert maker.made == list(range(COUNT))


@pytest.mark.parametrize("stop_at", [3, 6, 9, 10])
def test_what_was_stopped_is_gone_on_with(tmp_path: Path, stop_at: int):
    def stop(done: int, total: int) -> None:
        assert total == COUNT
        if done == stop_at:
            raise Stopped

    path, maker = tmp_path / "a.npy", Maker()
    with pytest.raises(Stopped):
        cached_rows(plan_of(path, maker), stop)
    assert not path.exists()
    rows, remarks = cached_rows(plan_of(path, maker))
    np.testing.assert_array_equal(rows[:], EXPECTED)
    assert maker.made == list(range(COUNT))
    assert len(remarks) == 5


@pytest.mark.parametrize("left", [0, 5, 127, 128, 130, 128 + 16 * 4, 128 + 16 * 4 + 9])
def test_what_a_kill_cut_off_anywhere_is_mended(tmp_path: Path, left: int):
    """The header has 128 bytes, a row 16."""

    def stop(done: int, total: int) -> None:
        if done == 6:
            raise Stopped

    path = tmp_path / "a.npy"
    with pytest.raises(Stopped):
        cached_rows(plan_of(path, Maker()), stop)
    partial = path.with_suffix(".partial")
    os.truncate(partial, left)
    maker = Maker()
    rows, remarks = cached_rows(plan_of(path, maker))
    np.testing.assert_array_equal(rows[:], EXPECTED)
    assert maker.made[0] == max(0, left - 128) // 16
    assert len(remarks) == 5
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "a.npy"]


def test_what_was_used_longest_ago_goes_first(tmp_path: Path):
    size = 128 + EXPECTED.nbytes
    plans = [plan_of(tmp_path / f"{name}.npy", Maker()) for name in "abcd"]
    for age, plan in enumerate(plans[:3]):
        cached_rows(plan)
        os.utime(plan.path, (1000 + age, 1000 + age))
    cached_rows(plans[0])  # "a" is used again: now "b" is the oldest
    cached_rows(plans[3], limit_bytes=3 * size)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{n}.{s}" for n in "acd" for s in ("json", "npy")]
    total = sum(path.stat().st_size for path in tmp_path.glob("*.npy"))
    assert total <= 3 * size


def test_what_is_open_is_read_to_the_end_though_it_had_to_go(tmp_path: Path):
    rows, _ = cached_rows(plan_of(tmp_path / "a.npy", Maker()))
    cached_rows(plan_of(tmp_path / "b.npy", Maker()), limit_bytes=1)
    assert [path.name for path in tmp_path.glob("*.npy")] == ["b.npy"]
    np.testing.assert_array_equal(rows[:], EXPECTED)


def test_what_a_killed_process_left_goes_too_but_not_what_is_being_made(tmp_path: Path):
    left, being_made = tmp_path / "left.partial", tmp_path / "made.partial"
    left.write_bytes(b"x" * 5000)
    being_made.write_bytes(b"x" * 5000)
    with locked(being_made):
        make_room(tmp_path, 100, limit_bytes=1000)
    assert being_made.exists() and not left.exists()


def test_a_full_disk_is_told_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    usage = row_cache.shutil.disk_usage(tmp_path)._replace(free=100)
    monkeypatch.setattr(row_cache.shutil, "disk_usage", lambda _: usage)
    maker = Maker()
    with pytest.raises(DatasetError, match="free some space"):
        cached_rows(plan_of(tmp_path / "a.npy", maker))
    assert maker.made == []


def test_another_call_for_the_same_waits_and_makes_nothing(tmp_path: Path):
    maker, begun, go_on = Maker(), threading.Event(), threading.Event()

    def slow(first: int, stop: int) -> tuple[np.ndarray, dict[int, str]]:
        begun.set()
        assert go_on.wait(20)
        return maker(first, stop)

    path, found = tmp_path / "a.npy", []
    first = threading.Thread(target=lambda: found.append(cached_rows(plan_of(path, slow))))
    first.start()
    assert begun.wait(20)
    waited: list[int] = []

    def waiting(done: int, total: int) -> None:
        waited.append(done)
        go_on.set()

    rows, remarks = cached_rows(plan_of(path, maker), waiting)
    first.join()
    assert waited and set(waited) == {0}
    assert maker.made == list(range(COUNT))
    np.testing.assert_array_equal(rows[:], found[0][0][:])
    assert remarks == found[0][1]


def test_one_that_waits_can_be_stopped(tmp_path: Path):
    def stop(done: int, total: int) -> None:
        raise Stopped

    plan = plan_of(tmp_path / "a.npy", Maker())
    with locked(plan.partial_path), pytest.raises(Stopped):
        cached_rows(plan, stop)


KILLED = """
import sys, time
from pathlib import Path
import numpy as np
from vision.datasets import row_cache
row_cache.CHUNK = 3
def make(first, stop):
    if first == 6:
        print("at six", flush=True)
        time.sleep(60)
    return np.repeat(np.arange(first, stop, dtype=np.float32)[:, None], 4, axis=1), {}
row_cache.cached_rows(row_cache.RowsPlan(Path(sys.argv[1]), (10, 4), np.dtype(np.float32), make))
"""


def test_a_killed_process_blocks_nobody_and_its_work_is_kept(tmp_path: Path):
    path = tmp_path / "a.npy"
    with subprocess.Popen([sys.executable, "-c", KILLED, path], cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdout.readline() == "at six\n"
        child.kill()
    maker, began = Maker(), time.monotonic()
    rows, _ = cached_rows(plan_of(path, maker))
    assert time.monotonic() - began < 5
    assert maker.made == [6, 7, 8, 9]
    np.testing.assert_array_equal(rows[:], EXPECTED)
