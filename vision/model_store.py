"""models/<task>/<name>/: list, find and check models, and the tasks that they bring. `publishing` changes them."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from vision import places
from vision.errors import ModelError, SettingsError
from vision.model_card import LETTERBOX, ModelCard, is_plain_name, read_card
from vision.tasks import TASKS, TaskSpec, custom_task

MODELS_DIR = places.MODELS_DIR
DEFAULT_FILE = "default.txt"
KEPT_DIR = ".earlier"  # versions that were replaced or unpublished: .earlier/<name>/<when>/
LOCK_FILE = ".publishing"  # held while folders are renamed


@dataclass(frozen=True)
class StoredModel:
    """A model folder as found: `problem` is None where the card holds, else a sentence."""

    path: Path
    card: ModelCard | None
    is_default: bool
    problem: str | None


def list_models(task: str | None = None, root: Path = MODELS_DIR) -> list[StoredModel]:
    """The models below `root`, of one task or of all, each checked against its card."""
    return [model for task_dir in sorted(root.glob(f"{task or '*'}/")) for model in _models_in(task_dir)]


def _models_in(task_dir: Path) -> list[StoredModel]:
    models = _models_now(task_dir)
    if sum(model.is_default for model in models) == 1 and not any(model.problem for model in models):
        return models
    with _between_changes(task_dir):
        return _models_now(task_dir)


def _models_now(task_dir: Path) -> list[StoredModel]:
    default = default_now(task_dir)
    found = []
    for folder in sorted(task_dir / name for name in _names_in(task_dir)):
        card, problem = None, None
        try:
            card = read_card(folder)
            check_files(folder, card)
        except ModelError as error:
            problem = str(error)
        found.append(StoredModel(folder, card, folder.name == default, problem))
    return found


def _names_in(task_dir: Path) -> list[str]:
    return [folder.name for folder in task_dir.glob("*/") if is_plain_name(folder.name)]


def default_name(task_dir: Path) -> str | None:
    """Name of a task's default model: the one written down, else the first; None where there is no model."""
    name = default_now(task_dir)
    if read_defaults(task_dir)[:1] in ([], [name]):
        return name
    with _between_changes(task_dir):
        return default_now(task_dir)


def default_now(task_dir: Path) -> str | None:
    """The same for who changes the models: readers may look in the middle of a change, and have to look twice."""
    name = next(iter(read_defaults(task_dir)), None)
    if name is not None and (task_dir / name).is_dir():
        return name
    return min(_names_in(task_dir), default=None)


def read_defaults(task_dir: Path) -> list[str]:
    """What is written down: the default model's name, then what was the default before, the latest first.

    An earlier one is a model's name, or the place of a version below the task's folder that was replaced since:
    ".earlier/<name>/<when>". Any of them may be gone.
    """
    try:
        lines = (task_dir / DEFAULT_FILE).read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []
    lines = [line.strip() for line in lines if line.strip()]
    first = lines[:1] if is_plain_name("".join(lines[:1])) else []
    return first + [line for line in lines[1:] if is_plain_name(line) or kept_name(line) is not None]


def kept_name(line: str) -> str | None:
    """The model of which a line of the defaults names a kept version; None where it names none."""
    match line.split("/"):
        case [folder, name, when] if folder == KEPT_DIR and is_plain_name(name) and is_plain_name(when):
            return name
    return None


# Tasks


def list_tasks(root: Path = MODELS_DIR) -> list[TaskSpec]:
    """The tasks that come with the app, then those that published models bring, by name.

    Where a task's models describe it differently, the default model is right.
    """
    brought = [path.name for path in sorted(root.glob("*/")) if path.name not in TASKS and is_plain_name(path.name)]
    return [*TASKS.values(), *(task for name in brought if (task := _task_brought(name, root)) is not None)]


def find_task(name: str, root: Path = MODELS_DIR) -> TaskSpec:
    """The task of that name, also one that published models bring.

    Raises:
        SettingsError: there is none.
    """
    task = TASKS.get(name) or (_task_brought(name, root) if is_plain_name(name) else None)
    if task is None:
        names = ", ".join(each.name for each in list_tasks(root))
        raise SettingsError(f"There is no task '{name}'; the tasks are: {names}.")
    return task


def task_of(card: ModelCard) -> TaskSpec:
    """The task of a model: one that comes with the app, or the one that its card describes.

    Raises:
        ModelError: it is neither.
    """
    if card.task in TASKS:
        return TASKS[card.task]
    described = card.content.get("new_task")
    if described is None:
        raise ModelError(
            f"'{card.name}' is for the task '{card.task}', which the app does not have, and its card does not describe "
            "it; train it as a new task."
        )
    try:
        return custom_task(card.task, **described)
    except SettingsError as error:
        raise ModelError(f"The card of '{card.name}' cannot bring a task. {error}") from error
    except TypeError as error:
        raise ModelError(
            f"The card of '{card.name}' does not describe its task; expected title, noun and mirror_safe."
        ) from error


def _task_brought(name: str, root: Path) -> TaskSpec | None:
    models = sorted(list_models(name, root), key=lambda model: not model.is_default)
    for card in (model.card for model in models if model.problem is None):
        if card is not None and card.task == name and card.resize != LETTERBOX:
            try:
                return task_of(card)
            except ModelError:  # `publish` refuses such a model; this one was put there by hand
                continue
    return None


# Finding and reading


def find_model(model: str, root: Path = MODELS_DIR) -> Path:
    """The folder of `model`: a model folder's path, or a task's name for its default model.

    Raises:
        ModelError: there is no such folder, or the task has no model.
    """
    if model in TASKS or (is_plain_name(model) and (root / model).is_dir()):
        name = default_name(root / model)
        if name is None:
            finders = {task.finder for task in TASKS.values()}
            how = "train --publish" if model in TASKS else "detector add FILE" if model in finders else "publish RUN"
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
        with _between_changes(model_dir.parent):
            return _read_model(model_dir, model_format)


def _read_model(model_dir: Path, model_format: str | None) -> tuple[ModelCard, str, bytes]:
    card = read_card(model_dir)
    model_format = model_format or card.default_format
    return card, model_format, read_checked(model_dir, card, model_format)


@contextmanager
def _between_changes(task_dir: Path) -> Iterator[None]:
    """No model of the task is swapped while the block runs.

    `publishing` swaps whole folders: who reads across a swap finds none, or the card of one model beside the file of
    another. That is rare, so readers look without this first, and once more with it where something is wrong.
    """
    with ExitStack() as stack:
        with suppress(OSError):  # nobody has changed anything here yet, or may
            fcntl.flock(stack.enter_context((task_dir / LOCK_FILE).open()), fcntl.LOCK_SH)
        yield
