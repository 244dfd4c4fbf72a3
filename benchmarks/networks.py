"""Several networks at several input sizes, trained alike and measured alike: accuracy against latency and size.

    python benchmarks/networks.py TASK --data DIR --test DIR --weights DIR [--write]

`--weights` is a folder with the weights files that `NETWORKS` names. Each network is a run of `python -m vision train`
by the task's `RECIPES`, on a fixed part of the photos, exported as `FORMATS`, and measured on a fixed part of the test
photos; runs that ended are not repeated. Latencies are timed in turn, on the same photo, at the end. `--write` keeps
the figures in models/TASK/networks.json, for the page Models. About a quarter of an hour a task on two quiet cores.
"""

import argparse
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from benchmarks.serving import median_ms_in_turn  # noqa: E402
from benchmarks.subset import link_photos  # noqa: E402
from vision.classifier import Classifier  # noqa: E402
from vision.jobs import FINISHED, write_json  # noqa: E402
from vision.model_card import ModelCard, read_card  # noqa: E402
from vision.network_figures import NETWORKS_FILE, NetworkFigures, NetworkRow, pareto_front  # noqa: E402
from vision.places import CACHE_DIR, MODELS_DIR, RUNS_DIR  # noqa: E402
from vision.provenance import commit_of_code, machine, today  # noqa: E402
from vision.training.run_folder import RunFolder  # noqa: E402

FORMATS = ("float32",)
TIMED_RUNS = 100


@dataclass(frozen=True)
class Start:
    """A network, and the file in the folder of weights that it starts from."""

    backbone: str
    alpha: float
    weights: str


@dataclass(frozen=True)
class Recipe:
    """How the networks of a task are trained.

    Attributes:
        words: the same for people.
        training_photos, test_photos: how many, spread evenly over all.
    """

    words: str
    sizes: tuple[int, ...]
    training_photos: int
    test_photos: int
    head_epochs: int
    epochs: int


NETWORKS = (
    Start("mobilenet_v2", 1.0, "mobilenet_v2_1.0_224_dq.weights.h5"),
    Start("mobilenet_v2", 0.35, "mobilenet_v2_0.35_224_float_no_top.weights.h5"),
    Start("efficientnet_lite0", 1.0, "efficientnet_lite0_dq_no_top.keras"),
)
RECIPES = {
    "traffic_signs": Recipe(
        "from ImageNet weights, a new head, then 2 epochs of all layers", (64, 96, 128), 2150, 2105, 20, 2
    ),
    "dog_breeds": Recipe("ImageNet weights as they are, and a new head", (128, 160, 224), 3000, 1682, 20, 0),
}


def photos_of(folder: Path, count: int) -> Path:
    """A fixed part of the photos, as links, in the same place each time, by which a run is known again."""
    target = CACHE_DIR / "networks" / f"{folder.resolve().parent.name}-{folder.name}-{count}"
    if not target.exists():
        partial_target = target.with_name(f".{target.name}")
        link_photos(folder, partial_target, count)
        partial_target.rename(target)
    return target


def train(task: str, start: Start, size: int, recipe: Recipe, data: Path, test: Path, weights: Path) -> Path:
    """The model folder of a network, trained unless it is there."""
    run = RunFolder(RUNS_DIR / f"networks-{task}-{start.backbone}-{start.alpha:g}-{size}".replace("_", "-"))
    command = [sys.executable, "-m", "vision"]
    if not run.path.exists():
        options = {
            "--task": task,
            "--data": data,
            "--test": test,
            "--backbone": start.backbone,
            "--alpha": start.alpha,
            "--weights": weights / start.weights,
            "--image-size": size,
            "--head-epochs": recipe.head_epochs,
            "--epochs": recipe.epochs,
            "--name": run.name,
        }
        command += ["train", *(str(part) for pair in options.items() for part in pair), "--formats", *FORMATS]
    elif run.look().state == FINISHED:
        return run.model_dir
    else:
        command += ["runs", "resume", run.name]
    print(shlex.join(command), file=sys.stderr, flush=True)
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    return run.model_dir


def measure(folders: list[Path]) -> list[NetworkRow]:
    """A row for each format of each model."""
    photo = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8)
    classifiers = [Classifier.load(folder, name, 1) for folder in folders for name in FORMATS]
    # Resized beforehand: what is compared is the networks.
    sized = [photo[: one.card.image_size, : one.card.image_size] for one in classifiers]
    times = median_ms_in_turn(
        [partial(one.probabilities, part) for one, part in zip(classifiers, sized, strict=True)], TIMED_RUNS
    )
    return [_row(one.card, one.model_format, ms) for one, ms in zip(classifiers, times, strict=True)]


def _row(card: ModelCard, model_format: str, latency_ms: float) -> NetworkRow:
    tested = card.content["test"][model_format]
    low, high = tested["top1_95_percent_interval"]
    return NetworkRow(
        card.content["backbone"],
        card.content["alpha"],
        card.image_size,
        model_format,
        tested["top1"],
        (low, high),
        round(latency_ms, 3),
        card.formats[model_format].size_bytes,
    )


def print_table(rows: tuple[NetworkRow, ...]) -> None:
    """Prints a line a row; stars mark those that no other beats."""
    fast = pareto_front([(row.latency_ms, row.top1) for row in rows])
    small = pareto_front([(row.size_bytes, row.top1) for row in rows])
    print(f"{'network':<20} {'width':>5} {'px':>4} {'format':<8} {'top-1':>7}  {'95 %':^15} {'ms':>7}  {'MB':>6}")
    for place, row in enumerate(rows):
        low, high = row.top1_interval
        print(
            f"{row.backbone:<20} {row.alpha:5g} {row.image_size:4} {row.format:<8} {row.top1:7.2%}  "
            f"{low:6.2%} - {high:6.2%} {row.latency_ms:7.2f}{'*' if place in fast else ' '} "
            f"{row.size_bytes / 1e6:6.2f}{'*' if place in small else ' '}"
        )
    print("*: no other is both better and faster, or better and smaller.")


def main() -> None:
    """Trains what is missing, measures all and prints the table."""
    parser = argparse.ArgumentParser(description="Several networks at several sizes, side by side.")
    parser.add_argument("task", choices=RECIPES)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="training photos, class folders")
    parser.add_argument("--test", type=Path, required=True, metavar="DIR", help="test photos, class folders")
    parser.add_argument("--weights", type=Path, required=True, metavar="DIR", help="where the weights files are")
    parser.add_argument("--write", action="store_true", help="keep the figures for the page Models")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    recipe = RECIPES[options.task]
    data, test = photos_of(options.data, recipe.training_photos), photos_of(options.test, recipe.test_photos)
    folders = [
        train(options.task, start, size, recipe, data, test, options.weights.resolve())
        for size in recipe.sizes
        for start in NETWORKS
    ]
    rows = tuple(measure(folders))
    figures = NetworkFigures(
        date=today(),
        commit=commit_of_code() or "unknown",
        command=f"python benchmarks/networks.py {options.task} --data DIR --test DIR --weights DIR --write",
        data="/".join(options.test.resolve().parts[-2:]),
        photos=read_card(folders[0]).content["test"][FORMATS[0]]["photos"],
        recipe=f"{recipe.words}, on {recipe.training_photos:,} photos",
        machine=machine(),
        rows=rows,
    )
    print_table(rows)
    if options.write:
        write_json(MODELS_DIR / options.task / NETWORKS_FILE, figures.to_json())


if __name__ == "__main__":
    main()
