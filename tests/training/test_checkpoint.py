"""The checkpoint: everything that the next step depends on, whole or not at all."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import pytest

from vision.errors import SettingsError
from vision.training.checkpoint import load_checkpoint, restore_metrics, save_checkpoint

PHOTOS = np.random.default_rng(0).random((8, 5), np.float32)
TARGETS = np.eye(3, dtype=np.float32)[np.arange(8) % 3]


def build() -> keras.Model:
    """Random layers are inside a body too, and one of them has no seed."""
    keras.utils.set_random_seed(0)
    body = keras.Sequential([keras.Input((5,)), keras.layers.Dense(64), keras.layers.Dropout(0.5)], name="body")
    inputs = keras.Input((5,))
    x = keras.layers.Dropout(0.5, seed=3)(body(inputs))
    model = keras.Model(inputs, keras.layers.Dense(3)(x))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(0.01), loss, metrics=["accuracy"])
    return model


def test_a_loaded_model_goes_on_as_the_saved_one_would(tmp_path: Path):
    model = build()
    for _ in range(3):
        model.train_on_batch(PHOTOS, TARGETS)
    save_checkpoint(model, tmp_path / "checkpoint.keras")
    loaded, metrics = load_checkpoint(tmp_path / "checkpoint.keras")
    restore_metrics(loaded, metrics)
    for _ in range(2):
        figures = [m.train_on_batch(PHOTOS, TARGETS, return_dict=True) for m in (model, loaded)]
        assert figures[1] == pytest.approx(figures[0], rel=1e-5)
    for weight, expected in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-5, atol=1e-7)


@contextmanager
def files_limited_to(size_bytes: int) -> Iterator[None]:
    """As a full disk does it: what is written beyond that is refused."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_where_the_disk_is_full_the_last_checkpoint_stays(tmp_path: Path):
    path = tmp_path / "checkpoint.keras"
    model = build()
    save_checkpoint(model, path)
    before = path.read_bytes()
    model.train_on_batch(PHOTOS, TARGETS)
    with files_limited_to(1000), pytest.raises(OSError):
        save_checkpoint(model, path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, content: bytes | None):
    path = tmp_path / "checkpoint.keras"
    if content is None:
        build().save(path)  # without what we add
    else:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_checkpoint(path)
