"""Networks by names that people can read, and what their comparison says."""

from pages.parts import words
from vision.network_figures import NetworkFigures, NetworkRow, pareto_front
from vision.results.words import percent

CLOSE = 0.02


def family_of(row: NetworkRow) -> str:
    """A network's name and width, such as "mobilenet v2 0.35"."""
    return f"{row.backbone.replace('_', ' ')} {row.alpha:g}" if row.alpha != 1 else row.backbone.replace("_", " ")


def name_of(row: NetworkRow) -> str:
    """The same with the side of the photos that it looks at."""
    return f"{family_of(row)}, {row.image_size} px"


def summary(figures: NetworkFigures) -> str:
    """Which one is right most often, and what a faster one close to it would save."""
    rows = figures.rows
    best = max(rows, key=lambda row: row.top1)
    said = f"Of those compared, {name_of(best)} ({best.format}) is right most often: {percent(best.top1)}."
    front = [rows[place] for place in pareto_front([(row.latency_ms, row.top1) for row in rows])]
    close = next(row for row in front if best.top1 - row.top1 <= CLOSE)
    if best.latency_ms >= 1.2 * close.latency_ms:
        factor = best.latency_ms / close.latency_ms
        name = words.heading(name_of(close))
        said += f" {name} ({close.format}) is {factor:.1f} times as fast, at {percent(close.top1)}."
    return said
