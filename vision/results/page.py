"""report.html: everything about a finished run in one file that needs nothing from elsewhere."""

import base64
import dataclasses
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup, escape

from vision.model_card import ModelCard, Sureness
from vision.names import isolated, tidy
from vision.results import charts, matrix, words
from vision.results.findings import ClassScore, Findings, Score
from vision.results.outcome import TEST, VALIDATION, Outcome
from vision.results.thumbnails import CASES_SHOWN, example_rows, load_thumbnails, rows_to_show
from vision.tasks import TaskSpec
from vision.training.command import command_line
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder

ASSETS = Path(__file__).parent / "assets"
CONFUSIONS_SHOWN = 10
CLASSES_SHOWN = 12
CASES_FIRST = 12  # further ones are behind a press
FEW_PHOTOS = 200
SURENESS_WORDS = {Sureness.SURE: "Sure", Sureness.LIKELY: "Likely", Sureness.UNSURE: "Not sure"}

History = Sequence[Mapping[str, float]]


@dataclass(frozen=True)
class SurenessRow:
    """Answers that the app shows with one badge: how many, and how many of them are right."""

    badge: str
    low: float
    high: float
    photos: int
    right: int


def write_report(
    run: RunFolder,
    outcome: Outcome,
    findings: Findings,
    card: ModelCard,
    config: TrainingConfig,
    history: History,
) -> Path:
    """Writes `run.page_path`.

    Args:
        outcome, findings: the answers and what was found in them; the photos are read again for their thumbnails.
        history: see `RunFolder.read_history`.

    Returns:
        The file's path; a reader sees the old file or the new one.
    """
    command = command_line(config, run.name)
    page = render_report(run.name, outcome, findings, card, config, history, command)
    partial = run.page_path.with_name(f"partial-{os.getpid()}-{run.page_path.name}")
    partial.write_text(page, encoding="utf-8", errors="backslashreplace")  # a file's name may not be text
    partial.replace(run.page_path)
    return run.page_path


def render_report(
    name: str,
    outcome: Outcome,
    findings: Findings,
    card: ModelCard,
    config: TrainingConfig,
    history: History,
    command: str,
) -> str:
    """The report as HTML; every name in it is escaped, and its policy lets a browser load nothing.

    Args:
        name: of the run; command: the command line that repeats it.
    """
    task = config.task_spec
    script = (ASSETS / "report.js").read_text(encoding="utf-8")
    thumbnails = load_thumbnails(outcome, rows_to_show(outcome, findings))
    counts, table_classes = findings.confusion_matrix(), matrix.classes_to_show(findings)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {
        "percent": words.percent,
        "whole_percent": words.whole_percent,
        "megabytes": words.megabytes,
        "milliseconds": words.milliseconds,
        "heat": matrix.heat,
        "right_heat": matrix.right_heat,
    }
    environment.globals["counted"] = words.counted
    template = environment.get_template("report.html")
    return template.render(
        style=Markup((ASSETS / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        name=name,
        task=task,
        card=card,
        config=config,
        command=escape(command),  # to be copied, so every sign of it counts
        outcome=outcome,
        findings=findings,
        top=findings.score(1),
        other_scores=_other_scores(findings),
        caveats=caveats(outcome, findings, config, task),
        thumbnails=thumbnails,
        examples={label: row for label, row in example_rows(outcome).items() if row in thumbnails},
        cells=matrix.open_cells(outcome, findings, thumbnails),
        confusions=findings.confusions[:CONFUSIONS_SHOWN],
        table_classes=table_classes,
        counts=counts.tolist(),
        outside=_outside(counts, table_classes),
        heat_map=matrix.heat_map(findings) if len(findings.labels) > matrix.TABLE_CLASSES else None,
        worst_first=_worst_first(findings),
        classes_shown=CLASSES_SHOWN,
        cases_shown=CASES_SHOWN,
        cases_first=CASES_FIRST,
        sureness_rows=sureness_rows(outcome, findings, card),
        reliability=charts.reliability_chart(
            "How often answers are right, by how sure the model is", findings.calibration, "how sure the model is"
        ),
        curves=learning_curves(history),
        settings=_settings(config),
    )


def _shown(value: object) -> object:
    """What a template's braces hold, as the page has it: names may hold marks that turn around what follows them."""
    return isolated(tidy(value)) if isinstance(value, str) and not isinstance(value, Markup) else value


def _other_scores(findings: Findings) -> list[Score]:
    """Every score but the headline; among three of three classes the right one always is, so that is left out."""
    return [
        score
        for score in findings.scores
        if (score.part, score.rank) != (findings.part, 1)
        and score.rank < len(findings.labels)
        and (score.part == findings.part or score.rank == 1)
    ]


def caveats(outcome: Outcome, findings: Findings, config: TrainingConfig, task: TaskSpec) -> list[str]:
    """What has to be known to read the figures rightly, in sentences."""
    said = []
    if findings.part == VALIDATION:
        said.append(
            "There were no test photos. These photos also helped to choose among the weights, so the figures flatter "
            "a little."
        )
        if task.group_pattern is not None:
            said.append(
                f"Several of them show the same {task.noun}, so the truth may lie outside the range more often than "
                "it says."
            )
    if findings.photos < FEW_PHOTOS:
        said.append(f"{findings.photos} photos are few; with more of them the range becomes narrower.")
    without = sum(score.photos == 0 for score in findings.per_class)
    if without:
        verb = "class has" if without == 1 else "classes have"
        said.append(f"{without} {verb} no photo among them, and nothing is known of how well they are named.")
    if task.tests_were_seen and config.weights != "none" and findings.part == TEST:
        said.append(
            "The test photos are among those from which ImageNet weights, the usual start, were made; that flatters "
            "the figures."
        )
    if outcome.unreadable:
        said.append(f"{words.counted(len(outcome.unreadable), 'photo')} could not be read, and are not counted.")
    return said


def sureness_rows(outcome: Outcome, findings: Findings, card: ModelCard) -> list[SurenessRow]:
    """How right the answers are that the app calls sure, likely and not sure."""
    rows = outcome.rows_of(findings.part)
    kinds = np.array([card.sureness(float(value)).name for value in outcome.sureness[rows]])
    right = outcome.answers[rows] == outcome.truth[rows]
    limits = {
        Sureness.SURE: (card.sure_from, 1.0),
        Sureness.LIKELY: (card.likely_from, card.sure_from),
        Sureness.UNSURE: (0.0, card.likely_from),
    }
    return [
        SurenessRow(badge, *limits[kind], int((kinds == kind.name).sum()), int(right[kinds == kind.name].sum()))
        for kind, badge in SURENESS_WORDS.items()
    ]


def learning_curves(history: History) -> list[tuple[str, Markup]]:
    """A chart each for accuracy and loss over the epochs, with its heading; none where no epoch was run."""
    rows = [row for row in history if {"accuracy", "val_accuracy", "loss", "val_loss"} <= row.keys()]
    rows = [row for row in rows if all(np.isfinite(value) for value in row.values())]
    if not rows:
        return []
    best = max(rows, key=lambda row: (row["val_accuracy"], -row["val_loss"]))
    mark = (best["epoch"] + 1, "kept")

    def lines(name: str) -> list[charts.Series]:
        return [
            charts.Series(part, colour, tuple((row["epoch"] + 1, row[key]) for row in rows))
            for part, colour, key in (("training", "second", name), ("validation", "first", f"val_{name}"))
        ]

    return [
        (
            "Named right",
            charts.line_chart("Accuracy by epoch", lines("accuracy"), "epoch", _axis_percent, mark, most=1.0),
        ),
        ("Loss (lower is better)", charts.line_chart("Loss by epoch", lines("loss"), "epoch", "{:g}".format, mark)),
    ]


def _axis_percent(share: float) -> str:
    return f"{round(share * 100, 2):g}%"


def _outside(counts: np.ndarray, table_classes: list[int]) -> dict[int, int]:
    """For each class of the table its photos that were taken for a class that is not there."""
    return {label: int(counts[label].sum() - counts[label, table_classes].sum()) for label in table_classes}


def _worst_first(findings: Findings) -> list[ClassScore]:
    """The classes that have photos, those that are named right least often first."""
    with_photos = [score for score in findings.per_class if score.photos]
    return sorted(with_photos, key=lambda score: (score.right / score.photos, -score.photos))


def _settings(config: TrainingConfig) -> list[tuple[str, str]]:
    """Every setting by its name, with what it was."""
    return [(field.name, _as_text(getattr(config, field.name))) for field in dataclasses.fields(config)]


def _as_text(value: object) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
