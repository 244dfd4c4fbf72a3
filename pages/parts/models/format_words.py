"""Formats in sentences: which one to take, and what it costs beside the original."""

from collections.abc import Sequence

from pages.parts.models.offers import Offer, original_of
from vision.format_figures import MeasuredFormats

AS_OFTEN = 0.0005  # less than a tenth of a point is no difference that anybody should choose by
FEW = 0.095


def advice(measured: MeasuredFormats, offers: Sequence[Offer]) -> str:
    """Which format to take and why, in a sentence."""
    best = next(offer for offer in offers if offer.name == measured.recommended)
    original = original_of(offers)
    if original is None or best is original:
        return f"Take {best.name}: no smaller format that phones support is right as often and as fast."
    why = [smaller(best, original), faster(best, original), right_beside(best, original)]
    return f"Take {best.name}: {_listed([reason for reason in why if reason])}."


def tested_on(measured: MeasuredFormats) -> str:
    """What the figures rest on."""
    return (
        f"Measured on {measured.photos:,} photos of {measured.data} that were kept for testing, on {measured.machine}, "
        f"{measured.date}. On your phone the times are others; which format is faster is mostly the same."
    )


def smaller(offer: Offer, original: Offer) -> str:
    """How much smaller than the original; "" where it is not."""
    factor = original.size_bytes / offer.size_bytes
    return f"it is {factor:.1f} times smaller than the original" if factor >= 1.05 else ""


def faster(offer: Offer, original: Offer) -> str:
    """How much faster than the original; "" where that is not known."""
    if not offer.latency_ms or not original.latency_ms:
        return ""
    factor = original.latency_ms / offer.latency_ms
    if factor >= 1.05:
        return f"answers {_times(factor)} faster"
    return "is as fast" if factor > 0.95 else f"takes {_times(1 / factor)} as long"


def right_beside(offer: Offer, original: Offer) -> str:
    """How often it is right, beside the original; "" where that is not known for the same photos."""
    if offer.right is None or original.right is None or is_of_fewer_photos(offer, original):
        return ""
    lost = original.right - offer.right
    if abs(lost) < AS_OFTEN:
        return "is right as often"
    count, many = (1000 * abs(lost), "thousand") if abs(lost) < FEW else (100 * abs(lost), "hundred")
    photos = "photo" if round(count) == 1 else "photos"
    return f"gets {count:.0f} {'more' if lost > 0 else 'fewer'} {photos} in a {many} wrong"


def is_of_fewer_photos(offer: Offer, original: Offer) -> bool:
    """Whether it was too slow to be measured on all photos that the original answered to."""
    return bool(offer.figures and original.figures and offer.figures.photos < original.figures.photos)


def _times(factor: float) -> str:
    return f"{factor:.0f} times" if factor >= 9.5 else f"{factor:.1f} times"


def _listed(reasons: Sequence[str]) -> str:
    return reasons[0] if len(reasons) == 1 else f"{', '.join(reasons[:-1])}, and {reasons[-1]}"
