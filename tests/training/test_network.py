"""The networks: layers, scaling, and weights that load where they fit and nowhere else."""

from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from vision.errors import SettingsError
from vision.training.backbones import BACKBONES, BackboneSpec, backbone_named
from vision.training.checkpoint import save_weights
from vision.training.network import BATCH_NORM_MOMENTUM, build_classifier, set_batch_norm


def build(weights: str | Path = "none", seed: int = 0, alpha: float = 1.0, classes: int = 3) -> keras.Model:
    return build_classifier(backbone_named("tiny"), alpha, 32, classes, str(weights), seed)


def assert_same_weights(model: keras.Layer, other: keras.Layer) -> None:
    for weight, other_weight in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other_weight)


pytestmark = [
    pytest.mark.usefixtures("tiny_backbone"),
    pytest.mark.filterwarnings("ignore:Skipping nested container"),  # Keras, of files that turn out not to fit
]


@pytest.mark.parametrize(("name", "alpha", "size"), [("mobilenet", 0.25, 32), ("mobilenet_v2", 0.35, 50)])
def test_a_network_takes_pixels_and_gives_logits(name: str, alpha: float, size: int):
    model = build_classifier(backbone_named(name), alpha, size, 5, "none", 0)
    assert model.input_shape == (None, size, size, 3)
    assert model.output_shape == (None, 5)
    assert [layer.name for layer in model.layers] == ["pixels", "scaling", "body", "pool", "dropout", "logits"]
    ends = model.get_layer("scaling")(np.array([0.0, 255.0]))
    np.testing.assert_allclose(ends, [-1, 1], atol=1e-6)


def test_the_weights_with_1000_classes_are_taken_for_the_body(tmp_path: Path):
    """As Keras ships them for 224 px, taken for photos of another size."""
    full = keras.applications.MobileNet(alpha=0.25, weights=None, input_shape=(224, 224, 3))
    full.save_weights(tmp_path / "full.weights.h5")
    model = build_classifier(backbone_named("mobilenet"), 0.25, 48, 5, str(tmp_path / "full.weights.h5"), 0)
    body = model.get_layer("body")
    assert len(body.get_weights()) == 27 * 5
    for layer in body.layers:
        if layer.get_weights():
            assert_same_weights(layer, full.get_layer(layer.name))


def test_weights_of_the_body_leave_the_head_as_it_was_made(tmp_path: Path):
    source = build(seed=1)
    source.get_layer("body").save_weights(tmp_path / "body.weights.h5")
    model = build(tmp_path / "body.weights.h5", seed=2)
    assert_same_weights(model.get_layer("body"), source.get_layer("body"))
    assert_same_weights(model.get_layer("logits"), build(seed=2).get_layer("logits"))


def test_weights_of_an_earlier_run_are_taken_whole(tmp_path: Path):
    source = build(seed=1)
    source.save_weights(tmp_path / "best.weights.h5")
    assert_same_weights(build(tmp_path / "best.weights.h5", seed=2), source)


def test_of_an_earlier_run_with_other_classes_the_body_is_taken(tmp_path: Path):
    source = build(seed=1, classes=7)
    save_weights(source, tmp_path / "best.weights.h5")
    model = build(tmp_path / "best.weights.h5", seed=2)
    assert_same_weights(model.get_layer("body"), source.get_layer("body"))
    assert_same_weights(model.get_layer("logits"), build(seed=2).get_layer("logits"))


def test_the_seed_decides_the_weights():
    assert_same_weights(build(seed=1), build(seed=1))
    first, other = (build(seed=seed).get_layer("logits").get_weights()[0] for seed in (1, 2))
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    "kind",
    [
        "other width",
        "other run's width",
        "garbage",
        "cut off",
        "empty",
        "something else",
        "other network",
        "other run's network",
    ],
)
def test_weights_that_do_not_fit_are_refused_in_a_sentence(tmp_path: Path, kind: str):
    path = tmp_path / "some.weights.h5"
    build(alpha=0.5 if "width" in kind else 1.0, classes=7 if "run" in kind else 3).save_weights(path)
    if kind == "garbage":
        path.write_bytes(b"no weights")
    elif kind == "cut off":
        path.write_bytes(path.read_bytes()[:-2000])
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "something else":
        with h5py.File(path, "w") as file:
            file["temperatures"] = np.zeros(3)
    elif kind == "other network":
        build_classifier(backbone_named("mobilenet"), 0.25, 32, 3, "none", 0).get_layer("body").save_weights(path)
    elif kind == "other run's network":
        build_classifier(backbone_named("mobilenet"), 0.25, 32, 7, "none", 0).save_weights(path)
    with pytest.raises(SettingsError, match=r"do not fit tiny at width 1\.0"):
        build(path)


def test_a_file_that_is_missing_or_of_another_kind_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="no weights file"):
        build(tmp_path / "nowhere.weights.h5")
    with pytest.raises(SettingsError, match="no weights file"):
        build(tmp_path)
    (tmp_path / "model.keras").write_bytes(b"")
    with pytest.raises(SettingsError, match="no HDF5 weights file"):
        build(tmp_path / "model.keras")


def test_a_failed_download_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    def unreachable(**arguments: object) -> keras.Model:
        raise Exception("URL fetch failure on https://storage.googleapis.com")

    monkeypatch.setattr(keras.applications, "MobileNet", unreachable)
    with pytest.raises(SettingsError, match=r"could not be downloaded; .*--weights none"):
        build_classifier(backbone_named("mobilenet"), 0.25, 32, 3, "imagenet", 0)


@pytest.mark.parametrize("spec", BACKBONES.values(), ids=lambda spec: spec.name)
def test_a_width_or_size_that_does_not_exist_is_refused(spec: BackboneSpec):
    if spec.alphas:
        with pytest.raises(SettingsError, match=r"has the widths .*not 0.3"):
            build_classifier(spec, 0.3, 96, 3, "none", 0)
    with pytest.raises(SettingsError, match="needs at least 32 px, not 16"):
        build_classifier(spec, 1.0, 16, 3, "none", 0)


def test_an_unknown_backbone_is_refused_with_those_that_exist():
    with pytest.raises(SettingsError, match="no backbone 'vgg'; the backbones are: mobilenet_v2"):
        backbone_named("vgg")


@pytest.mark.parametrize("trained", [True, False])
def test_batch_normalisation_follows_or_stays(trained: bool):
    model = build()
    set_batch_norm(model, trained)
    norms = [layer for layer in model.get_layer("body").layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(norms) == 2
    assert {(norm.trainable, norm.momentum) for norm in norms} == {(trained, BATCH_NORM_MOMENTUM)}
    assert len(model.trainable_weights) == (8 if trained else 4)
