"""What a photo of a rare class counts."""

from pathlib import Path

import keras
import numpy as np
import pytest

from vision.training.backbones import backbone_named
from vision.training.batches import BatchMaker, TrainingPhotos, plain_batches
from vision.training.config import TrainingConfig
from vision.training.fit import balanced_weights, compile_for_fit, fit
from vision.training.network import build_classifier
from vision.training.progress import Progress
from vision.training.run_folder import RunFolder


def test_with_balanced_weights_each_class_counts_the_same():
    labels = np.array([0] * 60 + [1] * 30 + [2] * 10)
    weights = balanced_weights(labels, 3)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights * np.bincount(labels), 100 / 3, rtol=1e-6)
    assert weights[labels].mean() == pytest.approx(1)


def test_a_class_without_photos_has_a_weight_all_the_same():
    assert np.isfinite(balanced_weights(np.array([0, 0, 2]), 3)).all()


@pytest.mark.parametrize(("weighted", "rare"), [(False, 0.1), (True, 0.5)])
def test_what_cannot_be_told_apart_is_guessed_as_often_as_it_counts(
    weighted: bool, rare: float, tmp_path: Path, tiny_backbone: object
):
    """All photos look the same; one in ten is of the second class."""
    pixels = np.full((100, 32, 32, 3), 128, np.uint8)
    labels = np.arange(100) % 10 // 9
    config = TrainingConfig(
        "traffic_signs",
        "photos",
        backbone="tiny",
        image_size=32,
        epochs=12,
        batch_size=20,
        learning_rate=0.1,
        weight_decay=0,
        augmentation=0,
        label_smoothing=0,
    )
    run = RunFolder.create(tmp_path, config, "run")
    model = build_classifier(backbone_named("tiny"), 1.0, 32, 2, "none", seed=0)
    maker = BatchMaker(TrainingPhotos(pixels, labels, np.arange(100), 2), 20, 0, 0, False, 0, 0)
    compile_for_fit(model, config, maker.steps_per_epoch)
    validation = plain_batches(pixels, np.arange(10)).map(lambda images: (images, keras.ops.one_hot([0] * 10, 2)))
    weights = balanced_weights(labels, 2) if weighted else None
    fit(model, maker, validation, config, run, [], weights, Progress(run, config), lambda _: None)
    answer = keras.ops.softmax(model.predict(pixels[:1].astype(np.float32), verbose=0))
    assert float(answer[0, 1]) == pytest.approx(rare, abs=0.07)
