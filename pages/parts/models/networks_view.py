"""Several networks compared: how right against how fast and how small."""

import streamlit as st

from pages.parts import thumbnails, words
from pages.parts.models import network_words
from pages.parts.models.pareto_chart import Dot, pareto_chart
from vision import model_store
from vision.errors import VisionError
from vision.network_figures import NetworkFigures, read_networks
from vision.tasks import TaskSpec


def show(task: TaskSpec) -> None:
    """Draws the comparison; nothing where none was made."""
    try:
        figures = read_networks(task.name, model_store.MODELS_DIR)
    except VisionError as error:
        st.warning(thumbnails.plain(str(error)), icon=":material/error:")
        return
    if figures is None:
        return
    st.subheader("Other networks, other sizes", anchor=False)
    st.write(
        thumbnails.plain(network_words.summary(figures))
        + " All were trained alike, briefly and on a part of the photos: compare them with each other, not with the "
        "models above."
    )
    speed, size = st.columns(2, gap="medium")
    speed.altair_chart(
        pareto_chart(_dots(figures, in_ms=True), "milliseconds for a photo"),
        key="models_networks_speed",
        alt="How often each network is right, by the time it takes for a photo",
    )
    size.altair_chart(
        pareto_chart(_dots(figures, in_ms=False), "megabytes"),
        key="models_networks_size",
        alt="How often each network is right, by the size of its file",
    )
    st.caption(
        "Higher is better, further left is faster or smaller. The line joins those that no other beats: whatever lies "
        "below it is right less often and costs no less. The line through a dot is its 95\u00a0% confidence interval."
    )
    with st.expander("How these were made", icon=":material/table:"):
        st.write(
            f"{words.heading(figures.recipe.rstrip('.'))}. Measured on {figures.photos:,} photos of {figures.data}, on "
            f"{figures.machine}, {figures.date}, at commit {figures.commit}, by:"
        )
        st.code(figures.command, language="bash", wrap_lines=True)
        st.dataframe(
            {
                "network": [network_words.name_of(row) for row in figures.rows],
                "format": [row.format for row in figures.rows],
                "right, %": [100 * row.top1 for row in figures.rows],
                "from": [100 * row.top1_interval[0] for row in figures.rows],
                "to": [100 * row.top1_interval[1] for row in figures.rows],
                "ms": [row.latency_ms for row in figures.rows],
                "MB": [row.size_bytes / 1e6 for row in figures.rows],
            },
            column_config={
                name: st.column_config.NumberColumn(format="%.2f" if name in ("ms", "MB") else "%.1f")
                for name in ("right, %", "from", "to", "ms", "MB")
            },
            hide_index=True,
        )


def _dots(figures: NetworkFigures, in_ms: bool) -> list[Dot]:
    return [
        Dot(
            network=network_words.family_of(row),
            name=f"{network_words.name_of(row)}, {row.format}",
            format=row.format,
            cost=row.latency_ms if in_ms else row.size_bytes / 1e6,
            right=row.top1,
            low=row.top1_interval[0],
            high=row.top1_interval[1],
        )
        for row in figures.rows
    ]
