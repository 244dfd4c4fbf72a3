"""Teachers: models whose answers are learnt from, in the order of the new model's classes."""

from pathlib import Path

import numpy as np
import pytest

from tests.models_for_tests import CLASS_KEYS, draw_squares, write_squares_model
from vision.classifier import Classifier
from vision.errors import ModelError, SettingsError
from vision.training.job import load_teachers

PHOTOS = list(draw_squares(2, seed=7)[0])


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    root = tmp_path_factory.mktemp("teachers")
    return (
        str(write_squares_model(root / "one")),
        str(write_squares_model(root / "two", name="two", default_format="int8")),
    )


def answers(folder: str) -> np.ndarray:
    return np.stack([Classifier.load(Path(folder)).probabilities(photo) for photo in PHOTOS])


def test_one_teacher_says_what_it_says_as_a_model(folders: tuple[str, str]):
    taught = load_teachers(folders[:1], CLASS_KEYS)(PHOTOS)
    assert taught.dtype == np.float32
    np.testing.assert_array_equal(taught, answers(folders[0]))


def test_the_classes_may_stand_in_another_order(folders: tuple[str, str]):
    taught = load_teachers(folders[:1], ("10", "2", "7"))(PHOTOS)
    np.testing.assert_array_equal(taught, answers(folders[0])[:, [2, 0, 1]])


def test_several_teachers_are_averaged(folders: tuple[str, str]):
    one, two = answers(folders[0]), answers(folders[1])
    assert not np.array_equal(one, two)
    np.testing.assert_allclose(load_teachers(folders, CLASS_KEYS)(PHOTOS), (one + two) / 2, atol=1e-6)


@pytest.mark.parametrize("keys", [("2", "7"), ("2", "7", "10", "11"), ("2", "7", "11")], ids=str)
def test_a_teacher_of_other_classes_is_refused_by_name(folders: tuple[str, str], keys: tuple[str, ...]):
    with pytest.raises(SettingsError, match="'two' cannot teach here: it has other classes"):
        load_teachers(folders[1:], keys)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path):
    with pytest.raises(ModelError, match="is no model folder"):
        load_teachers([str(tmp_path / "nowhere")], CLASS_KEYS)
