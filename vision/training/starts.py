"""Weights that a run may start from: shipped, of Keras, of earlier runs, of the operator."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vision import places
from vision.errors import SettingsError
from vision.model_card import is_plain_name
from vision.training.backbones import BackboneSpec, backbone_named
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder
from vision.training.runs import list_runs

SHIPPED_DIR = places.ROOT / "models" / "start"
IMAGENET, NONE = "imagenet", "none"
MOST_RUNS = 20


@dataclass(frozen=True)
class StartingPoint:
    """Weights to start from.

    Attributes:
        label: its name, for people.
        value: what `TrainingConfig.weights` takes.
        description: a sentence or two on what it is and what it needs.
        available: whether it can be used; the description says why not.
    """

    label: str
    value: str
    description: str
    available: bool = True


@dataclass(frozen=True)
class _WeightsCard:
    """What the card beside a weights file says of it."""

    file: str
    sha256: str
    backbone: str
    alpha: float
    description: str


def starting_weights(
    backbone: str,
    alpha: float,
    image_size: int | None = None,
    class_count: int | None = None,
    starts_dir: Path | None = None,
    runs_dir: Path | None = None,
) -> list[StartingPoint]:
    """What a network of that width can start from, the best first.

    Args:
        image_size: input side in pixels, on which depends which file Keras takes; None: any.
        class_count: a run's weights fit runs with as many classes; None: any.
        starts_dir: weights files of the operator's, each with a card beside it or without; default `models/start`.
        runs_dir: default `runs`.

    Raises:
        SettingsError: there is no such backbone.
    """
    spec = backbone_named(backbone)
    with_card, without_card = _files(spec, alpha, starts_dir or places.MODELS_DIR / "start")
    found = with_card
    if spec.application:
        found.append(_imagenet(spec, alpha, image_size))
    found += [*_earlier_runs(backbone, alpha, class_count, runs_dir or places.RUNS_DIR), *without_card]
    if spec.application:
        found.append(
            StartingPoint(
                "Nothing", NONE, "The network starts knowing nothing: it needs many more photos, and much more time."
            )
        )
    return found


def best_start(points: Sequence[StartingPoint]) -> StartingPoint | None:
    """The first that can be used; None where none can."""
    return next((point for point in points if point.available), None)


def shown_path(path: Path) -> str:
    """A path as settings and command lines have it: from the app's folder, where it lies in it."""
    return str(path.relative_to(places.ROOT) if path.is_relative_to(places.ROOT) else path)


def _files(spec: BackboneSpec, alpha: float, starts_dir: Path) -> tuple[list[StartingPoint], list[StartingPoint]]:
    """The files with a card that fit, and those without a card. Of two of one name, the operator's is taken."""
    ending = ".h5" if spec.application else ".keras"
    files = {path.name: path for folder in (SHIPPED_DIR, starts_dir) for path in sorted(folder.glob(f"*{ending}"))}
    with_card: list[StartingPoint] = []
    without_card: list[StartingPoint] = []
    for path in files.values():
        try:
            card = _read_card(path)
        except SettingsError as error:
            without_card.append(StartingPoint(path.name, shown_path(path), str(error), available=False))
            continue
        if card is None:
            words = "A file without a card: if it does not fit the network, the run says so when it starts."
            without_card.append(StartingPoint(path.name, shown_path(path), words))
        elif (card.backbone, card.alpha) == (spec.name, alpha):
            with_card.append(_checked(path, card))
    return with_card, without_card


def _checked(path: Path, card: _WeightsCard) -> StartingPoint:
    label = "Starter" if path.name == f"{card.backbone}_{card.alpha}.weights.h5" else path.name
    status = path.stat()
    if _sha256(path, status.st_size, status.st_mtime_ns) != card.sha256:
        problem = f"'{path.name}' is not the file that its card describes; get both again."
        return StartingPoint(label, shown_path(path), problem, available=False)
    return StartingPoint(label, shown_path(path), card.description)


def _read_card(path: Path) -> _WeightsCard | None:
    """The card of a weights file: `NAME.json` beside `NAME.weights.h5`; None where there is none."""
    card_path = path.with_name(path.name.removesuffix(path.suffix).removesuffix(".weights") + ".json")
    if not card_path.exists():
        return None
    try:
        content = json.loads(card_path.read_text(encoding="utf-8"))
        card = _WeightsCard(
            str(content["file"]),
            str(content["sha256"]),
            str(content["backbone"]),
            float(content["alpha"]),
            str(content["description"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"'{card_path.name}' is no card of a weights file; put the right one there.") from error
    if card.file != path.name or not is_plain_name(card.file):
        raise SettingsError(f"'{card_path.name}' is the card of another file than '{path.name}'; correct its 'file'.")
    return card


@lru_cache(maxsize=64)
def _sha256(path: Path, size_bytes: int, changed_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _imagenet(spec: BackboneSpec, alpha: float, image_size: int | None) -> StartingPoint:
    learned = "Learned from 1.2 million photos of 1,000 kinds of things."
    keras_home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    pattern = spec.imagenet_file(alpha, image_size)
    if any((keras_home / "models").glob(pattern)):
        return StartingPoint("ImageNet", IMAGENET, f"{learned} The file is on this machine already.")
    return StartingPoint(
        "ImageNet",
        IMAGENET,
        f"{learned} Keras downloads the file when the run starts, once: this machine has to be online for it.",
    )


def _earlier_runs(backbone: str, alpha: float, class_count: int | None, runs_dir: Path) -> Iterator[StartingPoint]:
    count = 0
    for run in list_runs(runs_dir):
        if count == MOST_RUNS:
            return
        if not run.best_path.is_file():
            continue
        try:
            config = TrainingConfig.load(run.config_path)
        except SettingsError:
            continue  # a damaged run is shown as one where runs are listed
        classes = _class_count(run)
        if (config.backbone, config.alpha) != (backbone, alpha) or classes is None:
            continue
        if class_count is None or classes == class_count:
            count += 1
            words = f"The best weights of an earlier run on '{Path(config.data).name}', with {classes} classes."
            yield StartingPoint(f"Run {run.name}", shown_path(run.best_path), words)


def _class_count(run: RunFolder) -> int | None:
    try:
        return len(json.loads((run.model_dir / "card.json").read_text(encoding="utf-8"))["class_keys"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # not finished
