"""Measuring a model on class folders."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.models_for_tests import exported, write_class_folders, write_squares_model
from vision import images
from vision.classifier import Classifier
from vision.errors import DatasetError, SettingsError
from vision.evaluation import evaluate
from vision.predictions import Box, Detection


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    return Classifier.load(write_squares_model(tmp_path_factory.mktemp("models") / "squares"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten photos in each of the folders 02, 07 and 10."""
    return write_class_folders(tmp_path / "data", per_class=10)


def test_a_model_that_knows_its_squares_is_right_on_all(classifier: Classifier, data: Path):
    result = evaluate(classifier, data)
    assert result.labels.tolist() == [0] * 10 + [1] * 10 + [2] * 10
    assert result.probabilities.shape == (30, 3)
    assert (result.top(1), result.unreadable) == (1.0, ())
    assert [path.parent.name for path in result.files] == ["02"] * 10 + ["07"] * 10 + ["10"] * 10


def test_photos_in_the_wrong_folder_count_as_wrong(classifier: Classifier, data: Path):
    for i, photo in enumerate(sorted((data / "02").iterdir())[:6]):
        shutil.move(photo, data / "10" / f"wrong-{i}.png")
    result = evaluate(classifier, data)
    assert (result.top(1), result.top(3)) == (24 / 30, 1.0)


def test_folders_of_some_of_the_classes_are_enough(classifier: Classifier, data: Path):
    shutil.rmtree(data / "02")
    result = evaluate(classifier, data)
    assert (set(result.labels.tolist()), result.top(1)) == ({1, 2}, 1.0)


def test_the_summary_has_the_figures_of_the_command_line(classifier: Classifier, data: Path):
    summary = evaluate(classifier, data).summary()
    assert list(summary) == ["model", "format", "images", "top1", "top3", "top5", "median_ms", "size_bytes"]
    assert (summary["model"], summary["format"], summary["images"]) == ("squares", "float32", 30)
    assert summary["top1"] == summary["top5"] == 1.0
    assert summary["size_bytes"] == len(exported("float32"))
    assert isinstance(summary["median_ms"], float) and 0 < summary["median_ms"] < 1000


@pytest.mark.parametrize("limit", [1, 3, 7, 29])
def test_a_limit_takes_that_many_photos_spread_over_all(classifier: Classifier, data: Path, limit: int):
    result = evaluate(classifier, data, limit=limit)
    assert len(result.files) == len(set(result.files)) == limit
    counts = np.bincount(result.labels, minlength=3)
    assert counts.max() - counts.min() <= 1


def test_a_limit_above_the_photos_takes_all(classifier: Classifier, data: Path):
    assert len(evaluate(classifier, data, limit=500).files) == 30


class FindsTheMiddle:
    """A detector that is surest of the middle of a photo, and finds nothing in photos of one class."""

    card = SimpleNamespace(image_size=32)

    def __init__(self, blind_for: int | None = None) -> None:
        self._blind = blind_for

    def detect(self, photo: np.ndarray) -> list[Detection]:
        middle = photo[photo.shape[0] // 2, photo.shape[1] // 2]
        if self._blind is not None and int(middle.argmax()) == self._blind:
            return []
        return [Detection(Box(8, 8, 24, 24), 0.9), Detection(Box(0, 0, 4, 4), 0.5)]


def test_with_a_detector_each_photo_is_cropped_to_the_surest_object(classifier: Classifier, data: Path):
    result = evaluate(classifier, data, detector=FindsTheMiddle(), margin=0.25)
    seen = [images.crop(images.decode(file.read_bytes()), Box(4, 4, 28, 28)) for file in result.files]
    np.testing.assert_allclose(result.probabilities, [classifier.probabilities(photo) for photo in seen], atol=1e-6)
    assert (result.not_found, result.summary()["not_found"]) == (0, 0)


def test_where_the_detector_finds_nothing_the_whole_photo_counts(classifier: Classifier, data: Path):
    result = evaluate(classifier, data, detector=FindsTheMiddle(blind_for=1))
    whole = evaluate(classifier, data)
    assert (result.not_found, whole.not_found) == (10, None)
    assert "not_found" not in whole.summary()
    green = result.labels == 1
    np.testing.assert_allclose(result.probabilities[green], whole.probabilities[green], atol=1e-6)
    assert not np.allclose(result.probabilities[~green], whole.probabilities[~green], atol=1e-3)


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_below_one_is_refused(classifier: Classifier, data: Path, limit: int):
    with pytest.raises(SettingsError, match="at least 1"):
        evaluate(classifier, data, limit=limit)


def test_a_folder_that_is_no_class_is_refused_by_name(classifier: Classifier, data: Path):
    (data / "43").mkdir()
    with pytest.raises(DatasetError, match=r"no classes of 'squares': 43; expected names such as 2, 7, 10"):
        evaluate(classifier, data)


def test_an_unreadable_photo_is_counted_and_left_out(classifier: Classifier, data: Path):
    first, second = sorted((data / "07").iterdir())[:2]
    first.write_bytes(b"no photo")
    second.write_bytes(second.read_bytes()[:200])
    result = evaluate(classifier, data)
    assert len(result.labels) == len(result.probabilities) == len(result.files) == 28
    assert result.top(1) == 1.0
    assert [line.split(":")[0] for line in result.unreadable] == [f"07/{first.name}", f"07/{second.name}"]


def test_photos_that_can_all_not_be_read_are_an_error(classifier: Classifier, tmp_path: Path):
    (tmp_path / "data" / "7").mkdir(parents=True)
    (tmp_path / "data" / "7" / "a.png").write_bytes(b"")
    with pytest.raises(DatasetError, match=r"None of the photos.*7/a.png"):
        evaluate(classifier, tmp_path / "data")


def test_progress_is_told_now_and_then(classifier: Classifier, tmp_path: Path):
    data = write_class_folders(tmp_path / "data", per_class=140)
    told: list[tuple[int, int]] = []
    evaluate(classifier, data, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(200, 420), (400, 420)]
