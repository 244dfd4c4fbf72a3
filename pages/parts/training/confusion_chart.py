"""Which classes are taken for which: a square for each pair, in which a tap chooses a pair."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

CELL = "cell"  # name of the selection
NAMED_CLASSES = 16  # more names than these cannot be read beside the squares
RIGHT, WRONG = "named right", "named wrong"
COLUMNS = ["truth", "answer", "folder", "model", "photos", "share", "kind"]


def confusion_chart(labels: Sequence[str], counts: np.ndarray, shown: Sequence[int]) -> alt.Chart:
    """A square for each pair of classes that was seen, darker for a larger part of the class' photos.

    Args:
        labels: the classes in words.
        counts: int (classes, classes), photos by true class and by answer.
        shown: the classes to draw, in that order.
    """
    photos_of = np.maximum(counts.sum(axis=1), 1)
    rows = [
        (t, a, labels[t], labels[a], int(counts[t, a]), counts[t, a] / photos_of[t], RIGHT if t == a else WRONG)
        for t in shown
        for a in shown
        if counts[t, a]
    ]
    order = [labels[each] for each in shown]
    few = len(shown) <= NAMED_CLASSES
    axis = alt.Axis(labels=few, ticks=few, labelLimit=96, labelFontSize=10, labelOverlap=False)
    picked = alt.selection_point(name=CELL, fields=["truth", "answer"], on="click", empty=False)
    return (
        alt.Chart(pd.DataFrame(rows, columns=COLUMNS))
        .mark_rect(cursor="pointer")
        .encode(
            x=alt.X("model:N", title="the model says", sort=order, scale=alt.Scale(domain=order), axis=axis),
            y=alt.Y("folder:N", title="the folder says", sort=order, scale=alt.Scale(domain=order), axis=axis),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=[RIGHT, WRONG], range=["#2c74cc", "#c9600c"]),
                legend=alt.Legend(orient="top"),
            ),
            fillOpacity=alt.FillOpacity("share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[0.35, 1])),
            stroke=alt.condition(picked, alt.value("#ff2d75"), alt.value(None)),
            strokeWidth=alt.condition(picked, alt.value(3), alt.value(0)),
            tooltip=[
                alt.Tooltip("folder:N", title="the folder says"),
                alt.Tooltip("model:N", title="the model says"),
                alt.Tooltip("photos:Q", title="photos"),
            ],
        )
        .add_params(picked)
        .properties(height=min(max(24 * len(shown) + 190, 300), 640))
    )


def most_mixed_up(counts: np.ndarray, most: int = NAMED_CLASSES) -> list[int]:
    """The classes with the most wrong answers from or to them, at most so many, in their own order.

    Where nothing is mixed up, the first ones.
    """
    wrong = counts - np.diag(np.diag(counts))
    trouble = wrong.sum(axis=0) + wrong.sum(axis=1)
    worst = np.argsort(-trouble, kind="stable")[:most]
    return sorted(int(each) for each in worst if trouble[each] or not trouble.any())
