"""How long a run takes: what it depends on, and that what runs took corrects it."""

import dataclasses
from pathlib import Path

import pytest

from vision.jobs import FINISHED, STOPPED
from vision.training.config import TrainingConfig
from vision.training.estimate import (
    EXPORTING,
    MEASURING,
    PARTS,
    TRAINING,
    correction_by,
    estimate_seconds,
    expected_seconds,
    step_ms,
)
from vision.training.progress import Progress
from vision.training.run_folder import RunFolder, RunStatus

CONFIG = TrainingConfig("traffic_signs", "photos", image_size=96, alpha=1.0, epochs=10)


def test_a_step_takes_what_was_measured_on_two_cores():
    for size, expected in ((96, 20), (160, 40), (224, 60), (128, 30)):
        assert step_ms(dataclasses.replace(CONFIG, image_size=size), cpu_count=2) == pytest.approx(expected)
    assert step_ms(dataclasses.replace(CONFIG, image_size=48), cpu_count=2) == pytest.approx(5)
    assert step_ms(dataclasses.replace(CONFIG, image_size=448), cpu_count=2) == pytest.approx(240)


def test_narrower_networks_more_cores_and_fewer_photos_take_less():
    base = estimate_seconds(CONFIG, 5000, cpu_count=2)
    assert 900 < base < 1300  # 4,500 photos 10 times at 20 ms, and what comes before and after
    less = [
        estimate_seconds(dataclasses.replace(CONFIG, alpha=0.5), 5000, cpu_count=2),
        estimate_seconds(dataclasses.replace(CONFIG, epochs=5), 5000, cpu_count=2),
        estimate_seconds(dataclasses.replace(CONFIG, weights="none"), 5000, cpu_count=2),
        estimate_seconds(dataclasses.replace(CONFIG, formats=("float32",)), 5000, cpu_count=2),
        estimate_seconds(CONFIG, 5000, cpu_count=8),
        estimate_seconds(CONFIG, 2500, cpu_count=2),
    ]
    assert all(0 < seconds < base for seconds in less)
    assert estimate_seconds(CONFIG, 5000, cpu_count=2, test_photos=1000) > base


def test_the_parts_make_up_the_whole():
    parts = expected_seconds(CONFIG, 5000, 1000, cpu_count=2)
    assert tuple(parts) == PARTS
    assert sum(parts.values()) == pytest.approx(estimate_seconds(CONFIG, 5000, cpu_count=2, test_photos=1000))


def finished_run(runs_dir: Path, name: str, photos_per_second: float | None, state: str = FINISHED) -> RunFolder:
    return RunFolder.create(runs_dir, CONFIG, name, RunStatus(state, photos_per_second=photos_per_second))


def test_what_runs_took_on_this_machine_corrects_it(tmp_path: Path):
    assert correction_by([], cpu_count=2) == 1
    slow = [finished_run(tmp_path, str(rate), rate) for rate in (24, 25, 1)]  # 50 a second were expected
    unfinished = [finished_run(tmp_path, "none", None), finished_run(tmp_path, "stopped", 500, STOPPED)]
    assert correction_by(slow + unfinished, cpu_count=2) == pytest.approx(50 / 24)
    damaged = finished_run(tmp_path, "damaged", 1)
    damaged.config_path.write_text("{")
    assert correction_by([damaged, *slow], cpu_count=2) == pytest.approx(50 / 24)
    corrected = estimate_seconds(CONFIG, 5000, 2, runs=slow)
    assert corrected > 1.9 * estimate_seconds(CONFIG, 5000, 2)


def test_progress_never_goes_back_and_the_time_left_goes_down(tmp_path: Path):
    run = RunFolder.create(tmp_path, CONFIG, "run")
    seen: list[RunStatus] = []
    run.write_status = seen.append  # type: ignore[method-assign]
    with Progress(run, CONFIG) as progress:
        progress.plan(5000, 1000)
        for part in PARTS:
            progress.write(part, 0.0, part)
        progress.plan(100, 0)
        progress.write(PARTS[0], 1.0, "again")
    shares = [status.progress for status in seen]
    assert shares == sorted(shares)
    assert shares[0] == 0 and shares[len(PARTS) - 1] > 0.8
    left = [status.seconds_left for status in seen[: len(PARTS)]]
    assert None not in left and left == sorted(left, key=lambda value: -(value or 0))


def test_a_slow_first_step_does_not_count_as_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It plans the whole computation: a hundred steps of its length would be half an hour."""
    now = 1000.0
    monkeypatch.setattr("vision.training.progress.time.monotonic", lambda: now)
    run = RunFolder.create(tmp_path, CONFIG, "run")
    with Progress(run, CONFIG) as progress:
        progress.write(TRAINING, 0.0, "the first step")
        for step, seconds in enumerate((20.0, 1.0, 1.0, 1.0), start=1):
            now += seconds
            progress.write(TRAINING, step / 100, "a step")
    after = (run.read_status() or RunStatus("")).seconds_left or 0.0
    expected = expected_seconds(CONFIG, 1000)
    pace = 100 / expected[TRAINING]
    assert after == pytest.approx(96 + pace * (expected[EXPORTING] + expected[MEASURING]))


def test_a_status_is_written_once_a_second_and_the_last_one_always(tmp_path: Path):
    run = RunFolder.create(tmp_path, CONFIG, "run")
    with Progress(run, CONFIG) as progress:
        for done in range(50):
            progress.report("reading", done, 50, f"photo {done}")
        assert run.look().message != "photo 49"
        assert (run.read_status() or RunStatus("")).message == "photo 0"
    status = run.read_status()
    assert status is not None and (status.message, status.done, status.total) == ("photo 49", 49, 50)
