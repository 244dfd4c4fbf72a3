"""An inspection in a process of its own: watched, stopped, killed, and out of date when the photos change."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.drawn_photos import save, sign
from vision.datasets.check_job import CHECKING, CheckFolder, check_folder_for
from vision.datasets.inspection import Inspection, inspect_folder
from vision.jobs import FAILED, FINISHED, INTERRUPTED, QUEUED, STOPPED, Busy, JobStatus
from vision.tasks import TASKS

SLOW = """
import sys, time
from pathlib import Path
from vision import images
from vision.datasets.check_job import CheckFolder
images.decode = lambda *arguments, **options: time.sleep(60)
CheckFolder(Path(sys.argv[1])).run()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number in (1, 14):
        for seed in range(3):
            save(sign(number, seed), tmp_path / "train" / f"{number:02d}" / f"{number:05d}_00000_{seed:05d}.jpg")
    return tmp_path / "train"


@pytest.fixture
def check(root: Path, tmp_path: Path) -> CheckFolder:
    return check_folder_for(root, cache_dir=tmp_path / "cache")


def wait(check: CheckFolder, *states: str) -> JobStatus:
    end = time.monotonic() + 60
    while (status := check.look()).state not in states:
        assert time.monotonic() < end, f"{status}: {check.log_path.read_text()}"
        time.sleep(0.05)
    return status


def found(check: CheckFolder) -> Inspection:
    inspection = check.inspection()
    assert inspection is not None
    return inspection


def test_a_process_of_its_own_finds_what_an_inspection_finds(check: CheckFolder, root: Path):
    assert check.look().state == INTERRUPTED
    assert check.inspection() is None
    check.start()
    assert wait(check, FINISHED, FAILED) == replace(check.look(), state=FINISHED, progress=1.0)
    assert found(check) == inspect_folder(root)


def test_equal_questions_share_a_folder_and_others_do_not(check: CheckFolder, root: Path, tmp_path: Path):
    cache = tmp_path / "cache"
    assert check_folder_for(root, cache_dir=cache).path == check.path
    assert check_folder_for(root / ".." / "train", cache_dir=cache).path == check.path
    others = {
        check_folder_for(root, root, cache).path,
        check_folder_for(root, None, cache, TASKS["traffic_signs"]).path,
        check_folder_for(root / "14", None, cache).path,
    }
    assert len(others) == 3 and check.path not in others
    assert check_folder_for(root, None, cache, TASKS["dog_breeds"]).path == check.path, "names tell nothing there"


def test_the_task_tells_which_photos_show_one_object(root: Path, tmp_path: Path):
    check = check_folder_for(root, None, tmp_path / "cache", TASKS["traffic_signs"])
    assert check.run().state == FINISHED
    assert [count.objects for count in found(check).classes] == [1, 1]


@pytest.mark.parametrize("change", ["added", "removed", "changed"])
def test_what_was_found_is_forgotten_when_files_change(check: CheckFolder, root: Path, change: str):
    check.run()
    path = root / "14" / "00014_00000_00001.jpg"
    if change == "added":
        save(sign(14, 9), root / "14" / "new.jpg")
    elif change == "removed":
        path.unlink()
    else:
        os.utime(path, ns=(1, 1))
    assert check.inspection() is None
    assert check.run().state == FINISHED
    assert found(check).photos == {"added": 7, "removed": 5, "changed": 6}[change]


def test_a_stop_is_obeyed_and_another_start_begins_again(check: CheckFolder):
    check.ask_to_stop()
    assert check.run().state == STOPPED
    assert check.look().state == STOPPED
    assert check.inspection() is None
    check.start()
    wait(check, FINISHED)
    assert found(check).photos == 6


def test_a_killed_process_is_told_and_another_start_begins_again(check: CheckFolder):
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(check.path)])
    wait(check, CHECKING)
    with pytest.raises(Busy):
        check.run()
    process.kill()
    process.wait()
    assert check.look().state == INTERRUPTED
    assert check.inspection() is None
    check.start()
    wait(check, FINISHED)
    assert found(check).photos == 6


def test_a_folder_that_is_gone_ends_in_a_sentence(check: CheckFolder, root: Path):
    root.rename(root.with_name("elsewhere"))
    status = check.run()
    assert status.state == FAILED
    assert "There is no folder" in status.message
    assert check.inspection() is None


def test_one_that_waits_is_not_started_twice_but_not_waited_for_forever(check: CheckFolder, monkeypatch):
    started: list[object] = []
    monkeypatch.setattr("vision.jobs.start", lambda *arguments: started.append(arguments))
    check.start()
    check.start()
    assert len(started) == 1
    assert check.look().state == QUEUED
    monkeypatch.setattr("vision.datasets.check_job._STARTS_WITHIN_S", -1.0)
    assert check.look().state == INTERRUPTED
    check.start()
    assert len(started) == 2


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"files": 3}'])
def test_a_damaged_result_is_none(check: CheckFolder, content: str):
    check.run()
    check.result_path.write_text(content)
    assert check.inspection() is None


def test_the_oldest_inspections_are_forgotten(root: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("vision.datasets.check_job._KEPT", 3)
    cache = tmp_path / "cache"
    for number in range(6):
        check = check_folder_for(root / str(number), cache_dir=cache)
        os.utime(check.path, (1000 + number, 1000 + number))
    assert len(list((cache / "checks").iterdir())) <= 4
    assert check.request_path.exists()
