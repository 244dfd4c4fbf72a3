"""Learning curves: right answers and error over the passes through the photos."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

COLOURS = ("#2c74cc", "#c9600c", "#2f9e5b", "#a34fc4", "#c43c57", "#7a828c", "#0f97a8", "#8a7a00")
HEIGHT_PX = 330
TRAINING, HELD_BACK = "photos it learns from", "photos held back"

Row = Mapping[str, float]


@dataclass(frozen=True)
class Curve:
    """One line of a chart; the passes (1 is the end of the first one) and the value after each."""

    name: str
    passes: tuple[float, ...]
    values: tuple[float, ...]


def curve(name: str, rows: Sequence[Row], column: str) -> Curve:
    """The curve of one figure of a run's history (epochs count from 0); rows that lack the figure are left out."""
    known = [row for row in rows if math.isfinite(row.get(column, math.nan))]
    return Curve(name, tuple(row["epoch"] + 1 for row in known), tuple(row[column] for row in known))


def curve_within(name: str, points: Sequence[Row], column: str) -> Curve:
    """The curve of one figure at points within the passes (0.5 is the middle of the first)."""
    known = [point for point in points if math.isfinite(point.get(column, math.nan))]
    return Curve(name, tuple(point["epoch"] for point in known), tuple(point[column] for point in known))


def right_answers(curves: Sequence[Curve], passes: int) -> alt.LayerChart | alt.FacetChart:
    """Part of the photos named right, as it grows over so many passes."""
    lowest = min((value for each in curves for value in each.values), default=0.0)
    scale = alt.Scale(domain=[0.5 if lowest > 0.5 else 0, 1])
    return _chart(curves, passes, "right answers", scale, ".0%")


def error(curves: Sequence[Curve], passes: int) -> alt.LayerChart | alt.FacetChart:
    """The loss that training makes small, over so many passes."""
    return _chart(curves, passes, "error", alt.Scale(zero=True), ".2~f")


def _chart(
    curves: Sequence[Curve], passes: int, title: str, scale: alt.Scale, figures: str
) -> alt.LayerChart | alt.FacetChart:
    data = pd.DataFrame(
        [
            (each.name, position, value)
            for each in curves
            for position, value in zip(each.passes, each.values, strict=True)
        ],
        columns=["line", "passes", "value"],
    ).astype({"line": "str", "passes": "float64", "value": "float64"})
    names = [each.name for each in curves]
    base = alt.Chart(data).encode(
        x=alt.X(
            "passes:Q",
            title="times it has seen all photos",
            scale=alt.Scale(domain=[0, max(passes, 1)], nice=False),
            axis=alt.Axis(tickMinStep=1, format="d", grid=False),
        ),
        y=alt.Y("value:Q", title=title, scale=scale, axis=alt.Axis(format=figures, tickCount=5)),
        color=alt.Color(
            "line:N",
            title=None,
            scale=alt.Scale(domain=names, range=[COLOURS[i % len(COLOURS)] for i in range(len(names))]),
            legend=alt.Legend(orient="bottom", columns=1 if len(names) > 2 else 2, labelLimit=300),
        ),
        tooltip=[
            alt.Tooltip("line:N", title="line"),
            alt.Tooltip("passes:Q", title="after", format=".1f"),
            alt.Tooltip("value:Q", title=title, format=".1%" if "%" in figures else ".3f"),
        ],
    )
    whole = base.transform_filter("datum.passes % 1 == 0").mark_circle(size=40)
    return alt.layer(base.mark_line(strokeWidth=2), whole).properties(height=HEIGHT_PX)
