"""The input pipeline: batches that depend on seed and step alone, made in the background."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from vision.datasets.rows import Array
from vision.training.augment import augment

# Photos, each uint8 (size, size, 3) -> probabilities, float32 (photos, classes).
Teach = Callable[[Sequence[np.ndarray]], np.ndarray]


@dataclass(frozen=True)
class TrainingPhotos:
    """What batches are drawn from.

    Attributes:
        pixels: uint8 (photos, size, size, 3), in memory or on disk.
        labels: class index, one a photo.
        rows: photos to train on, indices into both.
        class_count: number of classes.
        outliers: uint8 (photos, size, size, 3) that show no class, or None.
        crops: the same photos cropped to the object, like `pixels`, or None; half of the time they take its place.
    """

    pixels: Array
    labels: np.ndarray
    rows: np.ndarray
    class_count: int
    outliers: np.ndarray | None = None
    crops: Array | None = None

    def view(self, row: int, rng: np.random.Generator) -> np.ndarray:
        """The photo, or its crop: uint8 (size, size, 3)."""
        return self.pixels[row] if self.crops is None or rng.random() < 0.5 else self.crops[row]


class BatchMaker:
    """Makes the batch of any step: the order of an epoch and each photo's changes follow from the seed."""

    def __init__(
        self,
        photos: TrainingPhotos,
        batch_size: int,
        seed: int,
        strength: float,
        mirror: bool,
        label_smoothing: float,
        outlier_share: float,
        teach: Teach | None = None,
        teacher_share: float = 0.0,
    ) -> None:
        self._photos = photos
        self._batch_size = min(batch_size, len(photos.rows))
        self._seed = seed
        self._strength = strength
        self._mirror = mirror
        self._smoothing = label_smoothing
        self._outliers_a_batch = 0 if photos.outliers is None else round(outlier_share * self._batch_size)
        self._teach, self._teacher_share = teach, teacher_share
        self._order: tuple[int, np.ndarray] = (-1, photos.rows)

    @property
    def steps_per_epoch(self) -> int:
        return len(self._photos.rows) // self._batch_size

    def batch(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """The batch of step `step` (0 is the first of the run).

        Returns:
            float32 (batch, size, size, 3) in 0..255 and target probabilities, float32 (batch, classes).
        """
        epoch, place = divmod(int(step), self.steps_per_epoch)
        if self._order[0] != epoch:
            rng = np.random.default_rng((self._seed, epoch))
            self._order = (epoch, rng.permutation(self._photos.rows))
        rows = self._order[1][place * self._batch_size :][: self._batch_size]
        rng = np.random.default_rng((self._seed, epoch, place + 1))
        classes = self._photos.class_count
        images = [augment(self._photos.view(row, rng), rng, self._strength, self._mirror) for row in rows]
        targets = np.full((len(rows), classes), self._smoothing / classes, np.float32)
        targets[np.arange(len(rows)), self._photos.labels[rows]] += 1 - self._smoothing
        if self._teach is not None:
            targets += self._teacher_share * (self._teach(images) - targets)
        if self._outliers_a_batch and self._photos.outliers is not None:
            picked = rng.integers(0, len(self._photos.outliers), self._outliers_a_batch)
            images += [augment(self._photos.outliers[row], rng, self._strength, True) for row in picked]
            targets = np.concatenate([targets, np.full((len(picked), classes), 1 / classes, np.float32)])
        return np.stack(images).astype(np.float32), targets

    def dataset(self, first_step: int, steps: int) -> tf.data.Dataset:
        """`steps` batches from `first_step` on, prefetched."""
        size = self._photos.pixels.shape[1]

        def load(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            images, targets = tf.numpy_function(self.batch, [step], (tf.float32, tf.float32))
            images.set_shape((None, size, size, 3))
            targets.set_shape((None, self._photos.class_count))
            return images, targets

        # One maker thread: the order cache is not shared, and the network keeps the cores busy.
        return tf.data.Dataset.range(first_step, first_step + steps).map(load).prefetch(8)


def plain_batches(pixels: Array, rows: np.ndarray, batch_size: int = 128) -> tf.data.Dataset:
    """Unchanged photos, float32 in 0..255, in the order of `rows`."""
    size = pixels.shape[1]
    starts = tf.data.Dataset.range(0, len(rows), batch_size)

    def load(start: tf.Tensor) -> tf.Tensor:
        images = tf.numpy_function(lambda s: pixels[rows[s : s + batch_size]].astype(np.float32), [start], tf.float32)
        images.set_shape((None, size, size, 3))
        return images

    return starts.map(load).prefetch(2)
