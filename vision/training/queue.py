"""Runs wait for each other: one at a time has the machine, in a process that outlives the page and the server.

A worker is a process that starts each queued run in a process of its own and ends when none is left. Nothing depends on
it: whoever looks at the runs calls `start_worker`, which starts one where runs wait and none is at it.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from vision import jobs, places
from vision.errors import SettingsError
from vision.jobs import FINISHED, INTERRUPTED, QUEUED, RESTING, STOPPED, Busy, is_locked, locked
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus
from vision.training.runs import list_runs

WORKER_LOCK, MACHINE_LOCK, WORKER_LOG = ".worker.lock", ".machine.lock", ".worker.log"


def enqueue(config: TrainingConfig, name: str, runs_dir: Path = places.RUNS_DIR) -> RunFolder:
    """Makes a run that waits for its turn, and sees to it that somebody is at work.

    Raises:
        SettingsError: the name cannot be a folder's, or there is a run of that name.
    """
    run = RunFolder.create(runs_dir, config, name, RunStatus(QUEUED, "waits for its turn", epochs=config.epochs))
    start_worker(runs_dir)
    return run


def resume(run: RunFolder) -> None:
    """Lets a run at rest wait for its turn, to be continued where it was.

    Raises:
        SettingsError: it is finished, or there is no such run any more.
        Busy: it is at work.
    """
    prepare_again(run, QUEUED)
    start_worker(run.path.parent)


def finish(run: RunFolder) -> None:
    """Lets a run at rest wait for its turn, to be ended with the best weights that it has so far.

    Raises:
        SettingsError: it is finished, or there is no such run any more.
        Busy: it is at work.
    """
    prepare_again(run, QUEUED, finish=True)
    start_worker(run.path.parent)


def prepare_again(run: RunFolder, state: str = "preparing", finish: bool = False) -> None:
    """Makes a run at rest ready for a process to continue it, or to end it with the best weights so far.

    Raises:
        SettingsError: it is finished, or there is no such run any more.
        Busy: it is at work.
    """
    try:
        with run.held():
            status = run.read_status() or RunStatus(state)
            if status.state == FINISHED:
                raise SettingsError(f"The run '{run.name}' is finished; start a new one.")
            run.forget_stop()
            run.forget_finish()
            if finish:
                run.ask_to_finish()
            message = "waits for its turn" if state == QUEUED else "starting"
            run.write_status(replace(status, state=state, message=message, seconds_left=None))
    except FileNotFoundError as error:
        raise SettingsError(f"There is no run '{run.name}' any more.") from error


def stop(run: RunFolder) -> None:
    """Takes a run out of the queue, or asks its process to end where it can be continued; else does nothing."""
    try:
        with run.held():
            status = run.read_status()
            if status is not None and status.state == QUEUED:
                run.write_status(replace(status, state=STOPPED, message="taken out of the queue"))
    except Busy:
        run.ask_to_stop()
    except FileNotFoundError:
        return


def forget(run: RunFolder) -> None:
    """Deletes a run that is at rest.

    Raises:
        Busy: it is at work.
    """
    with suppress(FileNotFoundError), run.held():
        hidden = run.path.rename(run.path.with_name(f".forgotten-{run.name}-{time.time_ns()}"))
        shutil.rmtree(hidden)


def queued_runs(runs_dir: Path = places.RUNS_DIR) -> list[RunFolder]:
    """The runs that wait for their turn, in order."""
    waiting = [(status.updated, run.name, run) for run in list_runs(runs_dir) if (status := _waiting(run))]
    return [run for *_, run in sorted(waiting, key=lambda entry: entry[:2])]


def queue_place(run: RunFolder) -> int | None:
    """Its place in the queue, 1 for the next; None where it does not wait there."""
    names = [other.name for other in queued_runs(run.path.parent)]
    return names.index(run.name) + 1 if run.name in names else None


def run_at_work(runs_dir: Path = places.RUNS_DIR) -> RunFolder | None:
    """The run that has the machine."""
    return next(_runs_at_work(runs_dir), None)


def _runs_at_work(runs_dir: Path) -> Iterator[RunFolder]:
    return (run for run in list_runs(runs_dir) if run.look().state not in RESTING)


def start_worker(runs_dir: Path = places.RUNS_DIR) -> None:
    """Starts a worker where runs wait and none is at it; cheap enough for every look at the runs."""
    if queued_runs(runs_dir) and not is_locked(runs_dir / WORKER_LOCK):
        jobs.start(["runs", "work", "--runs-dir", str(runs_dir.resolve())], runs_dir / WORKER_LOG)


def work(runs_dir: Path) -> None:
    """Carries out the queued runs, one after the other, until none is left. Returns at once where a worker is at it."""
    while queued_runs(runs_dir):  # asked again once the lock is gone: who queued a run meanwhile saw it held
        try:
            with locked(runs_dir / WORKER_LOCK):
                while waiting := queued_runs(runs_dir):
                    _carry_out(waiting[0])
        except Busy:
            return


@contextmanager
def machine_for(run: RunFolder, say: Callable[[str], None]) -> Iterator[None]:
    """Waits until no other run trains on this machine, and keeps the next one waiting until the block ends.

    Raises:
        Stopped, Gone: see `RunFolder.stop_if_asked`.
    """
    runs_dir = run.path.parent
    with ExitStack() as stack:
        told = None
        while True:
            run.stop_if_asked()
            try:
                stack.enter_context(locked(runs_dir / MACHINE_LOCK))
                break
            except Busy:
                others = (other.name for other in _runs_at_work(runs_dir) if other.name != run.name)
                other = next(others, told)
                if other != told:
                    told = other
                    say(f"waiting for the run '{told}', which trains")
                    status = run.read_status() or RunStatus(QUEUED)
                    run.write_status(replace(status, state=QUEUED, message=f"waits for '{told}'"))
                time.sleep(0.5)
        yield


def _waiting(run: RunFolder) -> RunStatus | None:
    """Its status, where it waits and no process has it in hand."""
    status = run.read_status()
    return status if status is not None and status.state == QUEUED and not run.is_held() else None


def _carry_out(run: RunFolder) -> None:
    """Trains a queued run in a process of its own; where that ends without a word, writes down how."""
    arguments = ["runs", "work", "--runs-dir", str(run.path.parent), run.name]
    try:
        returned = jobs.start(arguments, run.log_path).wait()
        with run.held():
            status = run.read_status()
            if status is None or (status.state in RESTING and (status.state != QUEUED or returned == 0)):
                return
            run.write_status(replace(status, state=INTERRUPTED, message=_how(returned), seconds_left=None))
    except (FileNotFoundError, Busy):  # it was deleted meanwhile, or somebody else is at it
        return


def _how(returned: int) -> str:
    if returned < 0:
        return f"Its process was killed (signal {-returned}): by hand, or because memory ran out; resume it."
    return f"Its process ended with status {returned} before it could say why; see log.txt."
