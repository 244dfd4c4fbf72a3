"""Publish and unpublish models, choose the default one and roll back: each a change that readers see whole or not.

Nothing is lost that cannot be made again: the version that is replaced or unpublished goes to a hidden folder beside
the models, `.earlier/<name>/<when>/`, which keeps the last three of each name.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from vision.errors import ModelError
from vision.jobs import locked
from vision.model_card import LETTERBOX, is_plain_name, read_card
from vision.model_store import (
    DEFAULT_FILE,
    KEPT_DIR,
    LOCK_FILE,
    MODELS_DIR,
    check_files,
    default_now,
    kept_name,
    read_defaults,
    task_of,
)

KEPT_VERSIONS = 3
REMEMBERED_DEFAULTS = 10


def publish(model_dir: Path, default: bool, root: Path = MODELS_DIR) -> Path:
    """Copies a finished model folder to its place below `root`; visitors see the old one or the new one, never a part.

    The first model of a task is its default one; a model that takes the place of the default one is the default too.

    Args:
        model_dir: the folder; one that is published already may be given to make it the default.
        default: whether the app takes it unless told otherwise.

    Returns:
        The folder it now has.

    Raises:
        ModelError: the folder is no whole model, or is for a task that the app cannot show, or it cannot be copied.
        Busy: others are publishing for this task.
    """
    card = read_card(model_dir)
    check_files(model_dir, card)
    if card.resize != LETTERBOX:
        task_of(card)
    task_dir = root / card.task
    target = task_dir / card.name
    if target.exists() and target.samefile(model_dir):
        if default:
            set_default(card.task, card.name, root)
        return target
    with _workshop(task_dir) as workshop:
        coming = workshop / "new"
        shutil.copytree(model_dir, coming)
        with _changing(task_dir):
            defaults = _defaults(task_dir)
            kept = _put(coming, target)
            if defaults[:1] == [card.name]:
                replaced = [] if kept is None else [kept.relative_to(task_dir).as_posix()]
                _write_defaults(task_dir, [card.name, *replaced, *defaults[1:]])
            elif default or not defaults:
                _write_defaults(task_dir, [card.name, *_without(card.name, defaults)])
            _move_surplus(task_dir, card.name, workshop)
    return target


def unpublish(task: str, name: str, root: Path = MODELS_DIR) -> Path:
    """Takes a model out of the app. If it was the default one, the default before it takes over.

    Returns:
        The folder in which it is kept; `publish` brings it back from there.

    Raises:
        ModelError: there is no such model, or it cannot be moved.
        Busy: others are publishing for this task.
    """
    task_dir = _task_dir(task, root)
    with _workshop(task_dir) as workshop, _changing(task_dir):
        folder = _model_dir(task_dir, name)
        left = [line for line in _defaults(task_dir) if line != name and kept_name(line) != name]
        others = sorted(path.name for path in task_dir.glob("*/") if is_plain_name(path.name) and path.name != name)
        heir = next((line for line in (*left, *others) if kept_name(line) is None), None)
        _write_defaults(task_dir, [] if heir is None else [heir, *_without(heir, left)])
        kept = _set_aside(folder)
        _move_surplus(task_dir, name, workshop)
    return kept


def set_default(task: str, name: str, root: Path = MODELS_DIR) -> None:
    """Makes a published model the one that the app takes unless told otherwise.

    Raises:
        ModelError: there is no such model, or it cannot be moved.
        Busy: others are publishing for this task.
    """
    task_dir = _task_dir(task, root)
    with _workshop(task_dir), _changing(task_dir):
        _model_dir(task_dir, name)
        _write_defaults(task_dir, [name, *_without(name, _defaults(task_dir))])


def roll_back(task: str, root: Path = MODELS_DIR) -> str:
    """Makes what was the default model before the default again; a version that was replaced gets its place back.

    Returns:
        The name of the model that is the default now.

    Raises:
        ModelError: there is no earlier one, or it cannot be moved.
        Busy: others are publishing for this task.
    """
    task_dir = _task_dir(task, root)
    with _workshop(task_dir) as workshop, _changing(task_dir):
        earlier = _defaults(task_dir)[1:]
        if not earlier:
            raise ModelError(f"No model was the default of '{task}' before, so there is nothing to go back to.")
        name = kept_name(earlier[0])
        if name is None:
            name = earlier[0]
        else:
            _put(task_dir / earlier[0], task_dir / name)
        _write_defaults(task_dir, [name, *_without(name, earlier[1:])])
        _move_surplus(task_dir, name, workshop)
    return name


def earlier_default(task: str, root: Path = MODELS_DIR) -> str | None:
    """The name of the model that `roll_back` would make the default; None where there is nothing to go back to."""
    earlier = _defaults(root / task)[1:]
    return (kept_name(earlier[0]) or earlier[0]) if earlier else None


def kept_versions(task: str, name: str, root: Path = MODELS_DIR) -> list[Path]:
    """The folders of a model's versions that were replaced or unpublished, the latest first."""
    return _kept(root / task, name)


def _kept(task_dir: Path, name: str) -> list[Path]:
    return sorted((task_dir / KEPT_DIR / name).glob("*/"), reverse=True)


def _task_dir(task: str, root: Path) -> Path:
    if not is_plain_name(task) or not (root / task).is_dir():
        raise ModelError(f"No model of a task '{task}' is published; see: python -m vision models")
    return root / task


def _model_dir(task_dir: Path, name: str) -> Path:
    if not is_plain_name(name) or not (task_dir / name).is_dir():
        raise ModelError(f"No model '{name}' of '{task_dir.name}' is published; see: python -m vision models")
    return task_dir / name


def _defaults(task_dir: Path) -> list[str]:
    """The default model and the earlier ones that are still there, see `model_store.read_defaults`."""
    name = default_now(task_dir)
    if name is None:
        return []
    return [name, *(line for line in _without(name, read_defaults(task_dir)) if (task_dir / line).is_dir())]


def _without(name: str, lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line != name]


def _write_defaults(task_dir: Path, lines: Sequence[str]) -> None:
    file = task_dir / DEFAULT_FILE
    if not lines:
        file.unlink(missing_ok=True)
        return
    partial = task_dir / f".{DEFAULT_FILE}.{os.getpid()}"
    partial.write_text("".join(f"{line}\n" for line in lines[:REMEMBERED_DEFAULTS]), encoding="utf-8")
    partial.replace(file)


def _put(coming: Path, target: Path) -> Path | None:
    """Renames `coming` to `target`; gives the place of what was there before, if anything was."""
    kept = _set_aside(target) if target.exists() else None
    try:
        coming.rename(target)
    finally:
        if kept is not None and not target.exists():
            kept.rename(target)
    return kept


def _set_aside(folder: Path) -> Path:
    place = folder.parent / KEPT_DIR / folder.name / datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    place.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(place)
    return place


def _move_surplus(task_dir: Path, name: str, workshop: Path) -> None:
    """Moves the oldest kept versions, if they are too many, to where they will be gone."""
    for version in _kept(task_dir, name)[KEPT_VERSIONS:]:
        version.rename(workshop / version.name)


@contextmanager
def _workshop(task_dir: Path) -> Iterator[Path]:
    """A hidden folder beside the models, gone with all that is in it when the block ends.

    Raises:
        ModelError: the block could not write, for instance because the disk is full.
    """
    try:
        task_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".publish-", dir=task_dir, ignore_cleanup_errors=True) as workshop:
            yield Path(workshop)
    except OSError as error:
        raise ModelError(f"The models in '{task_dir}' cannot be changed ({error.strerror or error}).") from error


@contextmanager
def _changing(task_dir: Path) -> Iterator[None]:
    """One at a time changes a task's models; the block only renames and writes a line, so nobody waits long."""
    with locked(task_dir / LOCK_FILE):
        yield
