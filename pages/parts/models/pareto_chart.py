"""How right against what it costs, with the front of those that no other beats."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import altair as alt
import pandas as pd

from pages.parts.training.curves import COLOURS
from vision.network_figures import pareto_front

HEIGHT_PX = 340
MARGIN = 0.02


@dataclass(frozen=True)
class Dot:
    """A network in one format: its cost, and the part of the photos named right (0 to 1) with its 95 % interval."""

    network: str
    name: str
    format: str
    cost: float
    right: float
    low: float
    high: float


def pareto_chart(dots: Sequence[Dot], cost: str) -> alt.LayerChart | alt.FacetChart:
    """A dot for each network, its interval, and the line along the front.

    Args:
        cost: what `Dot.cost` is, as a title.
    """
    networks = list(dict.fromkeys(dot.network for dot in dots))
    x = alt.X(
        "cost:Q",
        title=cost,
        axis=alt.Axis(tickCount=6),
        scale=alt.Scale(domain=[0, 1.08 * max(dot.cost for dot in dots)], nice=False),
    )
    low, high = min(dot.low for dot in dots), max(dot.high for dot in dots)
    span = alt.Scale(domain=[max(0.0, low - MARGIN), min(1.0, high + MARGIN)], nice=False)
    axis = alt.Axis(format=".0%", tickCount=5)
    colour = alt.Color(
        "network:N",
        title=None,
        scale=alt.Scale(domain=networks, range=[COLOURS[i % len(COLOURS)] for i in range(len(networks))]),
        legend=alt.Legend(orient="bottom", columns=1, labelLimit=300, symbolOpacity=1),
    )
    base = alt.Chart(pd.DataFrame([asdict(dot) for dot in dots])).encode(x=x, color=colour)
    formats = list(dict.fromkeys(dot.format for dot in dots))
    shape = alt.Shape(
        "format:N",
        title=None,
        scale=alt.Scale(domain=formats),
        legend=alt.Legend(orient="bottom", columns=1) if len(formats) > 1 else None,
    )
    tooltip = [
        alt.Tooltip("name:N", title="network"),
        alt.Tooltip("right:Q", title="right answers", format=".1%"),
        alt.Tooltip("cost:Q", title=cost, format=".2f"),
    ]
    front = [dots[place] for place in pareto_front([(dot.cost, dot.right) for dot in dots])]
    line = (
        alt.Chart(pd.DataFrame([asdict(dot) for dot in front]))
        .mark_line(strokeDash=[5, 4], strokeWidth=1.5, color="#8a939d")
        .encode(x=x, y=alt.Y("right:Q", scale=span, axis=axis, title="right answers"), order="cost:Q")
    )
    intervals = base.mark_rule(strokeWidth=1.5, opacity=0.45).encode(y=alt.Y("low:Q", scale=span), y2="high:Q")
    points = base.mark_point(size=80, filled=True, opacity=1).encode(
        y=alt.Y("right:Q", scale=span), shape=shape, tooltip=tooltip
    )
    return alt.layer(line, intervals, points).properties(height=HEIGHT_PX)
