"""Charts as inline SVG: they follow the page's colours, light and dark, and need nothing from elsewhere.

Their texts are escaped; what they give is safe to put into a page as it is.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from vision import metrics
from vision.results.findings import SurenessBin
from vision.results.words import counted, percent

WIDTH, HEIGHT = 360, 230  # about what a phone shows, so that its text has its own size there
LEFT, RIGHT, TOP, BOTTOM = 44, 20, 12, 34
FIRM_PHOTOS = 10


@dataclass(frozen=True)
class Series:
    """A line: its name, the class of its colour ("first" or "second"), and points (x, y)."""

    name: str
    colour: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Frame:
    """Where values lie in a chart."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        return LEFT + (value - self.x_low) / ((self.x_high - self.x_low) or 1) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self.y_low) / ((self.y_high - self.y_low) or 1) * (HEIGHT - TOP - BOTTOM)


def line_chart(
    title: str,
    series: Sequence[Series],
    x_name: str,
    y_text: Callable[[float], str],
    mark: tuple[float, str] | None = None,
    most: float | None = None,
) -> Markup:
    """Lines over whole numbers, such as epochs.

    Args:
        y_text: how a value of y is written.
        mark: an x that is pointed at, and what is written there.
        most: above which y cannot lie.
    """
    points = [point for line in series for point in line.points]
    xs = [x for x, _ in points]
    ticks = nice_ticks(min(y for _, y in points), max(y for _, y in points), most=most)
    frame = Frame(min(xs), max(xs), ticks[0], ticks[-1])
    parts = [_y_axis(frame, [(tick, y_text(tick)) for tick in ticks])]
    step = max(1, math.ceil((max(xs) - min(xs)) / 8))
    for place in range(math.ceil(min(xs)), math.floor(max(xs)) + 1, step):
        parts.append(_text(frame.x(place), HEIGHT - BOTTOM + 15, str(place), "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 3, x_name, "middle"))
    if mark is not None:
        at = frame.x(mark[0])
        late = at > WIDTH * 0.6
        parts.append(Markup('<path class="mark" d="M{:.1f} {}V{}"/>').format(at, TOP, HEIGHT - BOTTOM))
        parts.append(_text(at + (-4 if late else 4), HEIGHT - BOTTOM - 5, mark[1], "end" if late else "start"))
    for line in series:
        path = "M" + "L".join(f"{frame.x(x):.1f} {frame.y(y):.1f}" for x, y in line.points)
        parts.append(Markup('<path class="line {}" d="{}"/>').format(line.colour, path))
        for x, y in line.points if len(line.points) <= 40 else ():
            note = f"{line.name}, {x_name} {x:g}: {y_text(y)}"
            parts.append(
                Markup('<circle class="dot {}" cx="{:.1f}" cy="{:.1f}" r="3"><title>{}</title></circle>').format(
                    line.colour, frame.x(x), frame.y(y), note
                )
            )
    return _svg(title, parts)


def reliability_chart(title: str, bins: Sequence[SurenessBin], x_name: str) -> Markup:
    """How right (upwards) the answers of each bin of sureness (to the right) are; honest ones lie on the diagonal.

    A reliability diagram (DeGroot & Fienberg, 1983; Guo et al., 2017). The bars are 95 % intervals. Bins of few photos
    are faint and not part of the line, for they say little.
    """
    frame = Frame(0, 1, 0, 1)
    fifths = [place / 5 for place in range(6)]
    parts = [_y_axis(frame, [(value, f"{value:.0%}") for value in fifths])]
    parts += [_text(frame.x(value), HEIGHT - BOTTOM + 15, f"{value:.0%}", "middle") for value in fifths]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 3, x_name, "middle"))
    parts.append(
        Markup('<path class="mark" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>').format(
            frame.x(0), frame.y(0), frame.x(1), frame.y(1)
        )
    )
    firm = [b for b in bins if b.photos >= FIRM_PHOTOS]
    if firm:
        corners = "M" + "L".join(f"{frame.x(b.sureness):.1f} {frame.y(b.share_right):.1f}" for b in firm)
        parts.append(Markup('<path class="line first" d="{}"/>').format(corners))
    for b in bins:
        low, high = metrics.wilson_interval(round(b.share_right * b.photos), b.photos)
        note = f"{counted(b.photos, 'photo')}: on average {percent(b.sureness)} sure, {percent(b.share_right)} right"
        parts.append(
            Markup(
                '<g{}><title>{}</title><path class="spread" d="M{x:.1f} {:.1f}V{:.1f}"/>'
                '<circle class="dot first" cx="{x:.1f}" cy="{:.1f}" r="{:.1f}"/></g>'
            ).format(
                Markup("") if b.photos >= FIRM_PHOTOS else Markup(' class="few"'),
                note,
                frame.y(low),
                frame.y(high),
                frame.y(b.share_right),
                2.5 + 3.5 * math.sqrt(b.photos / sum(other.photos for other in bins)),
                x=frame.x(b.sureness),
            )
        )
    return _svg(title, parts)


def nice_ticks(low: float, high: float, count: int = 4, most: float | None = None) -> list[float]:
    """Round values from at or below `low` to at or above `high`, `count` or a few more; none above `most`."""
    span = (high - low) or abs(high) or 1.0
    rough = span / count
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(scale * factor for factor in (1, 2, 2.5, 5, 10) if scale * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if first == last:
        first -= 1
    ticks = [round(place * step, 10) for place in range(first, last + 1)]
    return ticks if most is None else [tick for tick in ticks if tick <= most + 1e-9]


def _y_axis(frame: Frame, ticks: Sequence[tuple[float, str]]) -> Markup:
    return Markup("").join(
        Markup('<path class="grid" d="M{} {y:.1f}H{}"/>').format(LEFT, WIDTH - RIGHT, y=frame.y(value))
        + _text(LEFT - 6, frame.y(value) + 4, text, "end")
        for value, text in ticks
    )


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, text)


def _svg(title: str, parts: Sequence[Markup]) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, escape(title), Markup("").join(parts)
    )
