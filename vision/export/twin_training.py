"""Trains the rounded twin of a network; see `qat` for the process that it needs."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from vision import metrics
from vision.datasets.rows import Rows
from vision.export.photos import PhotoFiles, draw_evenly, load_photos
from vision.export.qat_process import QatFolder, QatSettings
from vision.export.read_tflite import Network, read_network
from vision.export.rebuild import build_classifier_of, build_scaled_classifier_of, check_agreement, with_weights_of
from vision.export.rounding import round_kernels
from vision.export.twin import build_twin, export_twin
from vision.jobs import JobStatus, Stopped
from vision.model_card import ModelCard
from vision.training.batches import BatchMaker, TrainingPhotos

PHOTOS_AT_ONCE = 64
CHECKPOINT_S = 60.0
SCORE_EVERY = 50  # steps


class TwinTraining:
    """Trains the rounded twin to answer as the float network does (distillation, Hinton et al., 2015).

    The photos' own labels are not looked at: what is wanted is the float network's answer, calibration included.
    """

    def __init__(
        self, folder: QatFolder, settings: QatSettings, card: ModelCard, content: bytes, files: PhotoFiles
    ) -> None:
        """Prepares for training the network of `content`, a model's float32 file, on its photos `files`."""
        self._folder, self._settings, self._card, self._content, self._files = folder, settings, card, content, files
        self._network = read_network(content)
        self._parent = os.getppid()

    def run(self) -> bytes:
        """Trains, or goes on training, and returns the int8 file.

        Raises:
            Stopped: a stop was asked for; the checkpoint is written.
            VisionError: the model or the photos cannot be used.
        """
        settings, folder, files, network = self._settings, self._folder, self._files, self._network
        stop = folder.stop_if_asked
        calibration = self._photos(files.training_rows, settings.calibration_photos)
        held_out = self._photos(files.validation_rows, settings.validation_photos)
        rows = draw_evenly(files.labels, files.training_rows, settings.steps * settings.batch_size, settings.seed)
        pixels, readable = self._load(rows)
        photos = TrainingPhotos(pixels, files.labels[rows], readable, len(network.bias))
        self._tell("building the network", 0.0)
        teacher = build_scaled_classifier_of(network, tf_keras)
        check_agreement(network, lambda photos: teacher(self._scaled(photos), training=False), self._content)
        stop()
        self._tell("rounding the kernels", 0.0)
        start = build_scaled_classifier_of(_rounded(network, calibration, stop), tf_keras)
        stop()
        self._teacher, self._twin = teacher, build_twin(start, network.scale, network.offset, calibration)
        maker = BatchMaker(photos, settings.batch_size, settings.seed, settings.augmentation, settings.mirror, 0.0, 0.0)
        self._train(maker, held_out)
        self._twin.set_weights(list(np.load(folder.best_path).values()))
        self._tell("converting", 1.0)
        return export_twin(self._twin)

    def _photos(self, rows: np.ndarray, count: int) -> np.ndarray:
        """Some photos, in memory."""
        pixels, readable = self._load(draw_evenly(self._files.labels, rows, count, self._settings.seed))
        return pixels[readable]

    def _load(self, rows: np.ndarray) -> tuple[Rows, np.ndarray]:
        def on_progress(done: int, total: int) -> None:
            self._tell(f"read {done:,} of {total:,} photos", 0.0)
            self._folder.stop_if_asked()

        return load_photos(self._files, rows, self._card, Path(self._settings.cache_dir), on_progress)

    def _train(self, maker: BatchMaker, held_out: np.ndarray) -> None:
        settings, folder = self._settings, self._folder
        schedule = tf_keras.optimizers.schedules.CosineDecay(settings.learning_rate, max(1, settings.steps))
        optimizer = tf_keras.optimizers.Adam(schedule)
        optimizer.build(self._twin.trainable_variables)
        done, best = tf.Variable(0, dtype=tf.int64), tf.Variable(np.inf, dtype=tf.float64)
        state = tf.train.Checkpoint(twin=self._twin, optimizer=optimizer, done=done, best=best)
        manager = tf.train.CheckpointManager(state, folder.checkpoint_dir, max_to_keep=1)
        state.restore(manager.latest_checkpoint)
        target = self._answers(self._teacher, held_out)
        step_of = self._step_with(optimizer)
        if manager.latest_checkpoint is None:
            self._keep_if_better(best, target, held_out)
        first, began, saved = int(done), time.monotonic(), time.monotonic()
        for images, _ in maker.dataset(first, settings.steps - first):
            step_of(images)
            done.assign_add(1)
            step = int(done)
            seconds_left = (time.monotonic() - began) / (step - first) * (settings.steps - step)
            self._tell(f"step {step} of {settings.steps}", step / settings.steps, seconds_left)
            if step % SCORE_EVERY == 0 or step == settings.steps:
                self._keep_if_better(best, target, held_out)
            is_asked = folder.is_asked_to_stop() or os.getppid() != self._parent  # whoever started this is gone
            if is_asked or time.monotonic() - saved > CHECKPOINT_S:
                manager.save()
                saved = time.monotonic()
            if is_asked:
                raise Stopped

    def _step_with(self, optimizer: tf_keras.optimizers.Optimizer) -> Callable[[tf.Tensor], tf.Tensor]:
        loss_of = tf_keras.losses.CategoricalCrossentropy(from_logits=True)
        variables = self._twin.trainable_variables

        @tf.function
        def step(images: tf.Tensor) -> tf.Tensor:
            scaled = self._scaled(images)
            wanted = tf.nn.softmax(self._teacher(scaled, training=False))
            with tf.GradientTape() as tape:
                loss = loss_of(wanted, self._twin(scaled, training=True))
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
            return loss

        return step

    def _keep_if_better(self, best: tf.Variable, target: np.ndarray, held_out: np.ndarray) -> None:
        """Keeps the weights whose answers to the held-out photos are the nearest so far."""
        answers = self._answers(self._twin, held_out)
        distance = float((target * np.log((target + 1e-12) / (answers + 1e-12))).sum(axis=1).mean())
        agreement = float((target.argmax(axis=1) == answers.argmax(axis=1)).mean())
        print(f"distance {distance:.5f}, {agreement:.2%} of the held-out answers as before", flush=True)
        if distance < float(best):
            best.assign(distance)
            partial = self._folder.best_path.with_name("partial-best.npz")
            np.savez(partial, *self._twin.get_weights())
            partial.replace(self._folder.best_path)

    def _answers(self, model: tf_keras.Model, photos: np.ndarray) -> np.ndarray:
        batches = (photos[start : start + PHOTOS_AT_ONCE] for start in range(0, len(photos), PHOTOS_AT_ONCE))
        logits = [model(self._scaled(batch.astype(np.float32)), training=False).numpy() for batch in batches]
        return metrics.softmax(np.concatenate(logits))

    def _scaled(self, photos: np.ndarray | tf.Tensor) -> np.ndarray | tf.Tensor:
        return photos * self._network.scale + self._network.offset

    def _tell(self, message: str, progress: float, seconds_left: float | None = None) -> None:
        self._folder.write_status(JobStatus("training", message, progress, seconds_left))


def _rounded(network: Network, photos: np.ndarray, between: Callable[[], None]) -> Network:
    """The network with its kernels rounded so that what it computes changes least: a better start than the nearest."""
    model = build_classifier_of(network, keras)
    round_kernels(model, photos, between)
    return with_weights_of(network, model)
