"""Whether training waits for its photos, how long the head takes, and whether memory stays flat.

    python benchmarks/training.py --weights PATH [--data DIR] [--only memory pipeline head] [--photos N]

`--weights` as for `train`. Read the ratios: what is compared is timed in turn (A B A B ...) in one process. Needs the
photos of traffic signs (`python -m vision data fetch gtsrb`), or class folders of others. About a quarter of an hour on
two quiet cores, half of it for memory.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks.memory import peak_bytes  # noqa: E402
from benchmarks.subset import guess_task, link_photos, write_subset  # noqa: E402
from vision.datasets.class_folders import read_class_folders  # noqa: E402
from vision.datasets.pixels import load_pixels  # noqa: E402

SIZE, BATCH, HEAD_EPOCHS = 96, 32, 5
NARROW = 0.35  # width of the network whose memory is measured
PARTS = ("memory", "pipeline", "head")


def row(what: str, ours: float, unit: str, baseline: float, against: str) -> None:
    """Prints one line of the report."""
    print(
        f"{what:<50} {ours:9.1f} {unit}   {baseline:9.1f} {unit}   {ours / baseline:6.3f} times   {against}", flush=True
    )


def measure_memory(data: Path, large: int, folder: Path) -> None:
    """A whole run - reading, head, an epoch, validation - on few photos and on ten times as many."""
    peaks = []
    for count in (large // 10, large):
        photos = link_photos(data, folder / f"photos-{count}", count)
        done = subprocess.run(
            [sys.executable, __file__, "--peak-of", str(photos), "--weights", "none"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(done.stderr)
        figures = json.loads(done.stdout.splitlines()[-1])
        print(f"  {count:,} photos: {figures['peak_mb']:.0f} MB, {figures['seconds']:.0f} s", flush=True)
        peaks.append(figures["peak_mb"])
    row(f"peak memory of a run, {large:,} photos", peaks[1], "MB", peaks[0], f"{large // 10:,} photos (bound 1.15)")


def print_peak(photos: Path) -> None:
    """Trains a narrow network on the folder and prints this process' peak memory; it has done nothing else."""
    from vision.training.config import TrainingConfig
    from vision.training.job import train
    from vision.training.run_folder import RunFolder

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        task, weights = guess_task(photos), folder / "start.weights.h5"
        build("none", NARROW, len(read_class_folders(photos).class_keys)).save_weights(weights)
        config = TrainingConfig(task.name, str(photos), alpha=NARROW, weights=str(weights), image_size=SIZE, epochs=1)
        began = time.perf_counter()
        train(config, RunFolder.create(folder / "runs", config, "run"), folder / "cache", lambda _: None)
        seconds = time.perf_counter() - began
    print(json.dumps({"peak_mb": peak_bytes() / 2**20, "seconds": seconds}))


def build(weights: str, alpha: float, classes: int) -> Any:
    """The network of a run, before its first step."""
    from vision.training.backbones import backbone_named
    from vision.training.network import build_classifier

    return build_classifier(backbone_named("mobilenet_v2"), alpha, SIZE, classes, weights, 0)


def measure_pipeline(subset: Path, weights: str, alpha: float, steps: int, rounds: int, folder: Path) -> None:
    """Photos a second of the same network, fed in five ways."""
    import h5py
    import keras
    import tensorflow as tf

    from vision.training.batches import BatchMaker, TrainingPhotos

    cv2.setNumThreads(1)  # as the job has it
    folders = read_class_folders(subset)
    task, classes = guess_task(subset), len(folders.class_keys)
    pixels, _ = load_pixels(folders.files, SIZE, task.resize, folder / "cache")
    labels = np.array(folders.labels)
    photos = TrainingPhotos(pixels, labels, np.arange(len(labels)), classes)
    maker = BatchMaker(photos, BATCH, 0, 1.0, task.mirror_safe, 0.05, 0.0)
    one_hot = np.eye(classes, dtype=np.float32)[labels]

    shuffled = np.random.default_rng(0).permutation(len(labels))
    with h5py.File(folder / "photos.h5", "w") as file:
        file.create_dataset("photos", data=pixels[shuffled], compression="gzip")
        file.create_dataset("targets", data=one_hot[shuffled])

    def ready() -> tf.data.Dataset:
        return tf.data.Dataset.from_tensors(tuple(map(tf.constant, maker.batch(0)))).repeat(steps)

    def ours() -> tf.data.Dataset:
        return maker.dataset(0, steps)

    change = keras.Sequential([keras.layers.RandomFlip("horizontal"), keras.layers.RandomRotation(0.1)])

    def directory() -> tf.data.Dataset:
        read = keras.utils.image_dataset_from_directory(
            subset, label_mode="categorical", batch_size=BATCH, image_size=(SIZE, SIZE), seed=0, verbose=False
        )
        read = read.map(lambda x, y: (change(x, training=True), y), num_parallel_calls=tf.data.AUTOTUNE)
        return read.repeat().take(steps).prefetch(tf.data.AUTOTUNE)

    class Hdf5(keras.utils.PyDataset):
        """Batches of a compressed file, one after another."""

        def __len__(self) -> int:
            return steps

        def __getitem__(self, step: int) -> tuple[np.ndarray, np.ndarray]:
            first = step * BATCH % (len(labels) - BATCH + 1)
            with h5py.File(folder / "photos.h5") as file:
                return file["photos"][first : first + BATCH].astype(np.float32), file["targets"][first : first + BATCH]

    def generator() -> Any:
        changes = tf.keras.preprocessing.image.ImageDataGenerator(horizontal_flip=True, rotation_range=36)
        return changes.flow_from_directory(subset, (SIZE, SIZE), batch_size=BATCH, seed=0)

    network = build(weights, alpha, classes)
    network.compile(
        keras.optimizers.AdamW(1e-4), keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
    )
    feeds: dict[str, Callable[[], Any]] = {
        "ready tensors": ready,
        "ours: rows on disk, augmented": ours,
        "image_dataset_from_directory, flip and rotation": directory,
        "HDF5 with gzip, not augmented": Hdf5,
        "ImageDataGenerator, flip and rotation": generator,
    }
    rates: dict[str, list[float]] = {name: [] for name in feeds}
    for turn in range(rounds + 1):  # the first is for warming up
        for name, feed in feeds.items():
            batches = feed()
            began = time.perf_counter()
            network.fit(batches, steps_per_epoch=steps, shuffle=False, verbose=0)
            if turn:
                rates[name].append(steps * BATCH / (time.perf_counter() - began))
    # Neighbours in time are compared: a drift of the machine's speed falls on both.
    for name in list(feeds)[1:]:
        ratio = statistics.median(a / b for a, b in zip(rates[name], rates["ready tensors"], strict=True))
        print(
            f"{name:<50} {statistics.median(rates[name]):9.1f} photos/s   {ratio:6.3f} times ready tensors", flush=True
        )
    print(f"{'':<50} {statistics.median(rates['ready tensors']):9.1f} photos/s          ready tensors (bound 0.95)")


def measure_head(subset: Path, weights: str, alpha: float, folder: Path) -> None:
    """Five epochs of the head alone, from resized photos on, with nothing cached; all of it counts."""
    import keras
    import tensorflow as tf

    from vision.datasets.split import split_by_group
    from vision.training.batches import plain_batches
    from vision.training.config import TrainingConfig
    from vision.training.head import BATCH as HEAD_BATCH
    from vision.training.head import train_head
    from vision.training.job import TrainingData

    folders = read_class_folders(subset)
    task, classes = guess_task(subset), len(folders.class_keys)
    pixels, _ = load_pixels(folders.files, SIZE, task.resize, folder / "cache")
    labels = np.array(folders.labels)
    groups = [task.group_of(file.name) for file in folders.files]
    training, held = split_by_group(folders.labels, groups, 0.1, 0)
    data = TrainingData(folders, pixels, labels, training, held, ())
    config = TrainingConfig(task.name, str(subset), alpha=alpha, image_size=SIZE, head_epochs=HEAD_EPOCHS)

    def accuracy(network: Any) -> float:
        answers = network.predict(plain_batches(pixels, held), verbose=0).argmax(axis=1)
        return float((answers == labels[held]).mean())

    ours = build(weights, alpha, classes)
    began = time.perf_counter()
    train_head(ours, data, config, lambda _: None, folder / "features")
    our_seconds = time.perf_counter() - began
    began = time.perf_counter()
    train_head(build(weights, alpha, classes), data, config, lambda _: None, folder / "features")
    again_seconds = time.perf_counter() - began

    theirs = build(weights, alpha, classes)
    theirs.get_layer("body").trainable = False
    steps = HEAD_EPOCHS * -(-len(training) // HEAD_BATCH)
    theirs.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(1e-3, steps, 0.0)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    order = np.random.default_rng(0).permutation(training)
    truth = tf.data.Dataset.from_tensor_slices(labels[order]).batch(HEAD_BATCH)
    batches = tf.data.Dataset.zip((plain_batches(pixels, order, HEAD_BATCH), truth))
    began = time.perf_counter()
    theirs.fit(batches, epochs=HEAD_EPOCHS, shuffle=False, verbose=0)
    their_seconds = time.perf_counter() - began

    what = f"{HEAD_EPOCHS} epochs of the head, {len(training):,} photos"
    row(what, our_seconds, "s", their_seconds, "plain frozen-body loop (bound 0.1)")
    row(f"{what}, a second run", again_seconds, "s", their_seconds, "plain frozen-body loop")
    row(f"right of {len(held):,} held out", accuracy(ours) * 100, "%", accuracy(theirs) * 100, "plain frozen-body loop")


def main() -> None:
    """Measures what was asked for and prints a line a figure."""
    parser = argparse.ArgumentParser(description="How fast training is fed, and what memory it takes.")
    parser.add_argument("--weights", required=True, metavar="imagenet|none|PATH", help="weights of MobileNetV2")
    parser.add_argument("--alpha", type=float, default=1.0, metavar="A", help="their width (default 1.0)")
    parser.add_argument("--data", type=Path, default=ROOT / "data/gtsrb/train", metavar="DIR", help="class folders")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="default: all")
    parser.add_argument("--per-class", type=int, default=300, metavar="N", help="photos for pipeline and head")
    parser.add_argument("--photos", type=int, default=50_000, metavar="N", help="photos for memory, and a tenth of it")
    parser.add_argument("--steps", type=int, default=40, metavar="N", help="timed steps a turn (default 40)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="turns (default 5)")
    parser.add_argument("--peak-of", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak_of:
        print_peak(options.peak_of)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "memory" in options.only:
            measure_memory(options.data, options.photos, folder)
        if "pipeline" in options.only or "head" in options.only:
            subset = write_subset(options.data, folder / "subset", options.per_class)
            if "head" in options.only:
                measure_head(subset, options.weights, options.alpha, folder)
            if "pipeline" in options.only:
                measure_pipeline(subset, options.weights, options.alpha, options.steps, options.rounds, folder)


if __name__ == "__main__":
    main()
