"""models/<task>/<name>/: list, find, check and publish models."""

import hashlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from vision import places
from vision.errors import ModelError, VisionError
from vision.model_card import ModelCard, read_card
from vision.tasks import TASKS

MODELS_DIR = places.MODELS_DIR
DEFAULT_FILE = "default.txt"


@dataclass(frozen=True)
class StoredModel:
    """A model folder as found: `problem` is None where the card holds, else a sentence."""

    path: Path
    card: ModelCard | None
    is_default: bool
    problem: str | None


def list_models(task: str | None = None, root: Path = MODELS_DIR) -> list[StoredModel]:
    """The models below `root`, of one task or of all, each checked against its card."""
    found = []
    for folder in sorted(root.glob(f"{task or '*'}/*/")):
        if folder.name.startswith("."):
            continue
        card, problem = None, None
        try:
            card = read_card(folder)
            check_files(folder, card)
        except VisionError as error:
            problem = str(error)
        found.append(StoredModel(folder, card, folder.name == default_name(folder.parent), problem))
    return found


def default_name(task_dir: Path) -> str | None:
    """Name of a task's default model: the one written down, else the first; None where there is no model."""
    try:
        name = (task_dir / DEFAULT_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        name = ""
    if name and (task_dir / name).is_dir():
        return name
    return min((folder.name for folder in task_dir.glob("*/") if not folder.name.startswith(".")), default=None)


def find_model(model: str, root: Path = MODELS_DIR) -> Path:
    """The folder of `model`: a model folder's path, or a task's name for its default model.

    Raises:
        ModelError: there is no such folder, or the task has no model.
    """
    if model in TASKS or (model and Path(model).name == model and (root / model).is_dir()):
        name = default_name(root / model)
        if name is None:
            how = "train --publish" if model in TASKS else "detector add FILE"
            raise ModelError(f"There is no model for '{model}' yet; get one with: python -m vision {how}")
        return root / model / name
    for folder in (Path(model), root / model):
        if model and folder.is_dir():
            return folder
    raise ModelError(f"There is no model '{model}'; give a model folder, or one of the tasks: {', '.join(TASKS)}.")


def read_checked(model_dir: Path, card: ModelCard, model_format: str) -> bytes:
    """The bytes of a model file whose SHA-256 is the one on the card.

    Raises:
        ModelError: no such format, no such file, or other bytes than the card says.
    """
    entry = card.formats.get(model_format)
    if entry is None:
        raise ModelError(f"'{card.name}' has no format '{model_format}'; it has: {', '.join(card.formats)}.")
    try:
        content = (model_dir / entry.file).read_bytes()
    except OSError as error:
        raise ModelError(f"'{entry.file}' is missing in '{model_dir}'; publish the model again.") from error
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise ModelError(
            f"'{entry.file}' in '{model_dir}' is not the file that its card describes (checksum differs); "
            "it is not used: publish the model again."
        )
    return content


def check_files(model_dir: Path, card: ModelCard) -> None:
    """Raises ModelError where a file of the model is missing or is not the one on the card."""
    for model_format in card.formats:
        read_checked(model_dir, card, model_format)


def read_model(model_dir: Path, model_format: str | None = None) -> tuple[ModelCard, str, bytes]:
    """A model's card with the name and the bytes of one format, the card's default one if `model_format` is None.

    Raises:
        ModelError: the folder is incomplete, or the file is not the one on the card.
    """
    try:
        return _read_model(model_dir, model_format)
    except ModelError:
        # `publish` swaps whole folders: who reads across the swap finds none, or the card of one model beside the
        # file of another. A second look finds the new one.
        time.sleep(0.05)
        return _read_model(model_dir, model_format)


def _read_model(model_dir: Path, model_format: str | None) -> tuple[ModelCard, str, bytes]:
    card = read_card(model_dir)
    model_format = model_format or card.default_format
    return card, model_format, read_checked(model_dir, card, model_format)


def publish(model_dir: Path, default: bool, root: Path = MODELS_DIR) -> Path:
    """Copies a finished model folder to its place below `root`; visitors see the old one or the new one, never a part.

    Returns:
        The folder it now has.

    Raises:
        ModelError: the folder is no whole model.
    """
    card = read_card(model_dir)
    check_files(model_dir, card)
    task_dir = root / card.task
    task_dir.mkdir(parents=True, exist_ok=True)
    target = task_dir / card.name
    workshop = Path(tempfile.mkdtemp(prefix=".publish-", dir=task_dir))
    coming, going = workshop / "new", workshop / "old"
    try:
        shutil.copytree(model_dir, coming)
        if target.exists():
            target.rename(going)
        coming.rename(target)
    finally:
        if going.exists() and not target.exists():
            going.rename(target)
        shutil.rmtree(workshop, ignore_errors=True)
    if default:
        partial = task_dir / f".{DEFAULT_FILE}.{os.getpid()}"
        partial.write_text(card.name + "\n", encoding="utf-8")
        partial.replace(task_dir / DEFAULT_FILE)
    return target
