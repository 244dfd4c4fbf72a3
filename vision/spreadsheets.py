"""Tables that a spreadsheet can open without harm."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

# A spreadsheet takes a cell that begins like this for a formula and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe before what a spreadsheet would take for a formula."""
    cell = "".join(character for character in cell if character.isprintable())
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_STARTS) else cell


def write_csv(file: IO[bytes], columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Writes UTF-8 with a byte order mark, as spreadsheets expect it.

    Every cell is harmless, and in quotes: where a spreadsheet parts cells at semicolons, what follows one inside a name
    would be a cell of its own, and could be a formula.

    Args:
        rows: cells by column; columns that a row lacks are empty.
    """
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for row in rows:
        writer.writerow({column: harmless(cell) for column, cell in row.items()})
    text.detach()
