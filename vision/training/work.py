"""A run from start to finish in this process: whatever ends it, its folder says what happened."""

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from vision.errors import VisionError
from vision.jobs import FAILED, FINISHED, QUEUED, STOPPED, Gone, Stopped
from vision.results.measure import write_results
from vision.training.config import TrainingConfig
from vision.training.estimate import MEASURING, READING
from vision.training.progress import Progress
from vision.training.queue import machine_for
from vision.training.run_folder import RunFolder, RunStatus

# A quota or a limit on the size of files has the same effect.
FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Say = Callable[[str], None]


def carry_out(run: RunFolder, cache_dir: Path, say: Say, only_queued: bool = False) -> RunStatus:
    """Trains, exports and measures, continuing where the run was; waits while another run trains on this machine.

    A first SIGINT or SIGTERM asks the run to stop where it can be continued, as `RunFolder.ask_to_stop` does.

    Args:
        only_queued: leaves the run alone where it does not wait for its turn any more.

    Returns:
        How it ended: "finished" or "stopped"; "failed" where its folder was deleted.

    Raises:
        VisionError: it failed for a reason that a person can mend, which its status tells too.
        Busy: another process is at it.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with run.held(), _signals_stop(run):
        before = run.read_status()
        if only_queued and before is not None and before.state != QUEUED:
            return before
        try:
            with machine_for(run, say):
                ended = _train_and_measure(run, cache_dir, say)
        except (Stopped, KeyboardInterrupt):
            ended = RunStatus(STOPPED, _reached(run))
        except Exception as error:
            if isinstance(error, Gone) or not run.config_path.exists():
                say(f"The folder '{run.path}' was deleted; nothing of this run is kept.")
                return RunStatus(FAILED, "its folder was deleted")
            _write_end(run, RunStatus(FAILED, _in_a_sentence(error)), say)
            if isinstance(error, VisionError) or not isinstance(error, OSError | MemoryError):
                raise
            raise VisionError(_in_a_sentence(error)) from error
        return _write_end(run, ended, say)


def _train_and_measure(run: RunFolder, cache_dir: Path, say: Say) -> RunStatus:
    config = TrainingConfig.load(run.config_path)
    with Progress(run, config) as progress:
        progress.report(READING, 0, 1, "loading TensorFlow")

        from vision.export.model_folder import write_model_folder
        from vision.training.job import train

        model, data = train(config, run, cache_dir, say, progress)
        card = write_model_folder(run.model_dir, run.name, model, data, config, say, progress.report, run)
        progress.report(MEASURING, 99, 100, "writing the report")
        write_results(run, progress.counter(MEASURING, "{done} of {total} photos looked at"))
    run.forget_finish()
    epochs = len(run.read_history())
    early = f", after {epochs} of {config.epochs} epochs" if epochs < config.epochs else ""
    return RunStatus(FINISHED, f"{card['validation']['top1']:.2%} of the validation photos right{early}")


@contextmanager
def _signals_stop(run: RunFolder) -> Iterator[None]:
    def ask(number: int, frame: object) -> None:
        if run.is_asked_to_stop():
            raise KeyboardInterrupt
        with suppress(FileNotFoundError):  # that the folder is gone is noticed at the next step
            run.ask_to_stop()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _write_end(run: RunFolder, ended: RunStatus, say: Say) -> RunStatus:
    for partial in run.path.glob("partial-*"):
        partial.unlink(missing_ok=True)
    run.forget_stop()
    latest = run.read_status() or ended
    status = replace(latest, state=ended.state, message=ended.message, seconds_left=None)
    if ended.state == FINISHED:
        status = replace(status, progress=1.0)
    try:
        run.write_status(status)
        if ended.state == FINISHED:
            run.forget_training()  # not before its end is written down: until then it may have to go on
    except OSError as error:  # what ended the run is told all the same
        say(f"Its end could not be written down: {error}")
    return status


def _reached(run: RunFolder) -> str:
    status, epochs = run.read_status(), len(run.read_history())
    if status is None or not status.epoch:
        return "stopped before training began"
    if epochs >= status.epoch:
        return f"stopped after epoch {epochs} of {status.epochs}"
    return f"stopped in epoch {status.epoch} of {status.epochs}, at step {status.done} of {status.total}"


def _in_a_sentence(error: Exception) -> str:
    if isinstance(error, VisionError):
        return str(error)
    if getattr(error, "errno", None) in FULL_DISK or "No space left on device" in str(error):
        return "The disk is full; make room, then resume the run."
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "Memory ran out; start a run with a smaller batch or smaller photos."
    if isinstance(error, OSError):
        return f"A file could not be read or written ({error}); mend that, then resume the run."
    return f"It failed in a way that nobody foresaw ({type(error).__name__}: {error}); log.txt tells more."
