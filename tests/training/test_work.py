"""A run from start to finish: however it ends, its folder says what happened in a sentence."""

import dataclasses
import errno
import os
import resource
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.models_for_tests import write_class_folders
from vision.errors import VisionError
from vision.jobs import FAILED, FINISHED, STOPPED, Gone, Stopped
from vision.training import work
from vision.training.callbacks import ReportSteps
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus
from vision.training.work import carry_out

pytestmark = pytest.mark.usefixtures("tiny_backbone")


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    config = TrainingConfig(
        "traffic_signs",
        str(write_class_folders(tmp_path / "data", per_class=12)),
        test=str(write_class_folders(tmp_path / "test", per_class=4, seed=300)),
        backbone="tiny",
        weights="none",
        image_size=32,
        formats=("float32",),
        epochs=2,
        batch_size=6,
        validation_fraction=0.2,
    )
    return RunFolder.create(tmp_path / "runs", config, "run")


@contextmanager
def in_the_middle(act) -> Iterator[None]:
    """Does something as the second step of training ends."""
    told = ReportSteps.on_train_batch_end

    def also(self: ReportSteps, batch: int, logs: dict[str, float] | None = None) -> None:
        told(self, batch, logs)
        if self._step == 2:
            act()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ReportSteps, "on_train_batch_end", also)
        yield


@contextmanager
def while_training(problem: Exception) -> Iterator[None]:
    def fail() -> None:
        raise problem

    with in_the_middle(fail):
        yield


def end(run: RunFolder, cache_dir: Path) -> RunStatus:
    with suppress(VisionError, RuntimeError):
        carry_out(run, cache_dir, lambda _: None)
    return run.look()


def test_a_whole_run_tells_how_it_goes_and_leaves_a_report(run: RunFolder, tmp_path: Path):
    seen: list[RunStatus] = []
    write = run.write_status
    run.write_status = lambda status: (seen.append(status), write(status))[1]  # type: ignore[method-assign]
    assert carry_out(run, tmp_path / "cache", lambda _: None).state == FINISHED
    states = [status.state for status in seen]
    assert sorted(set(states), key=states.index) == ["preparing", "training", "finishing", FINISHED]
    assert [status.progress for status in seen] == sorted(status.progress for status in seen)
    assert seen[-1].progress == 1
    assert all(0 <= status.progress < 1 for status in seen[:-1])
    assert all(status.seconds_left is not None and status.seconds_left >= 0 for status in seen[:-1])
    last = run.look()
    assert last.photos_per_second is not None and last.photos_per_second > 0
    assert last.memory_mb is not None and 100 < last.memory_mb < 10_000
    assert 0 < last.seconds < 600
    assert (last.epoch, last.epochs) == (2, 2)
    for path in (run.report_path, run.page_path, run.outcome_path, run.model_dir / "card.json"):
        assert path.stat().st_size > 0
    assert any(run.tensorboard_dir.rglob("events*"))
    points = run.read_points()
    assert [point["epoch"] for point in points] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2])
    mean = sum(point["loss"] for point in points[:5]) / 5
    assert mean == pytest.approx(run.read_history()[0]["loss"], rel=1e-4)


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full; make room, then resume the run."),
        (RuntimeError("write: No space left on device"), "The disk is full; make room, then resume the run."),
        (MemoryError(), "Memory ran out; start a run with a smaller batch or smaller photos."),
        (PermissionError(errno.EACCES, "Permission denied", "x.npy"), "Permission denied: 'x.npy'"),
        (RuntimeError("unheard of"), "RuntimeError: unheard of"),
    ],
    ids=str,
)
def test_a_run_that_fails_says_why(run: RunFolder, tmp_path: Path, problem: Exception, sentence: str):
    with while_training(problem):
        status = end(run, tmp_path / "cache")
    assert status.state == FAILED
    assert sentence in status.message
    assert status.epoch == 1


def test_a_full_disk_leaves_the_last_checkpoint_and_the_run_goes_on_from_it(run: RunFolder, tmp_path: Path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with in_the_middle(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, hard))):
        try:
            status = end(run, tmp_path / "cache")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (status.state, status.message) == (FAILED, "The disk is full; make room, then resume the run.")
    assert not list(run.path.glob("partial*"))
    assert end(run, tmp_path / "cache").state == FINISHED


def test_photos_that_cannot_be_trained_on_are_told(run: RunFolder, tmp_path: Path):
    shutil.rmtree(tmp_path / "data" / "02")
    shutil.rmtree(tmp_path / "data" / "07")
    status = end(run, tmp_path / "cache")
    assert status.state == FAILED
    assert "at least two" in status.message


def test_test_photos_of_unknown_classes_are_refused_before_training(run: RunFolder, tmp_path: Path):
    (tmp_path / "test" / "02").rename(tmp_path / "test" / "3")
    status = end(run, tmp_path / "cache")
    assert (status.state, status.epoch) == (FAILED, 0)
    assert "3; test photos can be of the trained classes only" in status.message


def test_where_the_folder_is_deleted_the_work_ends_and_does_not_bring_it_back(run: RunFolder, tmp_path: Path):
    said: list[str] = []
    with in_the_middle(lambda: shutil.rmtree(run.path)):
        status = carry_out(run, tmp_path / "cache", said.append)
    assert status.state == FAILED
    assert "was deleted" in said[-1]
    assert not run.path.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_run_where_it_can_be_continued(run: RunFolder, tmp_path: Path, number: int):
    before = signal.getsignal(number)
    with in_the_middle(lambda: os.kill(os.getpid(), number)):
        assert carry_out(run, tmp_path / "cache", lambda _: None).state == STOPPED
    assert run.look().message == "stopped in epoch 1 of 2, at step 2 of 5"
    assert signal.getsignal(number) == before


def test_a_second_signal_ends_it_at_once(run: RunFolder, tmp_path: Path):
    def twice() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("it went on")

    with in_the_middle(twice):
        assert carry_out(run, tmp_path / "cache", lambda _: None).state == STOPPED


def test_a_stop_is_heeded_in_every_part_of_the_work(run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each part asks, and the next start goes on where the last one stopped."""
    stopped: list[str] = []
    report = work.Progress.report

    def stop_once(self: work.Progress, part: str, done: int, total: int, message: str) -> None:
        if part not in stopped:
            stopped.append(part)
            run.ask_to_stop()
        report(self, part, done, total, message)

    monkeypatch.setattr(work.Progress, "report", stop_once)
    for expected in ("reading", "head", "exporting", "measuring"):
        assert carry_out(run, tmp_path / "cache", lambda _: None).state == STOPPED
        assert stopped[-1] == expected
    assert carry_out(run, tmp_path / "cache", lambda _: None).state == FINISHED
    assert [row["epoch"] for row in run.read_history()] == [0, 1]


def test_a_run_that_does_not_wait_any_more_is_left_alone(run: RunFolder, tmp_path: Path):
    run.write_status(RunStatus(STOPPED, "taken out"))
    assert carry_out(run, tmp_path / "cache", lambda _: None, only_queued=True).message == "taken out"


def test_a_deleted_folder_is_noticed(run: RunFolder):
    run.ask_to_stop()
    with pytest.raises(Stopped):
        run.stop_if_asked()
    shutil.rmtree(run.path)
    with pytest.raises(Gone):
        run.stop_if_asked()


def test_weights_that_are_no_weights_are_told(run: RunFolder, tmp_path: Path):
    config = dataclasses.replace(TrainingConfig.load(run.config_path), weights=str(tmp_path / "none.h5"))
    config.save(run.config_path)
    status = end(run, tmp_path / "cache")
    assert status.state == FAILED
    assert "no weights file" in status.message
