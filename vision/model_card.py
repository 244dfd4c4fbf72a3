"""A model's card: what it needs, what it says and how good it was found, as data beside its weights."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from vision.errors import ModelError
from vision.images import RESIZE_RULES
from vision.names import as_text, tidy

CARD_FILE = "card.json"
LABELS_FILE = "labels.txt"
LETTERBOX = "letterbox"  # what detectors do, see `detector.letterbox`


class Sureness(Enum):
    """How much an answer can be trusted."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"


@dataclass(frozen=True)
class FormatEntry:
    """One file of a model: name in its folder, checksum and size."""

    file: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class ModelCard:
    """What serving needs of a card; `content` is the whole of it.

    Attributes:
        name, task: names of the model's folder and of its task.
        image_size: input side in pixels; resize: see `images.resize`, or `LETTERBOX`.
        class_keys: folder names of the classes, in output order.
        labels: the classes in plain words, in output order.
        sure_from, likely_from: probabilities from which an answer counts as sure, or as likely.
        formats: the files, by format.
        default_format: the format that the app takes.
    """

    name: str
    task: str
    image_size: int
    resize: str
    class_keys: tuple[str, ...]
    labels: tuple[str, ...]
    sure_from: float
    likely_from: float
    formats: Mapping[str, FormatEntry]
    default_format: str
    content: Mapping[str, Any]

    def sureness(self, probability: float) -> Sureness:
        """Sureness of an answer of that probability (0 to 1)."""
        if probability >= self.sure_from:
            return Sureness.SURE
        return Sureness.LIKELY if probability >= self.likely_from else Sureness.UNSURE


def read_card(model_dir: Path) -> ModelCard:
    """Reads and checks a model folder's card and labels.

    Raises:
        ModelError: a file is missing, or does not hold what a card must hold.
    """
    try:
        content = json.loads((model_dir / CARD_FILE).read_text(encoding="utf-8"))
        labels = tuple(map(tidy, (model_dir / LABELS_FILE).read_text(encoding="utf-8").splitlines()))
        formats = {
            name: FormatEntry(str(entry["file"]), str(entry["sha256"]), int(entry["size_bytes"]))
            for name, entry in content["formats"].items()
        }
        card = ModelCard(
            name=str(content["name"]),
            task=str(content["task"]),
            image_size=int(content["image_size"]),
            resize=content["resize"],
            class_keys=tuple(content["class_keys"]),
            labels=labels,
            sure_from=float(content["sure_from"]),
            likely_from=float(content["likely_from"]),
            formats=formats,
            default_format=str(content["default_format"]),
            content=content,
        )
    except FileNotFoundError as error:
        raise ModelError(
            f"'{model_dir}' is no model folder: {Path(error.filename).name} is missing; train one, or give another."
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"The card in '{model_dir}' is damaged ({error!r}); publish the model again.") from error
    if len(labels) != len(card.class_keys):
        raise ModelError(
            f"'{model_dir}' has {len(labels)} labels, but its card has {len(card.class_keys)} classes; "
            "publish the model again."
        )
    if card.resize not in (*RESIZE_RULES, LETTERBOX) or card.default_format not in formats:
        raise ModelError(f"The card in '{model_dir}' names a resize rule or format that does not exist.")
    if not all(map(is_plain_name, (card.name, card.task, *(entry.file for entry in formats.values())))):
        raise ModelError(f"The card in '{model_dir}' points outside its folder; it is not used.")
    return card


def format_entry(file: str, content: bytes) -> dict[str, str | int]:
    """What a card says of a file of that name, see `FormatEntry`."""
    return {"file": file, "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}


def is_plain_name(name: str) -> bool:
    """Whether a file or folder of that name lies where it is looked for, is not hidden, and its name is text."""
    return bool(name) and as_text(name) == name and not name.startswith(".") and not {"/", "\\", "\0"} & set(name)
