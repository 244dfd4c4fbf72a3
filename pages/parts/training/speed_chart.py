"""How right a model is against how long it takes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import altair as alt
import pandas as pd

from pages.parts.training.curves import COLOURS


@dataclass(frozen=True)
class Speed:
    """A model: milliseconds for a photo, part of the photos named right (0 to 1) with its 95 % interval."""

    name: str
    latency_ms: float
    right: float
    low: float
    high: float


def speed_chart(models: Sequence[Speed]) -> alt.LayerChart | alt.FacetChart:
    """A dot for each model, with its interval and its name."""
    names = [model.name for model in models]
    base = alt.Chart(pd.DataFrame([asdict(model) for model in models])).encode(
        x=alt.X(
            "latency_ms:Q",
            title="milliseconds for a photo",
            axis=alt.Axis(tickCount=6),
            scale=alt.Scale(domain=[0, 1.25 * max(model.latency_ms for model in models)]),
        ),
        color=alt.Color(
            "name:N",
            title=None,
            scale=alt.Scale(domain=names, range=[COLOURS[i % len(COLOURS)] for i in range(len(names))]),
            legend=alt.Legend(orient="bottom", columns=1, labelLimit=300),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="run"),
            alt.Tooltip("right:Q", title="right answers", format=".1%"),
            alt.Tooltip("latency_ms:Q", title="milliseconds", format=".2f"),
        ],
    )
    axis = alt.Axis(format=".0%", tickCount=5)
    span = alt.Scale(domain=[max(0.0, min(m.low for m in models) - 0.02), min(1.0, max(m.high for m in models) + 0.02)])
    intervals = base.mark_rule(strokeWidth=2, opacity=0.6).encode(
        y=alt.Y("low:Q", title="right answers", scale=span, axis=axis), y2="high:Q"
    )
    dots = base.mark_circle(size=110, opacity=1).encode(y=alt.Y("right:Q", scale=span))
    return alt.layer(intervals, dots).properties(height=330 + 20 * len(models))
