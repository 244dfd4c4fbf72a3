"""What is known of each format of a model: from figures measured side by side, else from what its card has."""

from collections.abc import Sequence
from dataclasses import dataclass

from vision import metrics
from vision.export.formats import FORMATS
from vision.format_figures import REFERENCE, FormatFigures, MeasuredFormats
from vision.model_card import ModelCard

IN_WORDS = {
    "float32": "the original",
    "float16": "half the size",
    "dynamic": "small; rounds while it runs",
    "int8": "small and fast",
    "int8-qat": "small and fast, and trained to be so",
    "int16x8": "small, but slow on most phones",
}


@dataclass(frozen=True)
class Offer:
    """A format.

    Attributes:
        name, in_words: its name, and what it is to somebody who has never heard of it.
        is_there: whether its file can be downloaded here.
        right: part of the test photos named right, 0 to 1; low, high: its 95 % confidence interval; None: not known.
        size_bytes: of the file.
        latency_ms: for a photo, at one thread; None where it was not measured beside the others.
        figures: all that was measured beside the others.
    """

    name: str
    in_words: str
    is_there: bool
    right: float | None
    low: float | None
    high: float | None
    size_bytes: int
    latency_ms: float | None
    figures: FormatFigures | None

    @property
    def for_phones(self) -> bool:
        """Whether phones are fast with it."""
        return self.name in FORMATS and FORMATS[self.name].for_phones


def offers_of(card: ModelCard, measured: MeasuredFormats | None) -> list[Offer]:
    """All formats that are there or were measured, in the order of `FORMATS`."""
    names = {*card.formats, *(measured.formats if measured else ())}
    ordered = [name for name in FORMATS if name in names] + sorted(names - set(FORMATS))
    return [_offer(name, card, measured) for name in ordered]


def original_of(offers: Sequence[Offer]) -> Offer | None:
    """The one that the others are compared with."""
    return next((offer for offer in offers if offer.name == REFERENCE), None)


def _offer(name: str, card: ModelCard, measured: MeasuredFormats | None) -> Offer:
    figures = measured.formats.get(name) if measured else None
    in_words, is_there = IN_WORDS.get(name, "another format"), name in card.formats
    if figures is not None:
        size = card.formats[name].size_bytes if is_there else figures.size_bytes
        low, high = figures.top1_interval
        return Offer(name, in_words, is_there, figures.top1, low, high, size, figures.latency_ms_1, figures)
    right, low_, high_ = _tested(name, card)
    return Offer(name, in_words, is_there, right, low_, high_, card.formats[name].size_bytes, None, None)


def _tested(name: str, card: ModelCard) -> tuple[float | None, float | None, float | None]:
    """What the card says of the format by itself, from when it was made."""
    try:
        found = card.content["test"][name]
        photos, right = int(found["photos"]), float(found["top1"])
    except (KeyError, TypeError, ValueError):
        return None, None, None
    if photos < 1 or not 0 <= right <= 1:
        return None, None, None
    return (right, *metrics.wilson_interval(round(right * photos), photos))
