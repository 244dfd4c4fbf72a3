"""Features of the frozen body: those that Keras gives, computed once, gone on with where they were stopped."""

from pathlib import Path

import keras
import numpy as np
import pytest

from tests.models_for_tests import draw_squares
from vision.datasets import row_cache
from vision.datasets.rows import Rows
from vision.jobs import Stopped
from vision.training import features as features_module
from vision.training.backbones import backbone_named
from vision.training.features import load_features
from vision.training.network import build_classifier, set_batch_norm

pytestmark = pytest.mark.usefixtures("tiny_backbone")

PIXELS = draw_squares(9, seed=40)[0]  # 27 of them: no whole number of batches


def extractor(seed: int = 0, image_size: int = 32, alpha: float = 1.0) -> keras.Model:
    """The body of a network that has seen photos: its batch normalisation does something."""
    model = build_classifier(backbone_named("tiny"), alpha, image_size, 3, "none", seed)
    set_batch_norm(model, trained=True)
    model(draw_squares(20, seed=seed)[0].astype(np.float32), training=True)
    return keras.Model(model.input, model.get_layer("pool").output)


@pytest.fixture
def converted(monkeypatch: pytest.MonkeyPatch) -> list[keras.Model]:
    """The networks that were converted, so that something could be computed, since."""
    networks: list[keras.Model] = []
    convert = features_module._interpreters
    monkeypatch.setattr(features_module, "_interpreters", lambda network: networks.append(network) or convert(network))
    return networks


def test_features_are_those_of_keras(tmp_path: Path):
    network = extractor()
    features = load_features(network, PIXELS, tmp_path)
    assert (features.dtype, features.shape) == (np.float32, (27, 16))
    expected = network.predict(PIXELS.astype(np.float32), verbose=0)
    assert expected.std() > 0.05
    np.testing.assert_allclose(features[:], expected, rtol=1e-4, atol=1e-5)


def test_they_are_computed_once(tmp_path: Path, converted: list[keras.Model]):
    network = extractor()
    first, second = (load_features(network, PIXELS, tmp_path) for _ in range(2))
    assert len(converted) == 1
    np.testing.assert_array_equal(first[:], second[:])
    load_features(extractor(), PIXELS, tmp_path)  # built anew, with the same weights
    assert len(converted) == 1


def test_other_photos_weights_or_widths_have_features_of_their_own(tmp_path: Path, converted: list[keras.Model]):
    load_features(extractor(), PIXELS, tmp_path)
    changed = PIXELS.copy()
    changed[3, 0, 0, 0] ^= 1
    load_features(extractor(), changed, tmp_path)
    load_features(extractor(seed=1), PIXELS, tmp_path)
    load_features(extractor(alpha=0.5), PIXELS, tmp_path)
    assert len(converted) == len(list(tmp_path.glob("features-*.npy"))) == 4


def test_photos_on_disk_are_told_by_their_file(tmp_path: Path):
    np.save(tmp_path / "pixels-32-abc.npy", PIXELS)
    network = extractor()
    on_disk = load_features(network, Rows(tmp_path / "pixels-32-abc.npy"), tmp_path)
    assert on_disk.path.name.startswith("features-pixels-32-abc-")
    np.testing.assert_array_equal(on_disk[:], load_features(network, PIXELS, tmp_path)[:])


def test_what_was_stopped_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(row_cache, "CHUNK", 10)
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == 20:
            raise Stopped

    network = extractor()
    with pytest.raises(Stopped):
        load_features(network, PIXELS, tmp_path, stop)
    assert told == [(10, 27), (20, 27)]
    features = load_features(network, PIXELS, tmp_path, stop)
    assert told[2:] == [(27, 27)]
    np.testing.assert_allclose(features[:], network.predict(PIXELS.astype(np.float32), verbose=0), rtol=1e-4, atol=1e-5)
