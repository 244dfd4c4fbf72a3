"""One training run, from a folder of photos to the best weights on validation."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import keras
import numpy as np
import tensorflow as tf

from vision.datasets.class_folders import ClassFolders, read_class_folders
from vision.datasets.outliers import load_outliers
from vision.datasets.pixels import load_pixels
from vision.datasets.split import split_by_group
from vision.errors import DatasetError
from vision.tasks import task_named
from vision.training.backbones import backbone_named
from vision.training.batches import BatchMaker, TrainingPhotos, plain_batches
from vision.training.callbacks import KeepProgress, WriteStatus
from vision.training.config import TrainingConfig
from vision.training.network import build_classifier, set_batch_norm
from vision.training.run_folder import RunFolder, RunStatus, write_json

Say = Callable[[str], None]


@dataclass(frozen=True)
class TrainingData:
    """The photos of a run, decoded and split.

    Attributes:
        folders: where they came from.
        pixels: uint8 (photos, size, size, 3), memory-mapped.
        labels: int64 (photos,).
        training_rows, validation_rows: int64 indices; unreadable photos are in neither.
        unreadable: the reason for each photo that could not be read.
    """

    folders: ClassFolders
    pixels: np.ndarray
    labels: np.ndarray
    training_rows: np.ndarray
    validation_rows: np.ndarray
    unreadable: tuple[str, ...]


def load_training_data(config: TrainingConfig, run: RunFolder, cache_dir: Path, say: Say) -> TrainingData:
    """Reads, checks and splits the photos, and writes the split into the run's folder."""
    task = task_named(config.task)
    folders = read_class_folders(Path(config.data))
    present = set(folders.labels)
    empty = [key for label, key in enumerate(folders.class_keys) if label not in present]
    if empty:
        raise DatasetError(f"'{config.data}' has no photos of {', '.join(empty[:5])}; add some, or remove the folder.")
    if len(folders.class_keys) < 2:
        raise DatasetError(f"'{config.data}' has one class folder; at least two are needed to tell apart.")

    def on_progress(done: int, total: int) -> None:
        run.write_status(RunStatus("preparing", done, total, message=f"read {done:,} of {total:,} photos"))

    pixels, unreadable = load_pixels(folders.files, config.image_size, config.resize, cache_dir, on_progress)
    labels = np.array(folders.labels, np.int64)
    good = [
        row
        for row, path in enumerate(folders.files)
        if not any(line.startswith(f"{path.parent.name}/{path.name}: ") for line in unreadable)
    ]
    groups = [task.group_of(folders.files[i].name) for i in good]
    train, held = split_by_group(labels[good].tolist(), groups, config.validation_fraction, config.seed)
    training_rows, validation_rows = np.array(good, np.int64)[train], np.array(good, np.int64)[held]
    if not len(validation_rows):
        raise DatasetError(f"'{config.data}' has too few photos to hold any out; give at least two for each class.")
    names = [path.relative_to(folders.root).as_posix() for path in folders.files]
    write_json(run.split_path, {"validation": [names[row] for row in validation_rows], "unreadable": list(unreadable)})
    say(
        f"{len(training_rows):,} photos to train on, {len(validation_rows):,} to validate, "
        f"{len(folders.class_keys)} classes; {len(unreadable)} unreadable, {len(folders.skipped)} other files left out"
    )
    return TrainingData(folders, pixels, labels, training_rows, validation_rows, unreadable)


def train(config: TrainingConfig, run: RunFolder, cache_dir: Path, say: Say) -> tuple[keras.Model, TrainingData]:
    """Trains the head, then everything, continuing after the last finished epoch if the run was cut off.

    Returns:
        The network with the weights that were best on validation, and the photos.
    """
    cv2.setNumThreads(1)  # photos are augmented beside the network, which needs the cores
    spec = backbone_named(config.backbone)
    task = task_named(config.task)
    run.write_status(RunStatus("preparing", message="reading photos"))
    data = load_training_data(config, run, cache_dir, say)
    class_count = len(data.folders.class_keys)
    outliers = None
    if config.outliers is not None:
        outliers, skipped = load_outliers(Path(config.outliers), config.image_size, config.seed)
        say(f"{len(outliers):,} photos that show no class, {skipped} unreadable")
    maker = BatchMaker(
        TrainingPhotos(data.pixels, data.labels, data.training_rows, class_count, outliers),
        config.batch_size,
        config.seed,
        config.augmentation,
        task.mirror_safe,
        config.label_smoothing,
        config.outlier_share,
    )
    steps = maker.steps_per_epoch
    epochs_done = 0
    if run.checkpoint_path.exists():
        model = keras.saving.load_model(run.checkpoint_path)
        epochs_done = int(model.optimizer.iterations) // steps
        # Keras keeps no state of random numbers: without this, the dropout of the first epochs would come again.
        model.get_layer("dropout").seed_generator.state.assign([config.seed, epochs_done * steps])
        say(f"continuing after epoch {epochs_done}")
    else:
        model = build_classifier(spec, config.alpha, config.image_size, class_count, config.weights, config.seed)
        set_batch_norm(model, config.train_batch_norm)
        if config.head_epochs and config.weights != "none":
            train_head(model, data, config, say)
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0,
            decay_steps=max(1, round(steps * config.epochs * (1 - config.warmup))),
            warmup_target=config.learning_rate,
            warmup_steps=max(1, round(steps * config.epochs * config.warmup)),
        )
        _compile(model, keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay))
    if config.epochs > epochs_done:
        model.fit(
            maker.dataset(epochs_done * steps, (config.epochs - epochs_done) * steps),
            initial_epoch=epochs_done,
            epochs=config.epochs,
            steps_per_epoch=steps,
            validation_data=_validation_batches(data),
            verbose=0,
            callbacks=[
                WriteStatus(run, epochs_done * steps, config.epochs * steps, config.batch_size, say),
                keras.callbacks.TensorBoard(run.tensorboard_dir, write_graph=False),
                KeepProgress(run, epochs_done),
            ],
        )
    if run.best_path.exists():
        model.load_weights(run.best_path)
    return model, data


def train_head(model: keras.Model, data: TrainingData, config: TrainingConfig, say: Say) -> None:
    """Trains the new head on the body's features of the unchanged photos, computed once."""
    extractor = keras.Model(model.input, model.get_layer("pool").output)
    say("computing the frozen body's features")
    features = extractor.predict(plain_batches(data.pixels, data.training_rows), verbose=0)
    head = keras.Sequential([keras.Input((features.shape[1],)), keras.layers.Dropout(0.2, seed=config.seed)])
    head.add(model.get_layer("logits"))
    head.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = head.fit(
        features, data.labels[data.training_rows], epochs=config.head_epochs, batch_size=128, verbose=0
    ).history
    say(f"head trained alone: {history['accuracy'][-1]:.1%} of the training photos")


def predict_logits(model: keras.Model, data: TrainingData, rows: np.ndarray) -> np.ndarray:
    """float32 (rows, classes) for unchanged photos."""
    return model.predict(plain_batches(data.pixels, rows), verbose=0)


def _compile(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> None:
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"])


def _validation_batches(data: TrainingData) -> tf.data.Dataset:
    targets = keras.utils.to_categorical(data.labels[data.validation_rows], len(data.folders.class_keys))
    labels = tf.data.Dataset.from_tensor_slices(targets).batch(128)
    return tf.data.Dataset.zip((plain_batches(data.pixels, data.validation_rows), labels))
