"""Several runs beside each other: where their settings differ, and what came of it."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vision.errors import ModelError
from vision.model_card import ModelCard, read_card
from vision.results.findings import Score
from vision.results.outcome import TEST, VALIDATION
from vision.results.report_file import read_findings, read_report_file
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder


@dataclass(frozen=True)
class ComparedRun:
    """What is known of one run; None for what it has not come to, or was not asked.

    Attributes:
        state: see `RunStatus`.
        test, validation: top-1 with its interval, measured as served.
        best_validation: top-1 of the best epoch while it trained, 0 to 1.
        size_bytes: of the model's default format.
        median_ms: one photo from decoded pixels to scores, with the format that was measured.
        seconds: time at work, over all the times that it was started.
        epochs: that it has trained.
        history: see `RunFolder.read_history`.
    """

    name: str
    state: str
    test: Score | None
    validation: Score | None
    best_validation: float | None
    size_bytes: int | None
    median_ms: float | None
    seconds: float | None
    epochs: int
    history: tuple[dict[str, float], ...]

    def curve(self, figure: str) -> tuple[tuple[int, float], ...]:
        """The points (epoch from 1, value) of a figure such as "val_accuracy"."""
        return tuple((int(row["epoch"]) + 1, row[figure]) for row in self.history if figure in row)


@dataclass(frozen=True)
class Comparison:
    """Runs side by side.

    Attributes:
        runs: in the order given.
        differing: the settings that are not the same in all, by name: a value for each run.
    """

    runs: tuple[ComparedRun, ...]
    differing: dict[str, tuple[Any, ...]]


def compare(runs: Sequence[RunFolder]) -> Comparison:
    """Reads the folders of runs, finished or not.

    Raises:
        SettingsError: a folder holds no settings.
    """
    configs = [TrainingConfig.load(run.config_path) for run in runs]
    values = {
        field.name: tuple(getattr(config, field.name) for config in configs)
        for field in dataclasses.fields(TrainingConfig)
    }
    differing = {name: row for name, row in values.items() if any(value != row[0] for value in row)}
    return Comparison(tuple(map(_compared, runs)), differing)


def _compared(run: RunFolder) -> ComparedRun:
    status, card, history = run.look(), _card_of(run), run.read_history()
    findings, report = read_findings(run), read_report_file(run) or {}
    return ComparedRun(
        name=run.name,
        state=status.state,
        test=findings.score(1, TEST) if findings else None,
        validation=findings.score(1, VALIDATION) if findings else None,
        best_validation=max((row["val_accuracy"] for row in history if "val_accuracy" in row), default=None),
        size_bytes=card.formats[card.default_format].size_bytes if card else None,
        median_ms=report.get("measured", {}).get("median_ms"),
        seconds=status.seconds or None,
        epochs=len(history),
        history=tuple(history),
    )


def _card_of(run: RunFolder) -> ModelCard | None:
    try:
        return read_card(run.model_dir)
    except ModelError:
        return None
