"""The sample: a data set that passes its own inspection, the same for the same seed."""

from pathlib import Path

import numpy as np
import pytest

from vision import images
from vision.datasets.class_folders import read_class_folders
from vision.datasets.dataset_places import dataset_at
from vision.datasets.inspection import inspect_folder
from vision.datasets.sample import FRAMES, SAMPLE_CLASSES, SIZE_PX, write_sample
from vision.errors import DatasetError, SettingsError
from vision.tasks import TASKS

SIGNS = TASKS["traffic_signs"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("data") / "sample", photos_per_class=20)


def test_it_is_a_data_set_with_a_test(sample: Path):
    place = dataset_at(sample)
    assert place is not None and place.test is not None
    for part, each in ((place.train, 20), (place.test, 6)):
        folders = read_class_folders(part)
        assert folders.class_keys == tuple(str(number) for number in SAMPLE_CLASSES)
        assert np.bincount(folders.labels).tolist() == [each] * len(SAMPLE_CLASSES)
    assert (sample / "train" / "14" / "00014_00003_00001.jpg").is_file()


def test_every_class_is_known_by_name(sample: Path):
    assert all(SIGNS.label_of(str(number)) != str(number) for number in SAMPLE_CLASSES)


def test_nothing_is_wrong_with_it(sample: Path):
    inspection = inspect_folder(sample / "train", sample / "test", group_of=SIGNS.group_of)
    assert inspection.problems() == []
    assert {count.objects for count in inspection.classes} == {20 // FRAMES}


def test_frames_of_a_sign_look_alike_and_signs_do_not(sample: Path):
    def read(track: int, frame: int) -> np.ndarray:
        path = sample / "train" / "14" / f"00014_{track:05d}_{frame:05d}.jpg"
        return images.decode(path.read_bytes()).astype(np.float32)

    colours = {track: [read(track, frame).mean(axis=(0, 1)) for frame in range(FRAMES)] for track in range(4)}
    within = max(np.ptp(frames, axis=0).max() for frames in colours.values())
    between = np.ptp([np.mean(frames, axis=0) for frames in colours.values()], axis=0).max()
    assert within < between
    assert not np.array_equal(read(0, 0), read(0, 1))
    assert read(0, 0).shape == (SIZE_PX, SIZE_PX, 3)


def test_no_sign_of_the_test_is_in_the_training(sample: Path):
    train, test = ({SIGNS.group_of(path.name) for path in (sample / part).rglob("*.jpg")} for part in ("train", "test"))
    assert train and test and not train & test


def test_the_same_seed_draws_the_same_and_another_seed_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("vision.datasets.sample.SAMPLE_CLASSES", (14,))
    one, same, other = (
        write_sample(tmp_path / name, seed, photos_per_class=10) for name, seed in (("a", 7), ("b", 7), ("c", 8))
    )
    name = "train/14/00014_00001_00002.jpg"
    assert (one / name).read_bytes() == (same / name).read_bytes() != (other / name).read_bytes()


def test_it_tells_how_far_it_is_and_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("vision.datasets.sample.SAMPLE_CLASSES", (14, 17))
    lines: list[str] = []
    write_sample(tmp_path / "sample", report=lines.append, photos_per_class=10)
    assert lines == ["drawing signs: 13 of 26", "drawing signs: 26 of 26"]
    with pytest.raises(DatasetError, match="exists already"):
        write_sample(tmp_path / "sample")


def test_too_few_photos_are_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="expected at least 10"):
        write_sample(tmp_path / "sample", photos_per_class=9)
    assert list(tmp_path.iterdir()) == []
