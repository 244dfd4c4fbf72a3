"""A head that starts as ImageNet's rows: the right ones, and a sentence where there are none."""

from pathlib import Path

import keras
import numpy as np
import pytest

from tests.training.conftest import build_tiny_application
from vision.errors import SettingsError
from vision.training.backbones import backbone_named
from vision.training.network import IMAGENET_IDS, build_classifier, warm_start

# Facts of ImageNet: folders, and the rows that these classes have.
KEYS = ("n02106662-German_shepherd", "n01440764", "n15075141-toilet_tissue", "n02085620-Chihuahua")
ROWS = [235, 0, 999, 151]

pytestmark = [
    pytest.mark.usefixtures("tiny_backbone"),
    pytest.mark.filterwarnings("ignore:Skipping nested container"),  # Keras, of files that turn out not to fit
]


@pytest.fixture(scope="module")
def full(tiny_backbone: object) -> keras.Model:
    """The tiny network with its 1000 classes."""
    keras.utils.set_random_seed(5)
    return build_tiny_application(True, None, (224, 224, 3), 1.0, classifier_activation=None)


@pytest.fixture(scope="module")
def full_path(full: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("weights") / "full.weights.h5"
    full.layers[-1].bias.assign(np.linspace(-1, 1, 1000))
    full.save_weights(path)
    return str(path)


def build(weights: str, keys: tuple[str, ...] = KEYS, size: int = 32) -> keras.Model:
    model = build_classifier(backbone_named("tiny"), 1.0, size, len(keys), weights, 0)
    warm_start(model, backbone_named("tiny"), 1.0, weights, keys)
    return model


def refusal(weights: str, *keys: str) -> str:
    model = build_classifier(backbone_named("tiny"), 1.0, 32, len(keys), "none", 0)
    with pytest.raises(SettingsError) as caught:
        warm_start(model, backbone_named("tiny"), 1.0, weights, keys)
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_there_are_1000_ids_in_output_order():
    ids = IMAGENET_IDS.read_text().split()
    assert len(ids) == len(set(ids)) == 1000
    assert ids == sorted(ids)
    assert [ids.index(key[:9]) for key in KEYS] == ROWS


def test_each_class_gets_the_row_of_its_wordnet_id(full: keras.Model, full_path: str):
    kernel, bias = build(full_path).get_layer("logits").get_weights()
    all_rows, all_biases = full.layers[-1].get_weights()
    np.testing.assert_array_equal(kernel, all_rows[:, ROWS])
    np.testing.assert_array_equal(bias, all_biases[ROWS])


def test_the_network_answers_as_the_one_it_came_from_before_any_step(full: keras.Model, full_path: str):
    photos = np.random.default_rng(0).uniform(0, 255, (2, 224, 224, 3)).astype(np.float32)
    answers = build(full_path, size=224).predict(photos, verbose=0)
    np.testing.assert_allclose(answers, full.predict(photos / 127.5 - 1, verbose=0)[:, ROWS], atol=1e-4)


@pytest.mark.parametrize("key", ["dogs", "07", "n0208562-short", "n020856201-long", "n99999999-nothing", "N02085620"])
def test_a_folder_that_is_no_class_of_imagenet_is_named(full_path: str, key: str):
    assert f"'{key}' is none" in refusal(full_path, KEYS[0], key)


@pytest.mark.parametrize("kind", ["without top", "an earlier run", "none", "missing", "garbage"])
def test_weights_without_imagenets_top_are_refused(tmp_path: Path, kind: str):
    path = tmp_path / "some.weights.h5"
    model = build_classifier(backbone_named("tiny"), 1.0, 32, 2, "none", 0)
    if kind == "without top":
        model.get_layer("body").save_weights(path)
    elif kind == "an earlier run":
        model.save_weights(path)
    elif kind == "garbage":
        path.write_bytes(b"no weights")
    weights = "none" if kind == "none" else str(path)
    message = refusal(weights, *KEYS[:2])
    assert f"'{weights}' holds no ImageNet top of tiny; give the weights with their 1000 classes" in message


@pytest.mark.parametrize(
    ("name", "alpha", "top"), [("mobilenet_v2", 0.35, "predictions"), ("mobilenet", 0.25, "conv_preds")]
)
def test_the_networks_of_keras_can_start_warm(tmp_path: Path, name: str, alpha: float, top: str):
    spec, path = backbone_named(name), str(tmp_path / "full.weights.h5")
    full = getattr(keras.applications, spec.application)(alpha=alpha, weights=None, input_shape=(224, 224, 3))
    full.save_weights(path)
    model = build_classifier(spec, alpha, 32, len(KEYS), "none", 0)
    warm_start(model, spec, alpha, path, KEYS)
    expected = full.get_layer(top).get_weights()[0].reshape(-1, 1000)[:, ROWS]
    np.testing.assert_array_equal(model.get_layer("logits").get_weights()[0], expected)


def test_a_backbone_that_comes_without_a_top_is_refused_in_a_sentence():
    spec = backbone_named("efficientnet_lite0")
    model = build_classifier(backbone_named("tiny"), 1.0, 32, 2, "none", 0)
    with pytest.raises(SettingsError, match="without --warm-start"):
        warm_start(model, spec, 1.0, "body.keras", KEYS[:2])
