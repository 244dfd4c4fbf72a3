"""How often the model is right when it says how sure it is."""

from collections.abc import Sequence

import altair as alt
import pandas as pd


def calibration_chart(
    sure: Sequence[float], right: Sequence[float], photos: Sequence[int]
) -> alt.LayerChart | alt.FacetChart:
    """A dot for each group of answers, the larger the more photos; an honest model's lie on the dashed line.

    Args:
        sure: how sure the answers of a group are on average, 0 to 1.
        right: part of them that is right, 0 to 1.
        photos: how many they are.
    """
    data = pd.DataFrame({"sure": sure, "right": right, "photos": photos})
    axis = alt.Axis(format=".0%", tickCount=5)
    x = alt.X("sure:Q", title="how sure it says it is", scale=alt.Scale(domain=[0, 1]), axis=axis)
    y = alt.Y("right:Q", title="how often it is right", scale=alt.Scale(domain=[0, 1]), axis=axis)
    honest = alt.Chart(pd.DataFrame({"sure": [0.0, 1.0], "right": [0.0, 1.0]})).mark_line(
        strokeDash=[5, 4], color="#8a939d"
    )
    dots = alt.Chart(data).encode(x=x, y=y)
    return alt.layer(
        honest.encode(x=x, y=y),
        dots.mark_line(color="#2c74cc", strokeWidth=1.5),
        dots.mark_circle(color="#2c74cc", opacity=0.9).encode(
            size=alt.Size("photos:Q", legend=None, scale=alt.Scale(range=[40, 400])),
            tooltip=[
                alt.Tooltip("sure:Q", title="says it is sure", format=".0%"),
                alt.Tooltip("right:Q", title="is right", format=".0%"),
                alt.Tooltip("photos:Q", title="photos"),
            ],
        ),
    ).properties(height=300)
