"""Over a thousand hostile photos: none crashes the reader, holds it up, fills memory or writes anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.photo_corpus import photos
from tests.hostile.photo_trial import MOST_S
from tests.hostile.tracks import files_below

ROOT = Path(__file__).parents[2]
MOST_MB = 300
MOST_TIMES_HONEST = 2  # where the machine is too slow for MOST_S


@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="needs Linux to measure peaks")
def test_no_hostile_photo_crashes_hangs_grows_or_leaves_anything(tmp_path: Path):
    corpus, home = tmp_path / "corpus", tmp_path / "home"
    corpus.mkdir()
    home.mkdir()
    names = {}
    for number, photo in enumerate(photos()):
        file = f"{number:05d}"
        names[file] = photo.name
        (corpus / file).write_bytes(photo.data)
    assert len(names) >= 1_000 and len(set(names.values())) == len(names)

    environment = {"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment["MALLOC_MMAP_THRESHOLD_"] = "1000000"  # what is large goes back to the system, and shows when it comes
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.photo_trial", str(corpus)],
        cwd=home, env=os.environ | environment, capture_output=True, text=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    last = names.get(lines[-1].get("begins", ""), "the end") if lines else "the start"
    assert done.returncode == 0, f"ended with {done.returncode} at {last}: {done.stderr[-2000:]}"
    taken = [{**row, "name": names[row["name"]]} for row in lines if "outcome" in row]
    assert len(taken) == 2 * len(names)
    assert [row for row in taken if row["seconds"] > max(MOST_S, MOST_TIMES_HONEST * row["honest_seconds"])] == []
    assert [row for row in taken if row["megabytes"] > MOST_MB] == []
    assert files_below(home) == []
    assert any(row["outcome"].endswith(".") for row in taken) and any(" x " in row["outcome"] for row in taken)


def test_the_corpus_is_the_same_each_time():
    first, second = photos(), photos()
    assert [next(first) for _ in range(200)] == [next(second) for _ in range(200)]
