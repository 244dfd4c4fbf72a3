"""Answers for several photos as a CSV file that a spreadsheet can open without harm."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from pages.parts.results import Answer, Found, PhotoAnswer
from vision.spreadsheets import write_csv
from vision.tasks import TaskSpec

TOP = 5
ANSWER_COLUMNS = (
    "label",
    "probability",
    "sureness",
    *(f"{column}_{rank}" for rank in range(2, TOP + 1) for column in ("label", "probability")),
)
BOX_COLUMNS = ("box_x1", "box_y1", "box_x2", "box_y2")


@dataclass(frozen=True)
class Outcome:
    """A photo's answer, or the sentence that says why there is none."""

    file: str
    answer: PhotoAnswer | None
    problem: str | None


def to_csv(outcomes: Sequence[Outcome], task: TaskSpec) -> bytes:
    """A harmless table with one line for each part of a photo that was looked at.

    Boxes are in pixels of the upright photo at full size; there are none in the table of a task without a finder.
    """
    table = io.BytesIO()
    number_column = () if task.finder is None else (task.noun,)
    box_columns = () if task.finder is None else (*BOX_COLUMNS, "detector_confidence")
    columns = ("file", *number_column, *ANSWER_COLUMNS, *box_columns, "error")
    write_csv(table, columns, (row for outcome in outcomes for row in _rows(outcome, task)))
    return table.getvalue()


def _rows(outcome: Outcome, task: TaskSpec) -> list[dict[str, str]]:
    answer = outcome.answer
    if answer is None:
        return [{"file": outcome.file, "error": outcome.problem or ""}]
    nothing = f"No {task.noun} found in this photo." if answer.found is Found.NOTHING else ""
    if not answer.parts:
        return [{"file": outcome.file, "error": nothing}]
    remark = f"{nothing} The answer is a guess from the whole photo." if answer.is_guess else ""
    rows = []
    for number, part in enumerate(answer.parts, start=1):
        row = {"file": outcome.file, **_scores(part), **_box(part, answer), "error": remark}
        if part.prediction.box is not None:
            row[task.noun] = str(number)
        rows.append(row)
    return rows


def _scores(part: Answer) -> dict[str, str]:
    cells = {"sureness": part.sureness.value}
    for rank, score in enumerate(part.prediction.top(TOP), start=1):
        suffix = "" if rank == 1 else f"_{rank}"
        cells[f"label{suffix}"], cells[f"probability{suffix}"] = score.label, f"{score.probability:.6f}"
    return cells


def _box(part: Answer, answer: PhotoAnswer) -> dict[str, str]:
    box = part.prediction.box
    if box is None:
        return {}
    x_factor, y_factor = answer.full_hw[1] / answer.decoded_hw[1], answer.full_hw[0] / answer.decoded_hw[0]
    corners = box.scaled(x_factor, y_factor).xyxy
    cells = {column: str(round(value)) for column, value in zip(BOX_COLUMNS, corners, strict=True)}
    if part.confidence is not None:
        cells["detector_confidence"] = f"{part.confidence:.4f}"
    return cells
