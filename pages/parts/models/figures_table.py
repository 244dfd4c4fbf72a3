"""All that was measured of each format, for whoever wants numbers."""

import streamlit as st

from pages.parts.thumbnails import escape
from pages.parts.training.compare_table import UNKNOWN
from vision.format_figures import FormatFigures, MeasuredFormats
from vision.results.words import megabytes, milliseconds, percent


def show(measured: MeasuredFormats) -> None:
    """Draws the table, folded away, with the command that made it."""
    with st.expander("All figures", icon=":material/table:"):
        st.html(table_html(measured))
        st.caption(f"Made at commit {escape(measured.commit)} by:")
        st.code(measured.command, language="bash", wrap_lines=True)


def table_html(measured: MeasuredFormats) -> str:
    """A column for each figure, a row for each format; wider than the screen, it scrolls by itself."""
    facts = {name: _facts(figures) for name, figures in measured.formats.items()}
    head = "".join(f"<th>{escape(what)}</th>" for what in next(iter(facts.values())))
    rows = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{escape(value)}</td>' for value in row.values())}</tr>"
        for name, row in facts.items()
    )
    return f'<div class="sl-wide-table"><table><tr><th></th>{head}</tr>{rows}</table></div>'


def _facts(figures: FormatFigures) -> dict[str, str]:
    low, high = figures.top1_interval
    return {
        "photos": f"{figures.photos:,}",
        "right at first": f"{percent(figures.top1)} ({100 * low:.1f} to {100 * high:.1f})",
        "right among three": percent(figures.top3),
        "right among five": percent(figures.top5),
        "same first answer as float32": percent(figures.agreement),
        "calibration error": f"{figures.calibration_error:.3f}",
        "size": megabytes(figures.size_bytes),
        "zipped": megabytes(figures.zipped_bytes),
        "time, one thread": milliseconds(figures.latency_ms_1),
        "time, two threads": milliseconds(figures.latency_ms_2),
        "memory at most": f"{figures.peak_mb:.0f} MB" if figures.peak_mb else UNKNOWN,
    }
