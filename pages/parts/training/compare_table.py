"""Runs as the columns of a table: results first, then the settings that differ."""

from pages.parts.thumbnails import escape
from pages.parts.training import compare_words, run_words
from vision.results.compare import ComparedRun, Comparison
from vision.results.findings import Score
from vision.results.words import duration, megabytes, milliseconds, percent

UNKNOWN = "–"


def table_html(comparison: Comparison) -> str:
    """The table; wider than the screen, it scrolls by itself."""
    runs = comparison.runs
    head = "".join(f"<th>{escape(run.name)}</th>" for run in runs)
    facts = [_facts(run) for run in runs]
    rows = [(name, [each[name] for each in facts]) for name in facts[0]]
    rows += [
        (compare_words.setting(name), compare_words.values(name, contents))
        for name, contents in comparison.differing.items()
        if name != "new_task" or "task" not in comparison.differing  # else it says the same once more
    ]
    body = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
        for name, cells in rows
    )
    return f'<div class="sl-wide-table"><table><tr><th></th>{head}</tr>{body}</table></div>'


def _facts(run: ComparedRun) -> dict[str, str]:
    return {
        "state": run_words.STATES.get(run.state, run.state),
        "test photos right": _score(run.test),
        "photos held back right": _score(run.validation) if run.validation else _share(run.best_validation),
        "size": UNKNOWN if run.size_bytes is None else megabytes(run.size_bytes),
        "time for a photo": UNKNOWN if run.median_ms is None else milliseconds(run.median_ms),
        "time it trained": UNKNOWN if run.seconds is None else duration(run.seconds),
        "times it saw all photos": str(run.epochs),
    }


def _score(score: Score | None) -> str:
    if score is None:
        return UNKNOWN
    return f"{percent(score.share)} ({100 * score.low:.1f} to {100 * score.high:.1f})"


def _share(share: float | None) -> str:
    return UNKNOWN if share is None else percent(share)
