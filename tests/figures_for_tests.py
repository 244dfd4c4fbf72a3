"""Drawn figures of formats and networks: shaped as measured ones are, measured on nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vision.format_figures import FormatFigures, MeasuredFormats, recommended_format
from vision.network_figures import NetworkFigures, NetworkRow

FLOAT32 = FormatFigures(
    photos=1000,
    top1=0.95,
    top3=0.98,
    top5=0.99,
    top1_interval=(0.935, 0.962),
    agreement=1.0,
    calibration_error=0.01,
    size_bytes=9_000_000,
    zipped_bytes=8_000_000,
    latency_ms_1=10.0,
    latency_ms_2=6.0,
    peak_mb=60.0,
)
INT8 = replace(
    FLOAT32,
    top1=0.948,
    top1_interval=(0.933, 0.96),
    agreement=0.975,
    size_bytes=2_800_000,
    zipped_bytes=2_200_000,
    latency_ms_1=4.0,
    latency_ms_2=2.5,
    peak_mb=45.0,
)


def draw_figures(**formats: FormatFigures) -> MeasuredFormats:
    """Figures of these formats, or of float32 and int8."""
    formats = formats or {"float32": FLOAT32, "int8": INT8}
    return MeasuredFormats(
        date="2026-11-28",
        commit="abc1234",
        data="squares/test",
        photos=1000,
        command="python benchmarks/formats.py squares --test data/squares/test",
        machine="one core that was drawn",
        formats=formats,
        recommended=recommended_format(formats),
    )


NETWORK = NetworkRow("mobilenet_v2", 1.0, 96, "int8", 0.9, (0.88, 0.92), 3.0, 2_800_000)


def draw_networks(rows: Sequence[NetworkRow] = (NETWORK,), **changes: Any) -> NetworkFigures:
    """Figures of these networks."""
    figures = NetworkFigures(
        date="2026-11-28",
        commit="abc1234",
        command="python benchmarks/networks.py squares",
        data="squares/test",
        photos=500,
        recipe="head alone, three epochs",
        machine="one core that was drawn",
        rows=tuple(rows),
    )
    return replace(figures, **changes)
