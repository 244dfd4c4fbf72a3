"""Answers as a file."""

import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest

from tests.results.outcomes_for_tests import make_outcome
from vision.errors import ModelError
from vision.results.outcome import Outcome


@pytest.fixture
def outcome() -> Outcome:
    rng = np.random.default_rng(0)
    return make_outcome(
        rng.dirichlet(np.ones(3), 6),
        [0, 1, 2, 2, 1, 0],
        parts=["test"] * 4 + ["validation"] * 2,
        labels=("Élan", "<b>&", "two words"),
        unreadable=("a/x.jpg: damaged",),
    )


def test_what_is_saved_is_loaded_again(outcome: Outcome, tmp_path: Path):
    outcome.save(tmp_path / "outcome.npz")
    loaded = Outcome.load(tmp_path / "outcome.npz")
    for field in dataclasses.fields(Outcome):
        before, after = getattr(outcome, field.name), getattr(loaded, field.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_array_equal(after, before)
            assert after.dtype == before.dtype
        else:
            assert after == before
    assert [path.name for path in tmp_path.iterdir()] == ["outcome.npz"]


def test_names_that_are_no_text_survive(tmp_path: Path):
    """A file's name on Linux is bytes; Python gives those that are no UTF-8 as lone surrogates."""
    odd = make_outcome(np.eye(2), [0, 1], files=("a/caf\udce9.jpg", "b/ okay "))
    odd.save(tmp_path / "outcome.npz")
    assert Outcome.load(tmp_path / "outcome.npz").files == odd.files


def test_no_unreadable_photo_and_no_test_photo_is_fine(tmp_path: Path):
    outcome = make_outcome(np.eye(2), [0, 1], parts=["validation"] * 2, test_root="")
    outcome.save(tmp_path / "outcome.npz")
    loaded = Outcome.load(tmp_path / "outcome.npz")
    assert (loaded.unreadable, loaded.test_root, loaded.headline_part) == ((), "", "validation")


def test_damaged_files_are_refused_in_a_sentence(outcome: Outcome, tmp_path: Path):
    path = tmp_path / "outcome.npz"
    outcome.save(path)
    whole = path.read_bytes()
    for content in (b"", b"no numbers", whole[: len(whole) // 2], whole[:200] + b"x" * 50 + whole[250:]):
        path.write_bytes(content)
        with pytest.raises(ModelError, match="make the run's report again"):
            Outcome.load(path)
    path.unlink()
    with pytest.raises(ModelError):
        Outcome.load(path)


def test_a_pickle_is_never_opened(tmp_path: Path):
    path = tmp_path / "outcome.npz"
    path.write_bytes(pickle.dumps({"version": 1}))
    with pytest.raises(ModelError):
        Outcome.load(path)
    np.savez(path, version=np.array([1, "x"], object))
    with pytest.raises(ModelError):
        Outcome.load(path)


def test_answers_that_do_not_fit_together_are_refused(outcome: Outcome, tmp_path: Path):
    dataclasses.replace(outcome, truth=outcome.truth[:-1]).save(tmp_path / "outcome.npz")
    with pytest.raises(ModelError):
        Outcome.load(tmp_path / "outcome.npz")


def test_a_cell_gives_its_photos_the_surest_first(outcome: Outcome):
    probabilities = np.array([[0.6, 0.4], [0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.8, 0.2]])
    outcome = make_outcome(probabilities, [1, 1, 0, 1, 1], parts=["test"] * 4 + ["validation"])
    assert outcome.rows_in_cell("test", 1, 0).tolist() == [1, 0]
    assert outcome.rows_in_cell("validation", 1, 0).tolist() == [4]
    assert outcome.rows_in_cell("test", 0, 1).tolist() == []
    assert outcome.path_of(0) == Path("/nowhere/test/b/0.jpg")
    assert outcome.path_of(4) == Path("/nowhere/train/b/4.jpg")
