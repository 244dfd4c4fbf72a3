"""train, runs: TensorFlow is loaded once the arguments are known to be right."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from vision import publishing
from vision.cli.measure import positive
from vision.errors import SettingsError, VisionError
from vision.jobs import write_json
from vision.model_card import read_card
from vision.places import CACHE_DIR, RUNS_DIR
from vision.tasks import TASKS, task_named
from vision.training.backbones import backbone_named
from vision.training.config import FORMATS, TrainingConfig
from vision.training.run_folder import RunFolder, RunStatus


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    training = commands.add_parser("train", help="train a classifier on a folder of photos")
    training.add_argument("--task", required=True, help=f"one of: {', '.join(TASKS)}")
    training.add_argument("--data", required=True, metavar="DIR", help="training photos, one folder a class")
    training.add_argument("--test", metavar="DIR", help="test photos, measured once at the end")
    training.add_argument("--backbone", default="mobilenet_v2", help="network to start from (default mobilenet_v2)")
    training.add_argument("--weights", default="imagenet", metavar="imagenet|none|PATH", help="weights to start from")
    training.add_argument("--image-size", type=positive, metavar="N", help="input side in pixels")
    training.add_argument("--alpha", type=float, default=1.0, metavar="A", help="width of the network (default 1.0)")
    training.add_argument("--epochs", type=int, default=8, metavar="N", help="passes over the photos (default 8)")
    training.add_argument(
        "--head-epochs", type=int, default=5, metavar="N", help="passes for the head first (default 5)"
    )
    training.add_argument("--learning-rate", type=float, default=7e-4, metavar="R", help="peak (default 0.0007)")
    training.add_argument("--augmentation", type=float, default=1.0, metavar="S", help="0 (none) to 1 (default)")
    training.add_argument("--freeze-batch-norm", action="store_true", help="keep the statistics of the weights")
    training.add_argument("--outliers", metavar="DIR", help="photos that show none of the classes, to be unsure of")
    training.add_argument("--boxes", metavar="FILE", help="boxes.json of the photos: trains on whole ones and crops")
    training.add_argument(
        "--warm-start", action="store_true", help="the head starts as ImageNet's rows of the classes (WordNet ids)"
    )
    training.add_argument("--head-anchor", type=float, default=0.0, metavar="S", help="holds the head to its start")
    training.add_argument(
        "--teachers", nargs="+", default=(), metavar="MODEL_DIR", help="models whose answers the network learns from"
    )
    training.add_argument("--start-share", type=float, default=0.0, metavar="P", help="part of the weights before")
    training.add_argument(
        "--formats",
        nargs="+",
        choices=FORMATS,
        default=FORMATS,
        help=f"what is exported (default: {' '.join(FORMATS)})",
    )
    training.add_argument("--label-smoothing", type=float, default=0.05, metavar="P", help="0 to 0.9 (default 0.05)")
    training.add_argument("--seed", type=int, default=0, metavar="N", help="same seed, same run (default 0)")
    training.add_argument("--name", help="name of the run and of its model")
    training.add_argument("--publish", action="store_true", help="make the model selectable in the app")
    training.set_defaults(run=run_train)

    runs = commands.add_parser("runs", help="list the runs, or continue one that was cut off")
    actions = runs.add_subparsers(required=True, metavar="list|resume")
    listing = actions.add_parser("list", help="the runs and where they stand")
    listing.set_defaults(run=run_list)
    resuming = actions.add_parser("resume", help="continue a run after its last finished epoch")
    resuming.add_argument("name", metavar="RUN", help="name of the run")
    resuming.add_argument("--publish", action="store_true", help="make the model selectable in the app")
    resuming.set_defaults(run=run_resume)


def run_train(options: argparse.Namespace) -> int:
    task = task_named(options.task)
    for folder in (options.data, options.test, options.outliers):
        if folder is not None and not Path(folder).is_dir():
            raise SettingsError(f"There is no folder '{folder}'; give a folder of photos.")
    if options.boxes is not None and not Path(options.boxes).is_file():
        raise SettingsError(f"There is no file '{options.boxes}'; give the boxes.json of the photos.")
    for teacher in options.teachers:
        read_card(Path(teacher))
    if options.weights not in ("imagenet", "none") and not Path(options.weights).is_file():
        raise SettingsError(f"There is no weights file '{options.weights}'; give imagenet, none or a path.")
    backbone_named(options.backbone).check(options.alpha, options.image_size or task.default_size)
    config = TrainingConfig(
        task=task.name,
        data=options.data,
        test=options.test,
        backbone=options.backbone,
        alpha=options.alpha,
        weights=options.weights,
        image_size=options.image_size or task.default_size,
        resize=task.resize,
        head_epochs=options.head_epochs,
        epochs=options.epochs,
        learning_rate=options.learning_rate,
        train_batch_norm=not options.freeze_batch_norm,
        augmentation=options.augmentation,
        outliers=options.outliers,
        boxes=options.boxes,
        warm_start=options.warm_start,
        head_anchor=options.head_anchor,
        teachers=tuple(options.teachers),
        start_share=options.start_share,
        formats=tuple(options.formats),
        label_smoothing=options.label_smoothing,
        seed=options.seed,
    )
    name = options.name or time.strftime(f"{options.backbone}-{config.image_size}-%Y%m%d-%H%M%S")
    return _train(RunFolder.create(RUNS_DIR, config, name), options.publish)


def run_resume(options: argparse.Namespace) -> int:
    run = RunFolder(RUNS_DIR / options.name)
    if not run.path.is_dir():
        raise SettingsError(f"There is no run '{options.name}'; see: python -m vision runs list")
    return _train(run, options.publish)


def run_list(options: argparse.Namespace) -> int:
    runs = [RunFolder(path) for path in sorted(RUNS_DIR.glob("*/"))]
    if not runs:
        print("There are no runs yet; start one with: python -m vision train")
    for run in runs:
        status = run.read_status()
        print(f"{run.path.name}: {f'{status.state}, {status.message}' if status else 'nothing written yet'}")
    return 0


def _train(run: RunFolder, publish: bool) -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    config = TrainingConfig.load(run.config_path)
    print(f"run {run.path.name}", file=sys.stderr)
    try:
        from vision.export.model_folder import write_model_folder
        from vision.training.job import train

        model, data = train(config, run, CACHE_DIR, _say)
        run.write_status(RunStatus("finishing", message="exporting and measuring"))
        card = write_model_folder(run.model_dir, run.path.name, model, data, config, _say)
    except KeyboardInterrupt:
        run.write_status(RunStatus("stopped", message="stopped by hand"))
        print(f"Stopped. Continue with: python -m vision runs resume {run.path.name}", file=sys.stderr)
        return 130
    except VisionError as error:
        run.write_status(RunStatus("failed", message=str(error)))
        raise
    write_json(run.report_path, card)
    run.write_status(RunStatus("finished", message=f"{card['validation']['top1']:.2%} of the validation photos right"))
    print(f"Model: {run.model_dir}")
    if publish:
        print(f"Published as {publishing.publish(run.model_dir, default=False)}.")
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
