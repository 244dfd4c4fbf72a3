"""The queue: one run at a time, each in a process of its own; whoever is killed, the others get their turn."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from vision import jobs
from vision.errors import SettingsError
from vision.jobs import FAILED, FINISHED, INTERRUPTED, QUEUED, STOPPED, Busy, Stopped
from vision.training import queue
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus
from vision.training.runs import find_run, list_runs

CONFIG = TrainingConfig("traffic_signs", "photos")


@pytest.fixture
def runs_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where runs do what tests/training/stand_in.py says."""
    monkeypatch.setattr(jobs, "COMMAND", (sys.executable, str(Path(__file__).with_name("stand_in.py"))))
    return tmp_path / "runs"


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The processes that this one started; they are gone after the test."""
    started: list[subprocess.Popen[bytes]] = []
    start = jobs.start

    def start_and_tell(arguments: Sequence[str], log_path: Path) -> subprocess.Popen[bytes]:
        started.append(start(arguments, log_path))
        return started[-1]

    monkeypatch.setattr(jobs, "start", start_and_tell)
    yield started
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "start_worker", lambda runs_dir: None)


def wait_until(is_so: Callable[[], bool], what: str, timeout_s: float = 60) -> None:
    give_up = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < give_up, f"{what} did not come about"
        time.sleep(0.02)


def state(run: RunFolder) -> str:
    return run.look().state


def begun(runs_dir: Path) -> list[str]:
    path = runs_dir / "begun"
    return path.read_text().split() if path.exists() else []


@pytest.mark.usefixtures("no_worker")
def test_runs_get_their_turn_in_order_whatever_becomes_of_those_before(runs_dir: Path):
    names = ["dies", "silent", "fails", "plain"]
    runs = {name: queue.enqueue(CONFIG, name, runs_dir) for name in names}
    assert [queue.queue_place(run) for run in runs.values()] == [1, 2, 3, 4]
    assert {state(run) for run in runs.values()} == {QUEUED}
    queue.work(runs_dir)
    assert begun(runs_dir) == ["dies", "fails", "plain"]
    assert [state(run) for run in runs.values()] == [INTERRUPTED, INTERRUPTED, FAILED, FINISHED]
    assert "killed (signal 9)" in runs["dies"].look().message
    assert "status 7" in runs["silent"].look().message
    assert runs["fails"].look().message == "The photos are gone."
    assert [queue.queue_place(run) for run in runs.values()] == [None] * 4


def test_a_queued_run_is_taken_by_a_worker_that_ends_when_none_is_left(
    runs_dir: Path, workers: list[subprocess.Popen[bytes]]
):
    run = queue.enqueue(CONFIG, "plain", runs_dir)
    wait_until(lambda: state(run) == FINISHED, "the end of the run")
    assert workers[0].wait(20) == 0
    queue.start_worker(runs_dir)
    assert len(workers) == 1


def test_two_workers_do_each_run_once(runs_dir: Path, workers: list[subprocess.Popen[bytes]]):
    first = queue.enqueue(CONFIG, "waits", runs_dir)
    queue.start_worker(runs_dir)  # before the first one is at it
    wait_until(lambda: state(first) == "training", "the first run's turn")
    second = queue.enqueue(CONFIG, "plain", runs_dir)
    (runs_dir / "go").touch()
    wait_until(lambda: state(second) == FINISHED, "the end of the second run")
    assert [worker.wait(20) for worker in workers] == [0] * len(workers)
    assert begun(runs_dir) == ["waits", "plain"]


def test_a_killed_worker_leaves_its_run_at_work_and_the_next_look_starts_another(
    runs_dir: Path, workers: list[subprocess.Popen[bytes]]
):
    first, second = (queue.enqueue(CONFIG, name, runs_dir) for name in ("waits", "plain"))
    wait_until(lambda: state(first) == "training", "the first run's turn")
    for worker in workers:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert (state(first), state(second)) == ("training", QUEUED)
    queue.start_worker(runs_dir)
    wait_until(lambda: second.look().message == "waits for 'waits'", "the second run's waiting")
    assert state(first) == "training"
    (runs_dir / "go").touch()
    wait_until(lambda: state(second) == FINISHED, "the end of the second run")
    assert state(first) == FINISHED
    assert begun(runs_dir) == ["waits", "plain"]


def test_a_run_in_the_foreground_waits_and_says_for_whom(runs_dir: Path, workers: list[subprocess.Popen[bytes]]):
    first = queue.enqueue(CONFIG, "waits", runs_dir)
    wait_until(lambda: state(first) == "training", "the first run's turn")
    mine = RunFolder.create(runs_dir, CONFIG, "mine")
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        mine.ask_to_stop()

    give_up = threading.Timer(60, mine.ask_to_stop)
    give_up.start()
    with mine.held(), pytest.raises(Stopped), queue.machine_for(mine, say):
        pytest.fail("two runs have the machine")
    give_up.cancel()
    assert said == ["waiting for the run 'waits', which trains"]
    mine.forget_stop()
    (runs_dir / "go").touch()
    with mine.held(), queue.machine_for(mine, say):
        assert state(first) == FINISHED


def test_a_run_is_stopped_wherever_it_is(runs_dir: Path, workers: list[subprocess.Popen[bytes]]):
    at_work, waiting = (queue.enqueue(CONFIG, name, runs_dir) for name in ("waits", "plain"))
    wait_until(lambda: state(at_work) == "training", "the first run's turn")
    queue.stop(waiting)
    assert state(waiting) == STOPPED
    queue.stop(at_work)
    wait_until(lambda: state(at_work) == STOPPED, "the stop")
    queue.stop(at_work)
    assert state(at_work) == STOPPED
    assert [worker.wait(20) for worker in workers] == [0] * len(workers)
    (runs_dir / "go").touch()
    queue.resume(at_work)
    wait_until(lambda: state(at_work) == FINISHED, "the end after the stop")
    assert begun(runs_dir) == ["waits", "waits"]


@pytest.mark.usefixtures("no_worker")
def test_a_stopped_run_goes_to_the_end_of_the_queue(runs_dir: Path):
    first, second = (queue.enqueue(CONFIG, name, runs_dir) for name in ("a", "b"))
    queue.stop(first)
    assert [run.name for run in queue.queued_runs(runs_dir)] == ["b"]
    queue.resume(first)
    assert [run.name for run in queue.queued_runs(runs_dir)] == ["b", "a"]
    assert not first.is_asked_to_finish()
    queue.stop(second)
    queue.finish(second)
    assert second.is_asked_to_finish()
    assert [run.name for run in queue.queued_runs(runs_dir)] == ["a", "b"]


@pytest.mark.usefixtures("no_worker")
def test_what_cannot_be_continued_is_refused(runs_dir: Path):
    run = queue.enqueue(CONFIG, "a", runs_dir)
    with run.held(), pytest.raises(Busy):
        queue.resume(run)
    with run.held(), pytest.raises(Busy):
        queue.forget(run)
    run.write_status(RunStatus(FINISHED))
    with pytest.raises(SettingsError, match="finished"):
        queue.resume(run)
    queue.forget(run)
    with pytest.raises(SettingsError, match="no run 'a' any more"):
        queue.resume(run)
    queue.stop(run)
    queue.forget(run)
    assert list(runs_dir.iterdir()) == []


@pytest.mark.usefixtures("no_worker")
def test_runs_are_listed_newest_first_and_found_by_name(runs_dir: Path):
    assert list_runs(runs_dir) == []
    for name in ("first", "second"):
        queue.enqueue(CONFIG, name, runs_dir)
        time.sleep(0.02)
    (runs_dir / "no run").mkdir()
    (runs_dir / ".forgotten-x").mkdir()
    (runs_dir / ".forgotten-x" / "config.json").touch()
    assert [run.name for run in list_runs(runs_dir)] == ["second", "first"]
    assert find_run("first", runs_dir).look().state == QUEUED
    for name in ("third", "..", ".forgotten-x", "no run", ""):
        with pytest.raises(SettingsError, match="There is no run"):
            find_run(name, runs_dir)
    with pytest.raises(SettingsError, match="already"):
        queue.enqueue(CONFIG, "first", runs_dir)
