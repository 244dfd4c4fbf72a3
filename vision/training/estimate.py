"""How long a run takes: from what was measured on two cores, corrected by what runs on this machine took."""

import os
from collections.abc import Sequence
from statistics import median

import numpy as np

from vision.errors import SettingsError
from vision.export.formats import FORMATS
from vision.jobs import FINISHED
from vision.training.backbones import backbone_named
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder

READING, HEAD, TRAINING, EXPORTING, MEASURING = PARTS = ("reading", "head", "training", "exporting", "measuring")

# Seconds on two quiet cores.
START_S = 8.0  # TensorFlow's import, the network
FIRST_STEP_S = 10.0  # TensorFlow plans all steps
READ_S = 0.0015  # decodes and resizes a photo, two at once
HEAD_S = 1.5e-5  # a photo's features and a step of the head
EXPORT_S = {"float32": 8.0, "float16": 8.0, "dynamic": 8.0, "int8": 10.0, "int16x8": 16.0}
ROUNDING_S = 15.0  # of kernels, once for all formats with 8-bit weights
FORWARD_SHARE = 0.25  # a network's answer takes that part of a training step
MEASURED_CORES = 2
MORE_CORES = 0.8  # twice the cores make it 2 ** 0.8 times as fast
RUNS_COUNTED = 10


def step_ms(config: TrainingConfig, cpu_count: int | None = None) -> float:
    """Milliseconds that a training step takes for each of its photos."""
    spec = backbone_named(config.backbone)
    sizes, times_ms = zip(*spec.step_ms, strict=True)
    at_size = float(np.interp(config.image_size, sizes, times_ms))
    if not sizes[0] <= config.image_size <= sizes[-1]:
        nearest = 0 if config.image_size < sizes[0] else -1
        at_size = times_ms[nearest] * (config.image_size / sizes[nearest]) ** 2
    cores = (cpu_count or os.cpu_count() or 1) / MEASURED_CORES
    return at_size * config.alpha**spec.alpha_power / cores**MORE_CORES


def expected_seconds(
    config: TrainingConfig, photos: int, test_photos: int = 0, cpu_count: int | None = None, correction: float = 1.0
) -> dict[str, float]:
    """Seconds that each of `PARTS` takes.

    Args:
        photos: in all class folders, those held back included.
        test_photos: measured at the end.
        correction: how much slower this machine trains than was expected, see `correction_by`.
    """
    step_s = step_ms(config, cpu_count) / 1000 * correction
    forward_s = FORWARD_SHARE * step_s
    held = photos * config.validation_fraction
    views = 1 if config.boxes is None else 2
    trained = photos - held
    with_head = config.head_epochs > 0 and config.weights != "none"
    outliers = 1 + (config.outlier_share if config.outliers is not None else 0)
    epoch_s = trained * outliers * step_s + held * forward_s
    rounds = any(FORMATS[name].has_eight_bit_weights for name in config.formats)
    return {
        READING: START_S + photos * views * READ_S,
        HEAD: views * (photos * forward_s + trained * config.head_epochs * HEAD_S) if with_head else 0.0,
        TRAINING: FIRST_STEP_S + config.epochs * epoch_s if config.epochs else 0.0,
        EXPORTING: sum(EXPORT_S[name] for name in config.formats) + rounds * ROUNDING_S,
        MEASURING: (held + test_photos * len(config.formats)) * (forward_s + READ_S),
    }


def correction_by(runs: Sequence[RunFolder], cpu_count: int | None = None) -> float:
    """How many times slower finished runs trained on this machine than was expected of them; 1 where there are none.

    Args:
        runs: newest first.
    """
    ratios: list[float] = []
    for run in runs:
        status = run.read_status()
        if status is None or status.state != FINISHED or not status.photos_per_second:
            continue
        try:
            expected_ms = step_ms(TrainingConfig.load(run.config_path), cpu_count)
        except SettingsError:  # it is damaged, or of a backbone that there is no more
            continue
        ratios.append(1000 / status.photos_per_second / expected_ms)
        if len(ratios) == RUNS_COUNTED:
            break
    return median(ratios) if ratios else 1.0


def estimate_seconds(
    config: TrainingConfig,
    photos: int,
    cpu_count: int | None = None,
    test_photos: int = 0,
    runs: Sequence[RunFolder] = (),
) -> float:
    """Seconds from start to finish.

    Args:
        photos: in all class folders, those held back included.
        cpu_count: cores to train on; without it, those of this machine.
        test_photos: measured at the end.
        runs: earlier ones on this machine, newest first; they correct the estimate.
    """
    correction = correction_by(runs, cpu_count)
    return sum(expected_seconds(config, photos, test_photos, cpu_count, correction).values())
