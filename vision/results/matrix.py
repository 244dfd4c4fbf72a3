"""The confusion matrix as a page can show it: a table of few classes, a heat map of many, photos behind each cell."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from vision.names import tidy
from vision.results.findings import Findings
from vision.results.outcome import Outcome
from vision.results.thumbnails import PICTURES_A_CELL, Thumbnail
from vision.results.words import counted

TABLE_CLASSES = 16  # beyond that, names and numbers are too small to read
MOST_CELLS = 1500
NAMES_A_CELL = 20
UNIT = 10
LEAST_CELL_PX = 5


@dataclass(frozen=True)
class Cell:
    """Photos of one class with one answer.

    Attributes:
        count: how many; class_photos: of how many of their class.
        shown: rows that have a thumbnail.
        names: files of the others, some of them; more: how many are not named at all.
    """

    truth: int
    answer: int
    count: int
    class_photos: int
    shown: tuple[int, ...]
    names: tuple[str, ...]
    more: int

    @property
    def key(self) -> str:
        return f"{self.truth}-{self.answer}"

    @property
    def is_right(self) -> bool:
        return self.truth == self.answer

    @property
    def share(self) -> float:
        """Part of the class' photos, 0 to 1."""
        return self.count / self.class_photos


def open_cells(outcome: Outcome, findings: Findings, thumbnails: Mapping[int, Thumbnail]) -> dict[str, Cell]:
    """What is behind the cells, by their key "truth-answer": confusions, and the diagonal of each class with photos."""
    pairs = [(cell.truth, cell.answer) for cell in findings.confusions[:MOST_CELLS]]
    pairs += [(score.label, score.label) for score in findings.per_class if score.photos]
    cells = [_open_cell(outcome, findings, thumbnails, *pair) for pair in pairs]
    return {cell.key: cell for cell in cells}


def _open_cell(
    outcome: Outcome, findings: Findings, thumbnails: Mapping[int, Thumbnail], truth: int, answer: int
) -> Cell:
    rows = outcome.rows_in_cell(findings.part, truth, answer).tolist()
    shown = tuple([row for row in rows if row in thumbnails][:PICTURES_A_CELL])
    others = [outcome.files[row] for row in rows if row not in shown]
    named = tuple(others[:NAMES_A_CELL]) if truth != answer else ()
    class_photos = findings.per_class[truth].photos
    return Cell(truth, answer, len(rows), class_photos, shown, named, len(others) - len(named))


def classes_to_show(findings: Findings, most: int = TABLE_CLASSES) -> list[int]:
    """The classes of the table, in their own order: all, or those that take part in the most confusions.

    Pairs are taken whole, the most frequent first, so that each confusion shown has its row and its column.
    """
    if len(findings.labels) <= most:
        return list(range(len(findings.labels)))
    chosen: set[int] = set()
    for cell in findings.confusions:
        if len(chosen | {cell.truth, cell.answer}) <= most:
            chosen |= {cell.truth, cell.answer}
    return sorted(chosen)


def heat_map(findings: Findings) -> Markup:
    """Every class against every class as inline SVG; a cell has the key of what is behind it as `data-cell`."""
    matrix = findings.confusion_matrix()
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    side = len(findings.labels) * UNIT
    parts = [Markup('<rect class="ground" width="{side}" height="{side}"/>').format(side=side)]
    for cell in sorted(findings.cells, key=lambda cell: (cell.truth, cell.answer)):
        right = cell.truth == cell.answer
        truth, answer = findings.labels[cell.truth], findings.labels[cell.answer]
        note = tidy(f"{truth}: named right" if right else f"{truth}, taken for {answer}")
        parts.append(
            Markup(
                '<rect class="{}" x="{}" y="{}" width="{unit}" height="{unit}" fill-opacity="{:.2f}" data-cell="{}-{}">'
                "<title>{}: {}</title></rect>"
            ).format(
                "right" if right else "wrong",
                cell.answer * UNIT,
                cell.truth * UNIT,
                (right_heat if right else heat)(float(shares[cell.truth, cell.answer])),
                cell.truth,
                cell.answer,
                note,
                counted(cell.count, "photo"),
                unit=UNIT,
            )
        )
    return Markup(
        '<svg class="heat" style="min-width: {}px" viewBox="0 0 {side} {side}" role="img" aria-label="{}">{}</svg>'
    ).format(len(findings.labels) * LEAST_CELL_PX, "Every class against every class", Markup("").join(parts), side=side)


def heat(share: float) -> float:
    """How strongly a confusion of that part of a class (0 to 1) is coloured; a single photo must be seen."""
    return 0.35 + 0.65 * min(1.0, share * 4) ** 0.5


def right_heat(share: float) -> float:
    """How strongly the diagonal is coloured: less than what is wrong."""
    return 0.25 + 0.5 * share
