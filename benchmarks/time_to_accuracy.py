"""Wall time to a test accuracy: our default recipe, Keras' transfer-learning guide, and a frozen body with a new head.

    python benchmarks/time_to_accuracy.py --weights PATH [--train DIR] [--test DIR] [--per-class N] [--test-photos N]

All three start from the same MobileNetV2, read the same PNG files of a fixed part of the data and hold out the same
tracks; the clock runs from the first file to the end of each epoch, without the measuring on the test photos, which
comes afterwards. Processor seconds stand beside, as they hold on a busy machine too. On the default size about a
quarter of an hour on two quiet cores.

- ours: `vision.training.job.train` with its default settings, nothing cached.
- guide: keras.io/guides/transfer_learning: frozen body, Adam 1e-3, then all layers, Adam 1e-5, batch normalisation in
  inference mode, batches of 64, RandomRotation. Ten epochs each, where the guide, for cats and dogs, has two and one;
  its RandomFlip is left out where a mirrored photo is another class.
- frozen: frozen body and new head, Adam 1e-3, batches of 32, unchanged photos, twenty epochs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402

from benchmarks.subset import guess_task, write_subset  # noqa: E402
from vision.datasets.class_folders import read_class_folders  # noqa: E402
from vision.datasets.split import split_by_group  # noqa: E402

SIZE, SEED, VALIDATION = 96, 0, 0.1
GUIDE_EPOCHS, FROZEN_EPOCHS = (10, 10), 20
METHODS = ("ours", "guide", "frozen")
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.99)


@dataclass(frozen=True)
class Mark:
    """A point on the way: wall and processor seconds so far, and the part of the test photos named right there."""

    what: str
    seconds: float
    cpu_seconds: float
    accuracy: float


class Clock:
    """Wall and processor seconds, which stand still while weights are put aside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paused = np.zeros(2)
        self._began = self._now()
        self.points: list[tuple[str, float, float, Path]] = []

    @staticmethod
    def _now() -> np.ndarray:
        return np.array([time.perf_counter(), time.process_time()])

    def mark(self, what: str, network: Any) -> None:
        """Notes the time, and the network's weights for measuring later."""
        now = self._now()
        path = self._folder / f"{len(self.points)}.weights.h5"
        network.save_weights(path)
        wall, cpu = now - self._began - self._paused
        self.points.append((what, wall, cpu, path))
        self._paused += self._now() - now

    def callback(self, what: str) -> Any:
        """Marks the end of each epoch."""
        import keras

        class Marking(keras.callbacks.Callback):
            def on_epoch_end(callback, epoch: int, logs: Any = None) -> None:
                self.mark(f"{what} {epoch + 1}", callback.model)

        return Marking()


Right = Callable[[Any], float]


def run_ours(train: Path, test: Path, weights: str, folder: Path) -> tuple[Clock, Any, Right]:
    """Our default recipe; the last mark has the weights that it would export."""
    import keras

    from vision.datasets.pixels import load_pixels
    from vision.training import head, job
    from vision.training.batches import plain_batches
    from vision.training.config import TrainingConfig
    from vision.training.run_folder import RunFolder

    task = guess_task(train)
    config = TrainingConfig(
        task.name, str(train), weights=weights, image_size=SIZE, validation_fraction=VALIDATION, seed=SEED
    )
    clock = Clock(folder)
    fit, train_head = keras.Model.fit, head.train_head

    def marked_fit(model: Any, *arguments: Any, callbacks: Any = (), **options: Any) -> Any:
        of_all = [clock.callback("epoch")] if model.name == "classifier" else []
        return fit(model, *arguments, callbacks=[*callbacks, *of_all], **options)

    def marked_head(model: Any, *arguments: Any, **options: Any) -> None:
        train_head(model, *arguments, **options)
        clock.mark("head", model)

    run = RunFolder.create(folder / "runs", config, "run")
    with patch.object(keras.Model, "fit", marked_fit), patch.object(job, "train_head", marked_head):
        network, _ = job.train(config, run, folder / "cache", lambda _: None)
    clock.mark("end", network)
    folders = read_class_folders(test)
    pixels, _ = load_pixels(folders.files, SIZE, task.resize, folder / "cache")

    def right(network: Any) -> float:
        answers = network.predict(plain_batches(pixels, np.arange(len(pixels))), verbose=0).argmax(axis=1)
        return float((answers == np.array(folders.labels)).mean())

    return clock, network, right


def read_for_keras(root: Path, batch_size: int, shuffle: bool) -> Any:
    """Photos and class numbers as Keras reads folders."""
    import keras

    return keras.utils.image_dataset_from_directory(
        root, batch_size=batch_size, image_size=(SIZE, SIZE), shuffle=shuffle, seed=SEED, verbose=False
    )


def split_folders(train: Path, folder: Path) -> tuple[Path, Path]:
    """Links to the photos that ours trains on, and to those that it holds out."""
    folders, task = read_class_folders(train), guess_task(train)
    groups = [task.group_of(file.name) for file in folders.files]
    parts = split_by_group(folders.labels, groups, VALIDATION, SEED)
    for name, rows in zip(("training", "validation"), parts, strict=True):
        for file in (folders.files[row] for row in rows):
            link = folder / name / file.parent.name / file.name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(file)
    return folder / "training", folder / "validation"


def run_keras(method: str, train: Path, test: Path, weights: str, folder: Path) -> tuple[Clock, Any, Right]:
    """The guide, or the frozen body."""
    import keras
    import tensorflow as tf

    from vision.training.backbones import backbone_named
    from vision.training.network import build_classifier

    training_dir, validation_dir = split_folders(train, folder)
    classes = len(read_class_folders(train).class_keys)
    batch_size = 64 if method == "guide" else 32
    clock = Clock(folder)
    batches = read_for_keras(training_dir, batch_size, shuffle=True)
    validation = read_for_keras(validation_dir, batch_size, shuffle=False).prefetch(tf.data.AUTOTUNE)
    if method == "guide":
        flip = [keras.layers.RandomFlip("horizontal")] if guess_task(train).mirror_safe else []
        change = keras.Sequential([*flip, keras.layers.RandomRotation(0.1, seed=SEED)])
        batches = batches.map(lambda x, y: (change(x, training=True), y), num_parallel_calls=tf.data.AUTOTUNE)
    batches = batches.prefetch(tf.data.AUTOTUNE)

    ours = build_classifier(backbone_named("mobilenet_v2"), 1.0, SIZE, classes, weights, SEED)  # for its weights
    body, inputs = ours.get_layer("body"), keras.Input((SIZE, SIZE, 3))
    x = body(keras.layers.Rescaling(1 / 127.5, -1.0)(inputs), training=False)
    x = keras.layers.Dropout(0.2, seed=SEED)(keras.layers.GlobalAveragePooling2D()(x))
    network = keras.Model(inputs, keras.layers.Dense(classes)(x))

    def fit(what: str, rate: float, epochs: int) -> None:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        network.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
        marks = [clock.callback(what)]
        network.fit(batches, epochs=epochs, validation_data=validation, verbose=0, callbacks=marks, shuffle=False)

    body.trainable = False
    fit("frozen", 1e-3, GUIDE_EPOCHS[0] if method == "guide" else FROZEN_EPOCHS)
    if method == "guide":
        body.trainable = True
        fit("all layers", 1e-5, GUIDE_EPOCHS[1])

    test_photos = read_for_keras(test, 64, shuffle=False)
    truth = np.concatenate([labels for _, labels in test_photos.as_numpy_iterator()])

    def right(network: Any) -> float:
        return float((network.predict(test_photos, verbose=0).argmax(axis=1) == truth).mean())

    return clock, network, right


def run_method(method: str, train: Path, test: Path, weights: str) -> None:
    """Trains, measures every mark, and prints the marks as JSON."""
    with tempfile.TemporaryDirectory() as name:
        if method == "ours":
            clock, network, right = run_ours(train, test, weights, Path(name))
        else:
            clock, network, right = run_keras(method, train, test, weights, Path(name))
        marks = []
        for what, seconds, cpu_seconds, path in clock.points:
            network.load_weights(path)
            marks.append(asdict(Mark(what, seconds, cpu_seconds, right(network))))
    print(json.dumps(marks))


def first_at(marks: list[Mark], level: float) -> Mark | None:
    """The first point that is at least as good."""
    return next((mark for mark in marks if mark.accuracy >= level), None)


def report(marks: dict[str, list[Mark]]) -> None:
    """Times to accuracies, end points, and the two comparisons that count."""
    print(f"\n{'test accuracy':<16}" + "".join(f"{method:>24}" for method in marks))
    for level in LEVELS:
        found = [first_at(own, level) for own in marks.values()]
        if any(found):
            cells = [f"{mark.seconds:.0f} s (cpu {mark.cpu_seconds:.0f})" if mark else "never" for mark in found]
            print(f"{level:<16.1%}" + "".join(f"{cell:>24}" for cell in cells))
    print(
        f"{'end':<16}"
        + "".join(f"{f'{own[-1].accuracy:.2%} at {own[-1].seconds:.0f} s':>24}" for own in marks.values())
    )
    best = {method: max(own, key=lambda mark: mark.accuracy) for method, own in marks.items()}
    rival = max((method for method in marks if method != "ours"), key=lambda method: best[method].accuracy)
    theirs, ours = best[rival], first_at(marks["ours"], best[rival].accuracy)
    print(f"\nThe better of the others, {rival}, is at its best, {theirs.accuracy:.2%}, after {theirs.seconds:.0f} s.")
    if ours is None:
        print("Ours never gets there.")
        return
    print(
        f"Ours is there after {ours.seconds:.0f} s: {theirs.seconds / ours.seconds:.1f} times faster by the clock, "
        f"{theirs.cpu_seconds / ours.cpu_seconds:.1f} times by processor time (aim 3); it ends "
        f"{(marks['ours'][-1].accuracy - theirs.accuracy) * 100:+.2f} points from there."
    )


def main() -> None:
    """Runs each method in a process of its own."""
    parser = argparse.ArgumentParser(description="Wall time to a test accuracy.")
    parser.add_argument("--weights", required=True, metavar="imagenet|PATH", help="weights of MobileNetV2 1.0")
    parser.add_argument("--train", type=Path, default=ROOT / "data/gtsrb/train", metavar="DIR", help="class folders")
    parser.add_argument("--test", type=Path, default=ROOT / "data/gtsrb/test", metavar="DIR", help="class folders")
    parser.add_argument("--per-class", type=int, default=100, metavar="N", help="photos to train on (default 100)")
    parser.add_argument("--test-photos", type=int, default=2000, metavar="N", help="photos to test on (default 2000)")
    parser.add_argument("--method", choices=METHODS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.method:
        run_method(options.method, options.train, options.test, options.weights)
        return
    marks: dict[str, list[Mark]] = {}
    with tempfile.TemporaryDirectory() as name:
        train = write_subset(options.train, Path(name) / "train", per_class=options.per_class)
        test = write_subset(options.test, Path(name) / "test", count=options.test_photos)
        if read_class_folders(train).class_keys != read_class_folders(test).class_keys:
            sys.exit("The test photos do not show every class; take more with --test-photos.")
        folders = ["--train", str(train), "--test", str(test)]
        for method in METHODS:
            done = subprocess.run(
                [sys.executable, __file__, "--method", method, "--weights", options.weights, *folders],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                sys.exit(done.stderr)
            marks[method] = [Mark(**mark) for mark in json.loads(done.stdout.splitlines()[-1])]
            for mark in marks[method]:
                print(
                    f"{method:<8}{mark.what:<16}{mark.seconds:8.1f} s{mark.cpu_seconds:8.1f} cpu s{mark.accuracy:9.2%}",
                    flush=True,
                )
    report(marks)


if __name__ == "__main__":
    main()
