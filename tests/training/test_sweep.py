"""Several runs that differ in their network."""

import pytest

from vision.errors import SettingsError
from vision.training.config import TrainingConfig
from vision.training.sweep import expand, variants

CONFIG = TrainingConfig("traffic_signs", "photos", seed=5)


def test_a_grid_has_a_run_for_each_combination():
    runs = expand(CONFIG, image_sizes=(96, 128), alphas=(0.5, 1.0), backbones=("mobilenet", "mobilenet_v2"))
    assert len({name for name, _ in runs}) == len({config for _, config in runs}) == 8
    assert ("mobilenet-v2-0.5-128") in dict(runs)
    assert {(c.backbone, c.alpha, c.image_size, c.seed) for _, c in runs} >= {("mobilenet", 1.0, 96, 5)}


def test_what_is_not_asked_for_stays_as_it_was():
    assert expand(CONFIG) == [("mobilenet-v2-1-96", CONFIG)]
    assert [config.image_size for _, config in expand(CONFIG, image_sizes=(64, 96))] == [64, 96]


def test_the_article_s_six_are_one_call():
    runs = variants(CONFIG)
    assert len(runs) == 6
    assert {config.backbone for _, config in runs} == {"mobilenet"}
    assert [config.image_size for _, config in runs if config.alpha == 1] == [224, 192, 160, 128]


def test_a_network_of_one_width_comes_once():
    runs = expand(CONFIG, alphas=(0.5, 1.0), backbones=("efficientnet_lite0",))
    assert [name for name, _ in runs] == ["efficientnet-lite0-96"]


def test_what_does_not_exist_is_refused_before_anything_is_queued():
    with pytest.raises(SettingsError, match="width"):
        expand(CONFIG, alphas=(0.9,))
    with pytest.raises(SettingsError, match="fit one backbone"):
        expand(TrainingConfig("traffic_signs", "photos", weights="a.h5"), alphas=(0.5, 1.0))
    assert len(expand(TrainingConfig("traffic_signs", "photos", weights="a.h5"), image_sizes=(96, 128))) == 2
