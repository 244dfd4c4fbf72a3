"""What a run may start from."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from vision import places
from vision.errors import SettingsError
from vision.training import starts
from vision.training.backbones import BACKBONES
from vision.training.config import TrainingConfig
from vision.training.run_folder import RunFolder
from vision.training.starts import best_start, starting_weights


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what is shipped nor what Keras has on this machine is looked at."""
    monkeypatch.setattr(starts, "SHIPPED_DIR", tmp_path / "shipped")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def write_weights(folder: Path, name: str = "mobilenet_v2_0.35.weights.h5", **changes: Any) -> Path:
    """A file of weights, which nobody reads here, and its card."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(b"weights of " + name.encode())
    card = {
        "file": name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "backbone": "mobilenet_v2",
        "alpha": 0.35,
        "description": "Small, and ours.",
    }
    (folder / f"{name.removesuffix('.weights.h5')}.json").write_text(json.dumps(card | changes))
    return path


def write_run(runs_dir: Path, name: str, class_count: int = 3, **settings: Any) -> RunFolder:
    """A finished run, as far as it is looked at here."""
    config = TrainingConfig(**({"task": "traffic_signs", "data": "data/signs", "alpha": 0.35} | settings))
    run = RunFolder.create(runs_dir, config, name)
    run.best_path.write_bytes(b"weights")
    run.model_dir.mkdir()
    (run.model_dir / "card.json").write_text(json.dumps({"class_keys": [str(key) for key in range(class_count)]}))
    return run


def values(tmp_path: Path, backbone: str = "mobilenet_v2", alpha: float = 0.35, **options: Any) -> list[str]:
    found = starting_weights(backbone, alpha, starts_dir=tmp_path / "own", runs_dir=tmp_path / "runs", **options)
    return [point.value for point in found]


def test_the_starter_comes_first_and_only_for_its_network(tmp_path: Path):
    path = write_weights(tmp_path / "shipped")
    points = starting_weights("mobilenet_v2", 0.35, starts_dir=tmp_path / "own", runs_dir=tmp_path / "runs")
    assert [(point.label, point.value) for point in points] == [
        ("Starter", str(path)),
        ("ImageNet", "imagenet"),
        ("Nothing", "none"),
    ]
    assert points[0].description == "Small, and ours."
    assert best_start(points) is points[0]
    assert values(tmp_path, alpha=1.0) == ["imagenet", "none"]
    assert values(tmp_path, "mobilenet", 0.5) == ["imagenet", "none"]


def test_without_a_starter_imagenet_is_the_start(tmp_path: Path):
    points = starting_weights("mobilenet_v2", 0.35, starts_dir=tmp_path / "own", runs_dir=tmp_path / "runs")
    best = best_start(points)
    assert best is not None and best.value == "imagenet"


def test_a_changed_file_is_not_used_and_its_card_says_why(tmp_path: Path):
    write_weights(tmp_path / "shipped").write_bytes(b"other weights")
    points = starting_weights("mobilenet_v2", 0.35, starts_dir=tmp_path / "own", runs_dir=tmp_path / "runs")
    assert not points[0].available
    assert "is not the file that its card describes" in points[0].description
    best = best_start(points)
    assert best is not None and best.value == "imagenet"


@pytest.mark.parametrize("card", ["{", "[]", '{"file": "other.h5"}', "\udcff"])
def test_a_damaged_card_keeps_its_file_out(tmp_path: Path, card: str):
    path = write_weights(tmp_path / "own")
    path.with_name("mobilenet_v2_0.35.json").write_text(card, errors="surrogateescape")
    points = starting_weights("mobilenet_v2", 0.35, starts_dir=tmp_path / "own", runs_dir=tmp_path / "runs")
    assert [point.value for point in points if point.available] == ["imagenet", "none"]
    assert [point.description.count(". ") for point in points if not point.available] == [0]


def test_a_card_of_another_file_keeps_both_out(tmp_path: Path):
    write_weights(tmp_path / "own", file="../../secret.h5")
    points = starting_weights("mobilenet_v2", 0.35, starts_dir=tmp_path / "own", runs_dir=tmp_path / "runs")
    assert [point.value for point in points if point.available] == ["imagenet", "none"]


def test_a_file_without_a_card_is_offered_after_what_is_known_to_fit(tmp_path: Path):
    (tmp_path / "own").mkdir()
    path = tmp_path / "own" / "mine.weights.h5"
    path.write_bytes(b"weights")
    assert values(tmp_path) == ["imagenet", str(path), "none"]
    assert values(tmp_path, "mobilenet", 1.0) == ["imagenet", str(path), "none"]


def test_a_network_without_application_starts_from_keras_files_alone(tmp_path: Path):
    (tmp_path / "own").mkdir()
    path = tmp_path / "own" / "lite0.keras"
    assert values(tmp_path, "efficientnet_lite0", 1.0) == []
    path.write_bytes(b"a body")
    assert values(tmp_path, "efficientnet_lite0", 1.0) == [str(path)]
    assert values(tmp_path) == ["imagenet", "none"]


def test_earlier_runs_of_the_same_network_are_offered(tmp_path: Path):
    runs = tmp_path / "runs"
    run = write_run(runs, "signs-1")
    write_run(runs, "wider", alpha=1.0)
    write_run(runs, "older network", backbone="mobilenet", alpha=0.5)
    write_run(runs, "not finished").model_dir.joinpath("card.json").unlink()
    write_run(runs, "damaged").config_path.write_text("{")
    assert values(tmp_path) == ["imagenet", str(run.best_path), "none"]


def test_a_run_with_other_classes_does_not_fit(tmp_path: Path):
    run = write_run(tmp_path / "runs", "signs-1", class_count=3)
    assert str(run.best_path) in values(tmp_path, class_count=3)
    assert str(run.best_path) not in values(tmp_path, class_count=4)


def test_what_keras_has_already_needs_no_internet(tmp_path: Path):
    def description(image_size: int | None, alpha: float = 0.35, backbone: str = "mobilenet_v2") -> str:
        points = starting_weights(backbone, alpha, image_size, starts_dir=tmp_path / "own", runs_dir=tmp_path / "runs")
        return next(point.description for point in points if point.value == "imagenet")

    models = tmp_path / "keras" / "models"
    models.mkdir(parents=True)
    (models / "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5").touch()
    (models / "mobilenet_5_0_224_tf_no_top.h5").touch()
    assert "already" in description(96)
    assert "already" in description(None)
    assert "online" in description(128)
    assert "online" in description(96, alpha=0.5)
    assert "already" in description(96, 0.5, "mobilenet"), "Keras has none for 96 px, and takes that of 224"
    assert "online" in description(128, 0.5, "mobilenet")


@pytest.mark.parametrize("backbone", [name for name, spec in BACKBONES.items() if spec.application])
def test_the_files_are_called_as_keras_calls_them(backbone: str, monkeypatch: pytest.MonkeyPatch):
    import keras

    spec = BACKBONES[backbone]
    module = __import__(f"keras.src.applications.{backbone}", fromlist=["file_utils"])
    asked: list[str] = []

    def get_file(name: str, *args: object, **options: object) -> str:
        asked.append(name)
        raise FileNotFoundError

    monkeypatch.setattr(module.file_utils, "get_file", get_file)
    for alpha in spec.alphas:
        for size in (96, 100, 128, 224):
            with pytest.raises(FileNotFoundError):
                getattr(keras.applications, spec.application)(
                    alpha=alpha, include_top=False, weights="imagenet", input_shape=(size, size, 3)
                )
            assert asked[-1] == spec.imagenet_file(alpha, size)


def test_paths_in_the_apps_folder_are_given_from_there(tmp_path: Path):
    assert starts.shown_path(places.ROOT / "data" / "sample") == "data/sample"
    assert starts.shown_path(tmp_path / "sample") == str(tmp_path / "sample")


def test_the_shipped_starter_is_what_its_card_describes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(starts, "SHIPPED_DIR", places.ROOT / "models" / "start")
    points = starting_weights("mobilenet_v2", 0.35, starts_dir=tmp_path, runs_dir=tmp_path)
    assert (points[0].label, points[0].value) == ("Starter", "models/start/mobilenet_v2_0.35.weights.h5")
    assert points[0].available


def test_an_unknown_network_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="There is no backbone"):
        values(tmp_path, "resnet")
