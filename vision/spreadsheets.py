"""Cells that a spreadsheet can open without harm."""

# A spreadsheet takes a cell that begins like this for a formula and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe before what a spreadsheet would take for a formula."""
    cell = "".join(character for character in cell if character.isprintable())
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_STARTS) else cell
