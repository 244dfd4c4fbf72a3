"""The head trained alone: on whole photos and crops, held to where it starts if that is wanted."""

import dataclasses
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.models_for_tests import CLASS_KEYS, draw_squares, write_class_folders
from vision.datasets.class_folders import ClassFolders
from vision.export.model_folder import write_model_folder
from vision.jobs import Stopped
from vision.model_card import read_card
from vision.model_store import check_files
from vision.training.backbones import backbone_named
from vision.training.config import TrainingConfig
from vision.training.head import feature_batches, train_head
from vision.training.job import TrainingData, mix_with_start, train
from vision.training.network import build_classifier
from vision.training.run_folder import RunFolder

pytestmark = pytest.mark.usefixtures("tiny_backbone")

CONFIG = TrainingConfig(
    "traffic_signs", "data", backbone="tiny", weights="none", image_size=32, head_epochs=3, epochs=0, seed=1
)


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Photos of squares that carry a class' colour, with crops in which everything is that colour."""
    pixels, labels = draw_squares(40, seed=300)
    rows = np.random.default_rng(0).permutation(len(labels))
    folders = ClassFolders(Path("data"), CLASS_KEYS, (), (), ())
    crops = np.broadcast_to(pixels[:, 16:17, 16:17], pixels.shape)
    return TrainingData(folders, pixels, labels, rows[:100], rows[100:], (), crops)


def build(seed: int = 0) -> keras.Model:
    return build_classifier(backbone_named("tiny"), 1.0, 32, 3, "none", seed)


def moved(data: TrainingData, anchor: float) -> tuple[float, keras.Model]:
    """How far the head's kernel went, and the network."""
    model = build()
    before = model.get_layer("logits").get_weights()[0]
    train_head(model, data, dataclasses.replace(CONFIG, head_anchor=anchor), lambda _: None)
    return float(np.linalg.norm(model.get_layer("logits").get_weights()[0] - before)), model


def test_the_anchor_holds_the_head_near_its_start(data: TrainingData):
    free, loose, tight = (moved(data, anchor)[0] for anchor in (0, 1, 1000))
    assert 0 < tight < 0.5 * free
    assert tight < loose <= 1.01 * free


def test_the_anchor_is_gone_once_the_head_is_trained(data: TrainingData):
    _, model = moved(data, 1000)
    assert model.losses == []


def test_the_head_is_trained_and_the_body_is_not(data: TrainingData):
    fresh, (_, model) = build(), moved(data, 0)
    for weight, expected in zip(
        model.get_layer("body").get_weights(), fresh.get_layer("body").get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weight, expected)
    assert not np.array_equal(model.get_layer("logits").get_weights()[1], fresh.get_layer("logits").get_weights()[1])


def test_the_head_learns_from_crops_as_well(data: TrainingData):
    assert [view.shape for view in data.views] == [data.pixels.shape] * 2
    whole = dataclasses.replace(data, crops=None)
    assert len(whole.views) == 1
    (_, with_crops), (_, without) = moved(data, 0), moved(whole, 0)
    assert not np.allclose(
        with_crops.get_layer("logits").get_weights()[0], without.get_layer("logits").get_weights()[0], atol=1e-6
    )


def test_an_epoch_has_each_training_photo_once_in_each_view():
    features = [np.arange(400, dtype=np.float32)[:, None] + view * 1000 for view in (0, 1)]
    labels = np.arange(400) % 7
    rows = np.arange(0, 400, 2)
    batches = list(feature_batches(features, labels, rows, epochs=3, seed=5).as_numpy_iterator())
    assert [len(batch) for batch, _ in batches] == [128, 128, 128, 16] * 3
    epochs = []
    for first in range(0, 12, 4):
        numbers = np.concatenate([batch[:, 0] for batch, _ in batches[first : first + 4]]).astype(int)
        truth = np.concatenate([labels for _, labels in batches[first : first + 4]])
        np.testing.assert_array_equal(truth, numbers % 1000 % 7)
        assert sorted(numbers) == [*rows, *(rows + 1000)]
        epochs.append(numbers.tolist())
    assert epochs[0] != epochs[1] != epochs[2]
    again = list(feature_batches(features, labels, rows, epochs=3, seed=5).as_numpy_iterator())
    for (batch, _), (other, _) in zip(batches, again, strict=True):
        np.testing.assert_array_equal(batch, other)


def test_the_same_seed_gives_the_same_head(data: TrainingData):
    (_, first), (_, again) = moved(data, 0), moved(data, 0)
    for weight, expected in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-5, atol=1e-6)


def test_progress_comes_to_its_end(data: TrainingData, tmp_path: Path):
    told: list[tuple[int, int]] = []
    for chunks in (2 * -(-len(data.pixels) // 64), 0):  # in the second run the features are there
        told.clear()
        train_head(build(), data, CONFIG, lambda _: None, tmp_path, lambda *progress: told.append(progress))
        assert len(told) == chunks + CONFIG.head_epochs
        assert [done for done, _ in told] == sorted(done for done, _ in told)
        assert {total for _, total in told} == {told[-1][0]}


def test_a_stop_between_the_epochs_leaves_no_trace_in_the_network(data: TrainingData, tmp_path: Path):
    def stop(done: int, total: int) -> None:
        if done > 2 * len(data.pixels):
            raise Stopped

    model = build()
    with pytest.raises(Stopped):
        train_head(model, data, dataclasses.replace(CONFIG, head_anchor=1), lambda _: None, tmp_path, stop)
    assert model.losses == []
    assert len(list(tmp_path.glob("features-*.npy"))) == 2  # for the next call


def test_classes_that_count_for_more_are_named_more_often(data: TrainingData):
    def named(class_weights: dict[int, float]) -> float:
        model = build()
        train_head(model, data, CONFIG, lambda _: None, class_weights=class_weights)
        return float((model.predict(data.pixels[:].astype(np.float32), verbose=0).argmax(axis=1) == 0).mean())

    assert named({0: 0.01, 1: 1, 2: 1}) < named({0: 1, 1: 0.01, 2: 0.01})


@pytest.mark.parametrize(("share", "expected"), [(0, 3), (0.25, 2.5), (1, 1)])
def test_weights_are_averaged_with_those_from_the_start(tmp_path: Path, share: float, expected: float):
    model = build()
    run = RunFolder.create(tmp_path, CONFIG, "run")
    model.set_weights([np.full_like(weight, 1) for weight in model.get_weights()])
    model.save_weights(run.start_path)
    model.set_weights([np.full_like(weight, 3) for weight in model.get_weights()])
    mix_with_start(model, run, share)
    for weight in model.get_weights():
        np.testing.assert_allclose(weight, expected, rtol=1e-6)


def test_a_run_that_trains_the_head_alone_ends_in_a_model_folder(tmp_path: Path):
    """On whole photos and crops, with the formats that were asked for."""
    photos = write_class_folders(tmp_path / "data", per_class=6, size_hw=(40, 60))
    boxes = {path.relative_to(tmp_path).as_posix(): [[0.3, 0.3, 0.6, 0.7]] for path in photos.rglob("*.png")}
    (tmp_path / "boxes.json").write_text(json.dumps(boxes))
    weights = tmp_path / "body.weights.h5"
    build(seed=3).get_layer("body").save_weights(weights)
    config = dataclasses.replace(
        CONFIG,
        data=str(photos),
        weights=str(weights),
        boxes=str(tmp_path / "boxes.json"),
        start_share=0.5,
        formats=("float32",),
    )
    run = RunFolder.create(tmp_path / "runs", config, "head")
    said: list[str] = []
    model, loaded = train(config, run, tmp_path / "cache", said.append)
    assert loaded.crops is not None and not np.array_equal(loaded.crops[:], loaded.pixels[:])
    assert any("18 photos have a box to crop to" in line for line in said)
    kept = build()
    kept.load_weights(run.best_path)
    for weight, expected in zip(kept.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)
    write_model_folder(run.model_dir, "head", model, loaded, config, said.append)
    card = read_card(run.model_dir)
    check_files(run.model_dir, card)
    assert (list(card.formats), card.default_format) == (["float32"], "float32")
    assert card.content["training"]["head_epochs"] == 3
