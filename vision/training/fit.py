"""Trains all layers, from the step that the model is at, as if there had been no break."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from vision.training.batches import BatchMaker
from vision.training.callbacks import KeepProgress, ReportSteps
from vision.training.config import TrainingConfig
from vision.training.progress import Progress
from vision.training.run_folder import RunFolder


def compile_for_fit(model: keras.Model, config: TrainingConfig, steps_per_epoch: int) -> None:
    """Gives the network its optimizer, loss and metric."""
    steps = steps_per_epoch * config.epochs
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps=max(1, round(steps * (1 - config.warmup))),
        warmup_target=config.learning_rate,
        warmup_steps=max(1, round(steps * config.warmup)),
    )
    model.compile(
        keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.optimizer.build(model.trainable_variables)  # so that a checkpoint from before the first step has all of it


def fit(
    model: keras.Model,
    maker: BatchMaker,
    validation: tf.data.Dataset,
    config: TrainingConfig,
    run: RunFolder,
    metrics: list[float],
    class_weights: np.ndarray | None,
    progress: Progress,
    say: Callable[[str], None],
) -> None:
    """Trains from the optimizer's step on to the last epoch, or until patience ends.

    Args:
        model: compiled; new, or as `load_checkpoint` gives it, with its `metrics`.
        validation: photos and targets that choose the best weights.
        class_weights: float32 (classes,), or None where each photo counts the same.

    Raises:
        Stopped, Gone: see `RunFolder.stop_if_asked`.
    """
    steps = maker.steps_per_epoch
    first_step = int(model.optimizer.iterations)
    epoch, place = divmod(first_step, steps)
    keep = KeepProgress(run, first_step, steps, config.epochs, metrics, config.patience)
    report = ReportSteps(progress, first_step, steps, config.epochs, config.batch_size, say)
    callbacks = [report, keras.callbacks.TensorBoard(run.tensorboard_dir, write_graph=False), keep]

    def fit_epochs(first_step: int, epoch: int, last_epoch: int, steps: int) -> None:
        batches = maker.dataset(first_step, (last_epoch - epoch) * steps)
        if class_weights is not None:
            batches = batches.map(lambda images, targets: (images, targets, tf.linalg.matvec(targets, class_weights)))
        model.fit(
            batches,
            initial_epoch=epoch,
            epochs=last_epoch,
            steps_per_epoch=steps,
            validation_data=validation,
            shuffle=False,  # the batches are
            verbose=0,
            callbacks=callbacks,
        )

    if first_step:
        say(f"continuing after epoch {epoch}" + (f", at step {place} of {steps}" if place else ""))
    if place and epoch < config.epochs:  # Keras' epochs are equally long, so the rest of one is a fit of its own
        fit_epochs(first_step, epoch, epoch + 1, steps - place)
        epoch += 1
    if epoch < config.epochs and not keep.has_seen_enough:
        fit_epochs(epoch * steps, epoch, config.epochs, steps)


def balanced_weights(labels: np.ndarray, class_count: int) -> np.ndarray:
    """What a photo of each class counts, so that all classes count the same and the mean photo counts 1.

    The heuristic of King & Zeng (2001), known as "balanced" from scikit-learn.

    Args:
        labels: class index, one a photo.

    Returns:
        float32 (classes,).
    """
    counts = np.maximum(np.bincount(labels, minlength=class_count), 1)  # a class may have no readable photo
    return (len(labels) / (class_count * counts)).astype(np.float32)
