"""A home folder in which everything is called as in `names`: models, classes, photos, runs, data sets and feedback.

The model is the one of traffic signs, with other names for its classes.
"""

import json
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from tests.feedback.judgements_for_tests import right, wrong
from tests.hostile.names import DIRECTIONS, FORMULAS, HTML, LONG, MARKDOWN, OTHERS, RTL
from vision import images, model_store
from vision.datasets.class_folders import class_key
from vision.feedback.store import FeedbackStore
from vision.jobs import FINISHED, write_json
from vision.results.measure import write_results
from vision.tasks import custom_task
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus

TASK = "odd_names"
NEW_TASK = {"title": f"Odd names, {RTL}"[:40], "noun": "thing", "mirror_safe": True}
MARKED = "<b>m</b>**x** :dog: [l](javascript:window.harmed=1)".replace("/", "\u2215")
RUNS = (f"run {MARKED}", f"run {LONG}"[:200], f"run {RTL} 2", "run\u202e3")
MODELS = (f"model {MARKED}", f"model {LONG}"[:200])
DATASET = f"data {MARKED} {RTL}"
_MOST_BYTES = 200
_SIZE_HW = (96, 128)


def folder_name(name: str) -> str:
    """The name as a file system takes it."""
    plain = name.replace("/", "\u2215").lstrip(".")
    return plain.encode("utf-8", "ignore")[:_MOST_BYTES].decode("utf-8", "ignore")


def class_names(count: int) -> list[str]:
    """Names for so many class folders, in their order."""
    chosen = [*HTML, *OTHERS, *DIRECTIONS, *FORMULAS[:3], *MARKDOWN]
    names = dict.fromkeys(class_key(folder_name(name)) for name in chosen)
    return sorted(list(names)[:count])


def write_home(home: Path) -> Path:
    """Writes all of it; gives `home`."""
    source = model_store.MODELS_DIR / "traffic_signs"
    shipped = source / str(model_store.default_name(source))
    card = json.loads((shipped / "card.json").read_text())
    keys = class_names(len(card["class_keys"]))
    _write_photos(home / "data" / DATASET / "train", keys, per_class=3)
    _write_photos(home / "data" / DATASET / "test", keys, per_class=1)
    for name in MODELS:
        _write_model(shipped, home / "models" / TASK / name, card, keys)
    for name in RUNS[:2]:
        _write_run(home, name, shipped, card, keys)
    for name in RUNS[2:]:
        _create_run(home, name, RunStatus("failed", f"'{LONG}' and '{MARKED}' were too much.", 0.5))
    _write_feedback(home, keys)
    return home


def _write_photos(root: Path, keys: Sequence[str], per_class: int) -> None:
    """Photos with odd names; of the first class one is no photo, and one is also in the second class."""
    for place, key in enumerate(keys):
        (root / key).mkdir(parents=True)
        for number in range(per_class):
            _write_photo(root / key / f"{folder_name(HTML[number % len(HTML)])} {place}.png", place, number)
    (root / keys[0] / f"{folder_name(MARKDOWN[1])}.jpg").write_bytes(b"no photo")
    (root / keys[0] / "caf\udce9.png").write_bytes(b"no photo")
    shutil.copy(next((root / keys[0]).glob("*.png")), root / keys[1] / f"{folder_name(LONG)}.png")


def _write_photo(path: Path, colour: int, seed: int) -> None:
    rng = np.random.default_rng((colour, seed))
    photo = np.full((*_SIZE_HW, 3), rng.integers(0, 200, 3), np.uint8) + rng.integers(0, 50, (*_SIZE_HW, 3), np.uint8)
    Image.fromarray(photo).save(path)


def _write_model(shipped: Path, folder: Path, card: dict[str, object], keys: Sequence[str]) -> None:
    shutil.copytree(shipped, folder)
    changed = card | {"name": folder.name, "task": TASK, "new_task": NEW_TASK, "class_keys": list(keys)}
    (folder / "card.json").write_text(json.dumps(changed))
    task = custom_task(TASK, **NEW_TASK)
    (folder / "labels.txt").write_text("".join(f"{task.label_of(key)}\n" for key in keys), encoding="utf-8")


def _create_run(home: Path, name: str, status: RunStatus) -> RunFolder:
    photos = home / "data" / DATASET
    config = TrainingConfig(
        task=TASK, new_task=NEW_TASK, data=str(photos / "train"), test=str(photos / "test"), image_size=96, epochs=1
    )
    run = RunFolder.create(home / "runs", config, name, status)
    row = {"epoch": 0, "loss": 1.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": 0.5}
    write_json(run.progress_path, {"epochs_done": 1, "history": [row], "points": []})
    return run


def _write_run(home: Path, name: str, shipped: Path, card: dict[str, object], keys: Sequence[str]) -> None:
    run = _create_run(home, name, RunStatus(FINISHED, "done", 1.0))
    _write_model(shipped, run.model_dir, card, keys)
    train = home / "data" / DATASET / "train"
    held_back = [next((train / key).glob("[!c]*.png")) for key in keys]  # any but the one whose name is no text
    split = {"validation": [path.relative_to(train).as_posix() for path in held_back], "unreadable": []}
    write_json(run.split_path, split)
    write_results(run)


def _write_feedback(home: Path, keys: Sequence[str]) -> None:
    store = FeedbackStore(f"sqlite:///{home / 'feedback.db'}")
    task = custom_task(TASK, **NEW_TASK)
    photo = images.encode_jpeg(np.full((60, 80, 3), 90, np.uint8))
    for place, (key, other) in enumerate(pairwise(keys)):
        answer, truth = (key, task.label_of(key)), (other, task.label_of(other))
        named = {"task": TASK, "model": MODELS[place % 2]}
        said = right(answer, place, **named) if place % 3 == 0 else wrong(answer, truth, place, **named)
        store.add(said)
        store.give_photo(said.id, photo)
    store.close()
