"""What each format of a model was measured to be: on its card under "measured", by `benchmarks/formats.py`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from vision.checked_fields import count_in, interval_in, number_in, share_in, text_in
from vision.errors import ModelError
from vision.export.formats import FORMATS
from vision.model_card import ModelCard

FIELD = "measured"
REFERENCE = "float32"
MOST_LOST = 0.005  # of top-1
AS_FAST = 1.1  # times the fastest


@dataclass(frozen=True)
class FormatFigures:
    """What one format's file did on the test photos.

    Attributes:
        photos: how many it answered to.
        top1, top3, top5: part of them whose class was among the first answers, 0 to 1.
        top1_interval: 95 % confidence interval of `top1`.
        agreement: part whose first answer is float32's, 0 to 1.
        calibration_error: see `metrics.expected_calibration_error`.
        size_bytes, zipped_bytes: of the file, and of it compressed.
        latency_ms_1, latency_ms_2: median of a photo, resized already, to scores, at one thread and at two.
        peak_mb: peak memory of a process that serves it.
    """

    photos: int
    top1: float
    top3: float
    top5: float
    top1_interval: tuple[float, float]
    agreement: float
    calibration_error: float
    size_bytes: int
    zipped_bytes: int
    latency_ms_1: float
    latency_ms_2: float
    peak_mb: float


@dataclass(frozen=True)
class MeasuredFormats:
    """The formats of a model, measured on the same photos by the same command.

    Attributes:
        date: YYYY-MM-DD; commit: of the code that measured.
        data: name of the data set's part, such as "gtsrb/test"; photos: how many of it were measured on.
        command: what to type to measure again.
        machine: what it ran on, in words.
        formats: by format's name.
        recommended: the format to take unless told otherwise, see `recommended_format`.
    """

    date: str
    commit: str
    data: str
    photos: int
    command: str
    machine: str
    formats: Mapping[str, FormatFigures]
    recommended: str

    def to_json(self) -> dict[str, Any]:
        """What a card holds under "measured", and `read_figures` takes."""
        content = asdict(self) | {"formats": {name: asdict(figures) for name, figures in self.formats.items()}}
        for figures in content["formats"].values():
            figures["top1_interval"] = list(figures["top1_interval"])
        return content


def read_figures(card: ModelCard) -> MeasuredFormats | None:
    """The figures on a card; None where its formats were not measured.

    Raises:
        ModelError: what stands there are no such figures.
    """
    content = card.content.get(FIELD)
    if content is None:
        return None
    try:
        measured = MeasuredFormats(
            date=text_in(content, "date"),
            commit=text_in(content, "commit"),
            data=text_in(content, "data"),
            photos=count_in(content, "photos"),
            command=text_in(content, "command"),
            machine=text_in(content, "machine"),
            formats={str(name): _read_format(entry) for name, entry in content["formats"].items()},
            recommended=text_in(content, "recommended"),
        )
        if measured.recommended not in measured.formats:
            raise ValueError(f"'recommended' is {measured.recommended!r}; expected one of those measured")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise ModelError(
            f"The figures of the formats on the card of '{card.name}' are damaged ({what}); measure them again with: "
            f"python benchmarks/formats.py {card.task}/{card.name}"
        ) from error
    return measured


def recommended_format(formats: Mapping[str, FormatFigures]) -> str:
    """The format to take.

    Among the formats whose top-1 loses at most 0.5 points against float32 and that phones support (`for_phones` in
    `export.formats`), those within 10 % of the fastest at one thread, and of these the smallest file; of equal ones
    the one with the higher top-1, then the first. Where float32 was not measured, the best top-1 takes its place.

    Args:
        formats: figures by format's name, of the same photos.

    Raises:
        ModelError: there is no format that phones support.
    """
    for_phones = {name: one for name, one in formats.items() if name in FORMATS and FORMATS[name].for_phones}
    if not for_phones:
        raise ModelError(
            f"None of the formats measured ({', '.join(formats) or 'there are none'}) is one that phones support; "
            f"measure one of: {', '.join(spec.name for spec in FORMATS.values() if spec.for_phones)}."
        )
    reference = formats[REFERENCE].top1 if REFERENCE in formats else max(one.top1 for one in for_phones.values())
    # Shares of photos come as quotients: 0.5 points exactly may be a little more in binary.
    close = {name: one for name, one in for_phones.items() if reference - one.top1 <= MOST_LOST + 1e-9}
    fastest = min(one.latency_ms_1 for one in close.values())
    fast = {name: one for name, one in close.items() if one.latency_ms_1 <= AS_FAST * fastest}
    return min(fast, key=lambda name: (fast[name].size_bytes, -fast[name].top1))


def _read_format(content: Mapping[str, Any]) -> FormatFigures:
    return FormatFigures(
        photos=count_in(content, "photos"),
        top1=share_in(content, "top1"),
        top3=share_in(content, "top3"),
        top5=share_in(content, "top5"),
        top1_interval=interval_in(content, "top1_interval"),
        agreement=share_in(content, "agreement"),
        calibration_error=share_in(content, "calibration_error"),
        size_bytes=count_in(content, "size_bytes"),
        zipped_bytes=count_in(content, "zipped_bytes"),
        latency_ms_1=number_in(content, "latency_ms_1"),
        latency_ms_2=number_in(content, "latency_ms_2"),
        peak_mb=number_in(content, "peak_mb"),
    )
