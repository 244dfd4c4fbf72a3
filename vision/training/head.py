"""The new head trained alone, on what the frozen body says of the unchanged photos."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from vision.datasets.rows import Array, Rows
from vision.jobs import OnProgress
from vision.metrics import fit_temperature
from vision.training.config import TrainingConfig
from vision.training.features import load_features

if TYPE_CHECKING:
    from vision.training.job import TrainingData

BATCH = 128
# A head that starts from nothing has far to go in few steps; one that starts as ImageNet's is only adjusted. At 1e-2 it
# learns its photos by heart, and the body then learns less (drawn signs: 206 of 220 right instead of 215).
LEARNING_RATE, WARM_LEARNING_RATE = 3e-3, 1e-3
EPOCH_COST = 0.05  # an epoch of the head, as a part of the body's one pass over the same photos


def train_head(
    model: keras.Model,
    data: "TrainingData",
    config: TrainingConfig,
    say: Callable[[str], None],
    cache_dir: Path | None = None,
    on_progress: OnProgress | None = None,
    class_weights: Mapping[int, float] | None = None,
) -> None:
    """Trains the layer `logits` for `config.head_epochs`; the body's features are computed once and kept on disk.

    Args:
        model: as `network.build_classifier` makes it.
        cache_dir: where the features are kept for other runs; None: nowhere.
        on_progress: called now and then with what is done of how much, in photos that the body takes or as many as it
            could meanwhile; may raise to stop: features are gone on with at the next call, the head begins anew.
        class_weights: how much a photo of a class counts, by the class' index; None: all the same.
    """
    photos = len(data.pixels) * len(data.views)
    total = round(photos * (1 + EPOCH_COST * config.head_epochs))

    def tell(done: float) -> None:
        if on_progress is not None:
            on_progress(round(done), total)

    extractor = keras.Model(model.input, model.get_layer("pool").output)
    say("computing the frozen body's features")
    with tempfile.TemporaryDirectory() if cache_dir is None else nullcontext(cache_dir) as folder:
        features: list[Rows] = []
        for view in data.views:

            def on_features(done: int, _: int, before: int = len(view) * len(features)) -> None:
                tell(before + done)

            features.append(load_features(extractor, view, Path(folder), on_features))
        accuracy = _fit(
            model.get_layer("logits"),
            feature_batches(features, data.labels, data.training_rows, config.head_epochs, config.seed),
            config,
            lambda epoch: tell(photos * (1 + EPOCH_COST * epoch)),
            class_weights,
        )
        _temper(model.get_layer("logits"), features, data.labels, data.validation_rows)
    say(f"head trained alone: {accuracy:.1%} of the training photos")


def feature_batches(
    features: Sequence[Array], labels: np.ndarray, rows: np.ndarray, epochs: int, seed: int
) -> tf.data.Dataset:
    """Batches for all epochs one after another, each epoch in an order of its own that follows from the seed.

    Args:
        features: float32 (photos, features) of each view of the photos.
        labels: class index, one a photo.
        rows: photos to draw from; an epoch has each of them once in each view.

    Returns:
        float32 (batch, features) and int64 (batch,).
    """
    count = len(rows) * len(features)
    steps = -(-count // BATCH)
    order = np.empty(0, np.int64)

    def load(step: int) -> tuple[np.ndarray, np.ndarray]:
        nonlocal order
        epoch, place = divmod(int(step), steps)
        if place == 0:
            order = np.random.default_rng((seed, epoch)).permutation(count)
        views, places = np.divmod(order[place * BATCH :][:BATCH], len(rows))
        batch = np.empty((len(views), features[0].shape[1]), np.float32)
        for number, view in enumerate(features):
            batch[views == number] = view[rows[places[views == number]]]
        return batch, labels[rows[places]]

    def load_in_graph(step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        batch, truth = tf.numpy_function(load, [step], (tf.float32, tf.int64))
        batch.set_shape((None, features[0].shape[1]))
        truth.set_shape((None,))
        return batch, truth

    return tf.data.Dataset.range(epochs * steps).map(load_in_graph).prefetch(16)


def _fit(
    logits: keras.layers.Dense,
    batches: tf.data.Dataset,
    config: TrainingConfig,
    on_epoch_end: Callable[[int], None],
    class_weights: Mapping[int, float] | None,
) -> float:
    """Trains the layer; returns the accuracy in the last epoch."""
    start = tf.constant(logits.kernel)
    if config.head_anchor:
        logits.kernel.regularizer = lambda kernel: config.head_anchor * tf.reduce_sum(tf.square(kernel - start))
    steps = len(batches) // config.head_epochs
    rate = WARM_LEARNING_RATE if config.warm_start else LEARNING_RATE
    head = keras.Sequential([keras.Input((logits.kernel.shape[0],)), keras.layers.Dropout(0.2, seed=config.seed)])
    head.add(logits)
    head.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(rate, steps * config.head_epochs, 0.0)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    try:
        history = head.fit(
            batches,
            epochs=config.head_epochs,
            steps_per_epoch=steps,
            shuffle=False,  # the batches are
            verbose=0,
            class_weight=class_weights and dict(class_weights),
            callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, _: on_epoch_end(epoch + 1))],
        ).history
    finally:
        logits.kernel.regularizer = None
    return float(history["accuracy"][-1])


def _temper(logits: keras.layers.Dense, features: Sequence[Array], labels: np.ndarray, rows: np.ndarray) -> None:
    """Makes the head's answers to photos held back no surer than they are right, without changing their order.

    A head that has its training photos by heart would else drive the body, once that is trained as well, to be as sure.
    """
    kernel, bias = logits.get_weights()
    answers = np.concatenate([view[rows] @ kernel + bias for view in features])
    temperature = max(1.0, fit_temperature(answers, np.tile(labels[rows], len(features))))
    logits.set_weights([kernel / temperature, bias / temperature])
