"""Whether a model's card tells the truth: its files are measured again, on a sample of the photos that it names."""

from dataclasses import dataclass
from pathlib import Path

from vision.classifier import Classifier
from vision.errors import VisionError
from vision.evaluation import evaluate
from vision.format_figures import read_figures
from vision.metrics import wilson_interval
from vision.model_card import LETTERBOX, ModelCard, read_card
from vision.model_store import check_files

USUAL_PHOTOS = 500
# A true card is called false once in a thousand times, at each figure.
SURENESS_Z = 3.29
# Another processor rounds otherwise, and so may answer otherwise where two classes are about as likely.
ROUNDING = 0.002


@dataclass(frozen=True)
class Claim:
    """What a card says of one format: the part of `photos` photos of `data` that were right at first, 0 to 1."""

    model_format: str
    data: str
    photos: int
    top1: float


@dataclass(frozen=True)
class Verdict:
    """Whether what a card says of one format holds.

    Attributes:
        model: "task/name"; model_format: "" where the verdict is on the folder as a whole.
        holds: None where it could not be found out.
        reason: a sentence.
    """

    model: str
    model_format: str
    holds: bool | None
    reason: str


def claims_of(card: ModelCard) -> list[Claim]:
    """What a card says of the formats whose files lie beside it.

    Raises:
        ModelError: what stands there is damaged.
    """
    claims = {
        name: Claim(name, str(tested["data"]), int(tested["photos"]), float(tested["top1"]))
        for name, tested in card.content.get("test", {}).items()
    }
    measured = read_figures(card)
    if measured is not None:
        claims |= {name: Claim(name, measured.data, one.photos, one.top1) for name, one in measured.formats.items()}
    return [claims[name] for name in card.formats if name in claims]


def verify(model_dir: Path, data_dir: Path, photos: int = USUAL_PHOTOS) -> list[Verdict]:
    """Checks the files of a classifier, and measures each format again.

    Args:
        data_dir: where the data sets lie that cards name, such as "gtsrb/test".
        photos: how many of them are looked at, spread evenly over all, at least 1.

    Returns:
        A verdict a format, and one on the folder where its files are not those of the card. The card's figure holds
        where it lies in the sample's interval; where all photos are looked at, it has to be the same within rounding.
    """
    name = f"{model_dir.parent.name}/{model_dir.name}"
    try:
        card = read_card(model_dir)
        check_files(model_dir, card)
        if card.resize == LETTERBOX:
            return [Verdict(name, "", None, "its checksums hold; measure it with: python -m vision detector measure")]
        claims = claims_of(card)
    except VisionError as error:
        return [Verdict(name, "", False, str(error))]
    if not claims:
        return [Verdict(name, "", None, "its checksums hold; its card says nothing of how good it is")]
    return [_verify(name, model_dir, claim, data_dir, photos) for claim in claims]


def _verify(name: str, model_dir: Path, claim: Claim, data_dir: Path, photos: int) -> Verdict:
    folder = data_dir / claim.data
    said = f"the card says {claim.top1:.2%} of {claim.photos:,} photos"
    if not folder.is_dir():
        return Verdict(name, claim.model_format, None, f"{said}; there is no folder '{folder}' to measure it on again")
    try:
        result = evaluate(Classifier.load(model_dir, claim.model_format), folder, photos)
    except VisionError as error:
        return Verdict(name, claim.model_format, False, f"{said}; {error}")
    looked, found = len(result.labels), result.top(1)
    low, high = wilson_interval(round(found * looked), looked, SURENESS_Z)
    if looked >= claim.photos:
        low, high = found, found
    holds = low - ROUNDING <= claim.top1 <= high + ROUNDING
    return Verdict(
        name,
        claim.model_format,
        holds,
        f"{said}; of {looked:,} of them {found:.2%} are right: {'true' if holds else 'not true'}",
    )
