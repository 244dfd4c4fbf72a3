"""Several networks at several sizes, measured for one task: `models/<task>/networks.json`."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vision import model_store
from vision.checked_fields import count_in, interval_in, number_in, share_in, text_in
from vision.errors import ModelError

NETWORKS_FILE = "networks.json"


@dataclass(frozen=True)
class NetworkRow:
    """One network at one input size in one format.

    Attributes:
        backbone: name of a `BackboneSpec`; alpha: its width.
        image_size: input side in pixels.
        format: name of a `FormatSpec`.
        top1: part of the photos right at first, 0 to 1; top1_interval: its 95 % confidence interval.
        latency_ms: median of a photo, resized already, to scores, at one thread.
        size_bytes: of the file.
    """

    backbone: str
    alpha: float
    image_size: int
    format: str
    top1: float
    top1_interval: tuple[float, float]
    latency_ms: float
    size_bytes: int


@dataclass(frozen=True)
class NetworkFigures:
    """Networks trained by one recipe and measured on the same photos.

    Attributes:
        date: YYYY-MM-DD; commit: of the code that measured.
        command: what to type to measure again; recipe: how each network was trained, in words.
        data: name of the data set's part; photos: how many of it.
        machine: what it ran on, in words.
    """

    date: str
    commit: str
    command: str
    data: str
    photos: int
    recipe: str
    machine: str
    rows: tuple[NetworkRow, ...]

    def to_json(self) -> dict[str, Any]:
        """What the file holds, and `read_networks` takes."""
        rows = [asdict(row) | {"top1_interval": list(row.top1_interval)} for row in self.rows]
        return asdict(self) | {"rows": rows}


def read_networks(task: str, root: Path = model_store.MODELS_DIR) -> NetworkFigures | None:
    """The networks that were compared for a task; None where none were.

    Raises:
        ModelError: the file cannot be read, or holds something else.
    """
    path = root / task / NETWORKS_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(map(_read_row, content["rows"]))
        if not rows:
            raise ValueError("'rows' is empty")
        return NetworkFigures(
            date=text_in(content, "date"),
            commit=text_in(content, "commit"),
            command=text_in(content, "command"),
            data=text_in(content, "data"),
            photos=count_in(content, "photos"),
            recipe=text_in(content, "recipe"),
            machine=text_in(content, "machine"),
            rows=rows,
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise ModelError(f"'{path}' is damaged ({what}); measure the networks again, or delete it.") from error


def pareto_front(points: Sequence[tuple[float, float]]) -> list[int]:
    """The points that no other beats, the cheapest first.

    One point beats another where it costs no more and gains no less, and is better in one of the two.

    Args:
        points: (cost, gain) each, such as (latency in ms, part right at first).

    Returns:
        Places in `points`; of equal points all.
    """
    front: list[int] = []
    best = float("-inf")
    for place in sorted(range(len(points)), key=lambda place: (points[place][0], -points[place][1])):
        cost, gain = points[place]
        if gain > best or (front and points[front[-1]] == (cost, gain)):
            front.append(place)
            best = gain
    return front


def _read_row(content: dict[str, Any]) -> NetworkRow:
    return NetworkRow(
        backbone=text_in(content, "backbone"),
        alpha=number_in(content, "alpha"),
        image_size=count_in(content, "image_size"),
        format=text_in(content, "format"),
        top1=share_in(content, "top1"),
        top1_interval=interval_in(content, "top1_interval"),
        latency_ms=number_in(content, "latency_ms"),
        size_bytes=count_in(content, "size_bytes"),
    )
