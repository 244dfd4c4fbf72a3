"""A folder that appears only when whole, whoever else writes it, and whatever a killed process has left."""

import subprocess
import sys
from pathlib import Path

import pytest

from vision.datasets.workshop import whole_folder
from vision.errors import DatasetError

WRITE = """
import sys, time
from pathlib import Path
from vision.datasets.workshop import whole_folder
with whole_folder(Path(sys.argv[1])) as folder:
    (folder / "half.jpg").write_bytes(b"half")
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "data" / "photos"


def writing(target: Path) -> subprocess.Popen[bytes]:
    """A process in the middle of writing the folder."""
    process = subprocess.Popen([sys.executable, "-c", WRITE, str(target)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    return process


def test_two_never_write_one_folder(target: Path):
    with whole_folder(target) as folder:
        (folder / "a.jpg").write_bytes(b"a")
        with pytest.raises(DatasetError, match="is being written by another process"), whole_folder(target):
            pytest.fail("two are at it")
        assert (folder / "a.jpg").exists(), "the second has harmed nothing"
    assert [path.name for path in target.iterdir()] == ["a.jpg"]


def test_another_process_is_respected_while_it_lives_and_cleaned_up_after_when_killed(target: Path):
    process = writing(target)
    with pytest.raises(DatasetError, match="is being written by another process"), whole_folder(target):
        pytest.fail("two are at it")
    process.kill()
    process.wait()
    with whole_folder(target) as folder:
        assert list(folder.iterdir()) == []
        (folder / "a.jpg").write_bytes(b"a")
    assert [path.name for path in target.iterdir()] == ["a.jpg"]
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_that_appears_meanwhile_is_not_replaced(target: Path):
    with pytest.raises(DatasetError, match="exists already"), whole_folder(target):
        target.mkdir()
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_leaves_nothing(target: Path):
    with pytest.raises(KeyboardInterrupt), whole_folder(target) as folder:
        (folder / "a.jpg").write_bytes(b"a")
        raise KeyboardInterrupt
    assert list(target.parent.iterdir()) == []
