"""The folder of a piece of work: what onlookers see while a process is at it, and after it is gone."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from vision.jobs import INTERRUPTED, Busy, JobFolder, JobStatus, Stopped, start, write_json

HOLD = """
import sys, time
from pathlib import Path
from vision.jobs import JobFolder, JobStatus
job = JobFolder(Path(sys.argv[1]))
with job.held():
    job.write_status(JobStatus("preparing", "reading"))
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def job(tmp_path: Path) -> JobFolder:
    return JobFolder(tmp_path)


def hold(job: JobFolder) -> subprocess.Popen[bytes]:
    """A process that works on the job and never says a word again."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(job.path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_killed_process_leaves_a_job_that_says_so(job: JobFolder):
    process = hold(job)
    status = job.read_status()
    assert status is not None
    assert job.observed(status).state == "preparing"
    process.kill()
    process.wait()
    assert job.observed(status).state == INTERRUPTED
    assert job.observed(status).message == "reading"


def test_only_one_process_works_on_a_job(job: JobFolder):
    process = hold(job)
    with pytest.raises(Busy, match="Another process"), job.held():
        pytest.fail("two processes hold it")
    process.kill()
    process.wait()
    with job.held():
        assert job.is_held()
    assert not job.is_held()


def test_a_job_that_ends_between_two_looks_is_not_taken_for_a_dead_one(job: JobFolder):
    before = JobStatus("preparing")
    job.write_status(JobStatus("finished"))
    assert job.observed(before).state == "finished"


def test_a_stop_is_asked_for_and_forgotten(job: JobFolder):
    job.stop_if_asked()
    job.ask_to_stop()
    with pytest.raises(Stopped):
        job.stop_if_asked()
    job.forget_stop()
    job.stop_if_asked()


@dataclass(frozen=True)
class Counted(JobStatus):
    count: int = 0


def test_a_status_survives_its_way_through_the_file(job: JobFolder):
    job.write_status(Counted("preparing", "reading", 0.5, count=7))
    status = job._read_status(Counted)
    assert status is not None
    assert (status.state, status.message, status.progress, status.count) == ("preparing", "reading", 0.5, 7)
    assert abs(status.updated - time.time()) < 60


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"message": 3}'])
def test_a_damaged_status_is_none(job: JobFolder, content: str):
    job.status_path.write_text(content)
    assert job.read_status() is None


def test_names_of_files_that_are_no_text_go_through_json(tmp_path: Path):
    name = os.fsdecode(b"ph\xffto \xc3\xa4.jpg")
    write_json(tmp_path / "a.json", {"file": name})
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert "ä" in text
    assert json.loads(text) == {"file": name}


def test_a_started_command_writes_to_the_log(job: JobFolder):
    assert start(["models", "--json"], job.log_path).wait() == 0
    assert '"ok"' in job.log_path.read_text()
