"""Answers for several photos as a CSV file that a spreadsheet can open without harm."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from pages.parts.answers import Answer

TOP = 5
# A spreadsheet takes a cell that begins like this for a formula and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class Outcome:
    """A photo's answer, or the sentence that says why there is none."""

    file: str
    answer: Answer | None
    problem: str | None


def to_csv(outcomes: Sequence[Outcome]) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets expect it; one line a photo."""
    text = io.StringIO()
    writer = csv.writer(text)
    others = [f"{column}_{rank}" for rank in range(2, TOP + 1) for column in ("label", "probability")]
    writer.writerow(["file", "label", "probability", "sureness", *others, "error"])
    for outcome in outcomes:
        writer.writerow([harmless(cell) for cell in _cells(outcome)])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe before what a spreadsheet would take for a formula."""
    cell = "".join(character for character in cell if character.isprintable())
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_STARTS) else cell


def _cells(outcome: Outcome) -> list[str]:
    if outcome.answer is None:
        return [outcome.file, "", "", "", *[""] * (2 * (TOP - 1)), outcome.problem or ""]
    best, *others = outcome.answer.prediction.top(TOP)
    cells = [outcome.file, best.label, f"{best.probability:.6f}", outcome.answer.sureness.value]
    for score in others:
        cells += [score.label, f"{score.probability:.6f}"]
    cells += [""] * (4 + 2 * (TOP - 1) - len(cells))
    return [*cells, ""]
