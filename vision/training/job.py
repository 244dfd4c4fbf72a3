"""One training run, from a folder of photos to the best weights on validation."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import keras
import numpy as np
import tensorflow as tf

from vision.classifier import Classifier
from vision.datasets.class_folders import ClassFolders, read_class_folders
from vision.datasets.outliers import load_outliers
from vision.datasets.pixels import load_pixels
from vision.datasets.rows import Array
from vision.datasets.split import split_by_group
from vision.errors import DatasetError, SettingsError
from vision.jobs import write_json
from vision.predictions import Box
from vision.training.backbones import backbone_named
from vision.training.batches import BatchMaker, Teach, TrainingPhotos, plain_batches
from vision.training.callbacks import KeepProgress, WriteStatus
from vision.training.config import TrainingConfig
from vision.training.head import train_head
from vision.training.network import build_classifier, set_batch_norm, warm_start
from vision.training.run_folder import RunFolder, RunStatus

Say = Callable[[str], None]


@dataclass(frozen=True)
class TrainingData:
    """The photos of a run, decoded and split.

    Attributes:
        folders: where they came from.
        pixels: uint8 (photos, size, size, 3), on disk.
        labels: int64 (photos,).
        crops: `pixels` cropped to the object in each photo, or None.
        training_rows, validation_rows: int64 indices; unreadable photos are in neither.
        unreadable: the reason for each photo that could not be read.
    """

    folders: ClassFolders
    pixels: Array
    labels: np.ndarray
    training_rows: np.ndarray
    validation_rows: np.ndarray
    unreadable: tuple[str, ...]
    crops: Array | None = None

    @property
    def views(self) -> tuple[Array, ...]:
        """The photos as the network sees them: whole, and cropped where there are boxes."""
        return (self.pixels,) if self.crops is None else (self.pixels, self.crops)


def load_training_data(config: TrainingConfig, run: RunFolder, cache_dir: Path, say: Say) -> TrainingData:
    """Reads, checks and splits the photos, and writes the split into the run's folder."""
    task = config.task_spec
    folders = read_class_folders(Path(config.data))
    present = set(folders.labels)
    empty = [key for label, key in enumerate(folders.class_keys) if label not in present]
    if empty:
        raise DatasetError(f"'{config.data}' has no photos of {', '.join(empty[:5])}; add some, or remove the folder.")
    if len(folders.class_keys) < 2:
        raise DatasetError(f"'{config.data}' has one class folder; at least two are needed to tell apart.")

    def on_progress(done: int, total: int) -> None:
        run.write_status(RunStatus("preparing", f"read {done:,} of {total:,} photos", done=done, total=total))

    pixels, unreadable = load_pixels(folders.files, config.image_size, config.resize, cache_dir, on_progress)
    crops = None
    if config.boxes is not None:
        boxes = largest_boxes(Path(config.boxes), folders.files)
        say(f"{sum(box is not None for box in boxes):,} photos have a box to crop to")
        crops, also = load_pixels(folders.files, config.image_size, config.resize, cache_dir, on_progress, boxes)
        unreadable = tuple(dict.fromkeys(unreadable + also))
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
    return TrainingData(folders, pixels, labels, training_rows, validation_rows, unreadable, crops)


def largest_boxes(path: Path, files: Sequence[Path]) -> list[Box | None]:
    """The largest box of each photo, as fractions of it; None where the file has none.

    Args:
        path: JSON of lists of x1, y1, x2, y2 by photo, its path given from where the file lies.

    Raises:
        DatasetError: the file is missing or damaged.
    """
    try:
        found = {
            (path.parent / name).resolve(): max((Box(*corners) for corners in boxes), key=lambda b: b.width * b.height)
            for name, boxes in json.loads(path.read_text(encoding="utf-8")).items()
            if boxes
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"'{path}' does not hold boxes; expected JSON such as {{\"dogs/a.jpg\": [[0.1, 0.2, 0.8, 0.9]]}}."
        ) from error
    return [found.get(file.resolve()) for file in files]


def train(config: TrainingConfig, run: RunFolder, cache_dir: Path, say: Say) -> tuple[keras.Model, TrainingData]:
    """Trains the head, then everything, continuing after the last finished epoch if the run was cut off.

    Returns:
        The network with the weights that were best on validation, and the photos.
    """
    cv2.setNumThreads(1)  # photos are augmented beside the network, which needs the cores
    spec = backbone_named(config.backbone)
    task = config.task_spec
    run.write_status(RunStatus("preparing", message="reading photos"))
    data = load_training_data(config, run, cache_dir, say)
    class_count = len(data.folders.class_keys)
    outliers = None
    if config.outliers is not None:
        outliers, skipped = load_outliers(Path(config.outliers), config.image_size, config.seed)
        say(f"{len(outliers):,} photos that show no class, {skipped} unreadable")
    maker = BatchMaker(
        TrainingPhotos(data.pixels, data.labels, data.training_rows, class_count, outliers, data.crops),
        config.batch_size,
        config.seed,
        config.augmentation,
        task.mirror_safe,
        config.label_smoothing,
        config.outlier_share,
        load_teachers(config.teachers, data.folders.class_keys) if config.teachers else None,
        config.teacher_share,
    )

    def on_head_progress(done: int, total: int) -> None:
        run.write_status(RunStatus("preparing", "training the head", done=done, total=total))

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
        if config.warm_start:
            warm_start(model, spec, config.alpha, config.weights, data.folders.class_keys)
        if config.head_epochs and config.weights != "none":
            train_head(model, data, config, say, cache_dir, on_head_progress)
        model.save_weights(run.start_path)
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
        if config.start_share:
            mix_with_start(model, run, config.start_share)
    else:
        model.save_weights(run.best_path)
    return model, data


def mix_with_start(model: keras.Model, run: RunFolder, share: float) -> None:
    """Averages the model's weights with those from before the body was trained, whose part is `share`."""
    trained = model.get_weights()
    model.load_weights(run.start_path)
    start = model.get_weights()
    model.set_weights([share * a + (1 - share) * b for a, b in zip(start, trained, strict=True)])


def load_teachers(folders: Sequence[str], class_keys: Sequence[str]) -> Teach:
    """The mean answer of model folders, in the order of `class_keys`.

    Raises:
        ModelError: a folder is no whole model.
        SettingsError: a model has other classes.
    """
    teachers = [Classifier.load(Path(folder)) for folder in folders]
    for teacher in teachers:
        if set(teacher.card.class_keys) != set(class_keys):
            raise SettingsError(f"'{teacher.card.name}' cannot teach here: it has other classes; give another teacher.")
    orders = [[teacher.card.class_keys.index(key) for key in class_keys] for teacher in teachers]

    def teach(photos: Sequence[np.ndarray]) -> np.ndarray:
        answers = [
            [teacher.probabilities(photo)[order] for photo in photos]
            for teacher, order in zip(teachers, orders, strict=True)
        ]
        return np.mean(np.array(answers, np.float32), axis=0)

    return teach


def predict_logits(model: keras.Model, data: TrainingData, rows: np.ndarray) -> np.ndarray:
    """float32 (rows, classes) for unchanged photos."""
    return model.predict(plain_batches(data.pixels, rows), verbose=0)


def _compile(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> None:
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"])


def _validation_batches(data: TrainingData) -> tf.data.Dataset:
    targets = keras.utils.to_categorical(data.labels[data.validation_rows], len(data.folders.class_keys))
    labels = tf.data.Dataset.from_tensor_slices(targets).batch(128)
    return tf.data.Dataset.zip((plain_batches(data.pixels, data.validation_rows), labels))
