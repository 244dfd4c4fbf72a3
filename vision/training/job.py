"""One training run, from a folder of photos to the best weights on validation."""

import functools
import hashlib
import json
import os
import zlib
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
from vision.training.checkpoint import load_checkpoint, save_checkpoint, save_weights
from vision.training.config import TrainingConfig
from vision.training.estimate import HEAD, READING
from vision.training.fit import balanced_weights, compile_for_fit, fit
from vision.training.head import train_head
from vision.training.network import build_classifier, set_batch_norm, warm_start
from vision.training.progress import Progress
from vision.training.run_folder import RunFolder

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


def load_training_data(
    config: TrainingConfig, run: RunFolder, cache_dir: Path, say: Say, progress: Progress | None = None
) -> TrainingData:
    """Reads, checks and splits the photos, and writes the split into the run's folder.

    Raises:
        DatasetError: the photos cannot be trained on, or are others than those that the run began with.
    """
    progress = progress or Progress(run, config)
    task = config.task_spec
    folders = read_class_folders(Path(config.data))
    present = set(folders.labels)
    empty = [key for label, key in enumerate(folders.class_keys) if label not in present]
    if empty:
        raise DatasetError(f"'{config.data}' has no photos of {', '.join(empty[:5])}; add some, or remove the folder.")
    if len(folders.class_keys) < 2:
        raise DatasetError(f"'{config.data}' has one class folder; at least two are needed to tell apart.")
    progress.plan(len(folders.files), 0 if config.test is None else count_tests(Path(config.test), folders))
    on_progress = progress.counter(READING, "read {done} of {total} photos")
    on_progress(0, len(folders.files))
    pixels, unreadable = load_pixels(folders.files, config.image_size, config.resize, cache_dir, on_progress)
    crops = None
    if config.boxes is not None:
        boxes = largest_boxes(Path(config.boxes), folders.files)
        say(f"{sum(box is not None for box in boxes):,} photos have a box to crop to")
        crops, also = load_pixels(folders.files, config.image_size, config.resize, cache_dir, on_progress, boxes)
        unreadable = also | unreadable
    labels = np.array(folders.labels, np.int64)
    good = [row for row in range(len(folders.files)) if row not in unreadable]
    groups = [task.group_of(folders.files[i].name) for i in good]
    train, held = split_by_group(labels[good].tolist(), groups, config.validation_fraction, config.seed)
    training_rows, validation_rows = np.array(good, np.int64)[train], np.array(good, np.int64)[held]
    if not len(validation_rows):
        raise DatasetError(f"'{config.data}' has too few photos to hold any out; give at least two for each class.")
    names = [path.relative_to(folders.root).as_posix() for path in folders.files]
    reasons = tuple(unreadable[row] for row in sorted(unreadable))
    sums = checksums([pixels] if crops is None else [pixels, crops])
    write_split(run, names, [names[row] for row in validation_rows], reasons, sums)
    say(
        f"{len(training_rows):,} photos to train on, {len(validation_rows):,} to validate, "
        f"{len(folders.class_keys)} classes; {len(unreadable)} unreadable, {len(folders.skipped)} other files left out"
    )
    return TrainingData(folders, pixels, labels, training_rows, validation_rows, reasons, crops)


def count_tests(root: Path, folders: ClassFolders) -> int:
    """How many test photos there are.

    Raises:
        DatasetError: there are none, or of classes that are not trained.
    """
    tests = read_class_folders(root)
    unknown = [key for key in tests.class_keys if key not in folders.class_keys]
    if unknown:
        raise DatasetError(
            f"'{root}' has folders that '{folders.root}' has not: {', '.join(unknown[:5])}; "
            "test photos can be of the trained classes only."
        )
    return len(tests.files)


def checksums(views: Sequence[Array]) -> list[int]:
    """A number for each photo as the network sees it, over all its views; a photo that is changed has another one."""
    return [
        functools.reduce(lambda before, view: zlib.crc32(view[row].tobytes(), before), views, 0)
        for row in range(len(views[0]))
    ]


def write_split(
    run: RunFolder, names: Sequence[str], validation: Sequence[str], unreadable: Sequence[str], sums: Sequence[int]
) -> None:
    """Keeps which photos are held back, and by what the photos of this run are known again.

    Args:
        run: the run.
        names: all photos, their paths given from where the data set lies.
        validation: those that are held back.
        unreadable: the reason for each photo that could not be read.
        sums: `checksums` of all photos.

    Raises:
        DatasetError: the run goes on after a checkpoint, and its photos are others by now.
    """
    digest = hashlib.sha256(os.fsencode("\n".join([*names, "", *validation]))).hexdigest()
    if run.checkpoint_path.exists():
        kept = json.loads(run.split_path.read_text(encoding="utf-8"))
        if kept.get("photos") != digest:
            raise DatasetError("There are other photos now than when the run began; start a new run.")
        then = kept.get("sums", sums)  # runs from before they were kept
        if changed := [name for name, old, new in zip(names, then, sums, strict=True) if old != new]:
            others = f" and {len(changed) - 1:,} more" if len(changed) > 1 else ""
            raise DatasetError(
                f"'{changed[0]}'{others} changed since the run began; put back what was there, or start a new run."
            )
    write_json(
        run.split_path, {"validation": validation, "unreadable": list(unreadable), "photos": digest, "sums": sums}
    )


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


def train(
    config: TrainingConfig, run: RunFolder, cache_dir: Path, say: Say, progress: Progress | None = None
) -> tuple[keras.Model, TrainingData]:
    """Trains the head, then everything, continuing at the last checkpoint if the run was cut off.

    A run that is asked to finish is not trained on; the weights are the best that it has.

    Returns:
        The network with the weights that were best on validation, and the photos.

    Raises:
        Stopped, Gone: see `RunFolder.stop_if_asked`.
    """
    cv2.setNumThreads(1)  # photos are augmented beside the network, which needs the cores
    spec = backbone_named(config.backbone)
    task = config.task_spec
    progress = progress or Progress(run, config)
    if run.is_asked_to_finish() and not run.checkpoint_path.exists():
        raise SettingsError(f"The run '{run.name}' was not trained yet, there is nothing to end it with; resume it.")
    data = load_training_data(config, run, cache_dir, say, progress)
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
    weights = balanced_weights(data.labels[data.training_rows], class_count) if config.class_weights else None
    if run.checkpoint_path.exists():
        model, metrics = load_checkpoint(run.checkpoint_path)
    else:
        progress.report(HEAD, 0, 1, "building the network")
        model = build_classifier(spec, config.alpha, config.image_size, class_count, config.weights, config.seed)
        set_batch_norm(model, config.train_batch_norm)
        if config.warm_start:
            warm_start(model, spec, config.alpha, config.weights, data.folders.class_keys)
        if config.head_epochs and config.weights != "none":
            on_progress = progress.counter(HEAD, "training the head: {done} of {total}")
            train_head(
                model, data, config, say, cache_dir, on_progress, None if weights is None else dict(enumerate(weights))
            )
        save_weights(model, run.start_path)
        compile_for_fit(model, config, maker.steps_per_epoch)
        save_checkpoint(model, run.checkpoint_path)  # the head is not trained again, whatever comes
        metrics = []
    if not run.is_asked_to_finish():
        fit(model, maker, _validation_batches(data), config, run, metrics, weights, progress, say)
    if run.best_path.exists():
        model.load_weights(run.best_path)
        if config.start_share:
            mix_with_start(model, run, config.start_share)
    else:
        save_weights(model, run.best_path)
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


def _validation_batches(data: TrainingData) -> tf.data.Dataset:
    targets = keras.utils.to_categorical(data.labels[data.validation_rows], len(data.folders.class_keys))
    labels = tf.data.Dataset.from_tensor_slices(targets).batch(128)
    return tf.data.Dataset.zip((plain_batches(data.pixels, data.validation_rows), labels))
