"""Quantisation-aware training, in the process of its own that it always has."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from tests.conftest import lack
from tests.export.conftest import branched_file
from tests.models_for_tests import draw_squares, write_class_folders, write_model
from vision.classifier import Classifier
from vision.errors import SettingsError
from vision.export import qat_process
from vision.export.layers import compare_layers
from vision.export.operators import ExportError, check_without_floats
from vision.export.qat_process import NEEDED, QatFolder, QatSettings, train_rounded
from vision.jobs import FINISHED, STOPPED, JobStatus, Stopped


@pytest.fixture(autouse=True, scope="module")
def needs_the_older_keras() -> None:
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        lack(f"no {', '.join(missing)}: install what requirements.txt lists")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> QatSettings:
    root = tmp_path_factory.mktemp("squares")
    return QatSettings(
        str(write_model(root / "squares", {"float32": branched_file()})),
        str(write_class_folders(root / "train", per_class=12, seed=300)),
        str(root / "cache"),
        steps=100,
        batch_size=6,
        learning_rate=1e-4,
        calibration_photos=18,
        validation_photos=6,
    )


@pytest.fixture(scope="module")
def trained(settings: QatSettings, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a training that was not interrupted."""
    seen: list[JobStatus] = []
    folder = QatFolder(tmp_path_factory.mktemp("whole"))
    content = train_rounded(folder, settings, seen.append)
    assert folder.read_status().state == FINISHED
    told = [status.progress for status in seen]
    assert told == sorted(told) and len(set(told)) > 1
    assert train_rounded(folder, settings, watch) == content  # at once: it is there
    return content


def watch(status: JobStatus) -> None:
    pass


def answers(content: bytes, folder: Path) -> np.ndarray:
    classifier = Classifier.load(write_model(folder, {"int8-qat": content}))
    return np.stack([classifier.probabilities(photo) for photo in draw_squares(8, seed=700)[0]])


def test_the_trained_file_is_8_bits_throughout_and_answers_as_float32(trained: bytes, tmp_path: Path):
    check_without_floats(trained, "int8-qat")
    interpreter = Interpreter(model_content=trained)
    (first,), (last,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert (first["dtype"], last["dtype"]) == (np.uint8, np.uint8)
    assert first["quantization"] == (pytest.approx(1 / 128), 127)  # the network's scaling
    assert last["quantization"] == (pytest.approx(1 / 256), 0)
    expected = answers(branched_file(), tmp_path / "float32")
    assert np.abs(answers(trained, tmp_path / "trained") - expected).max() < 0.1
    layers = compare_layers(branched_file(), trained, draw_squares(2, seed=700)[0])
    assert min(layer.signal_to_noise_db for layer in layers) > 10


def test_each_channel_of_a_depthwise_kernel_has_steps_of_its_own(trained: bytes):
    kernels = [
        one["quantization_parameters"]["scales"]
        for one in Interpreter(model_content=trained).get_tensor_details()
        if one["dtype"] == np.int8 and one["shape"].tolist() in ([1, 3, 3, 8], [1, 3, 3, 16])
    ]
    assert sorted(len(scales) for scales in kernels) == [8, 16]
    assert all(len(set(scales.tolist())) > 1 for scales in kernels)


def test_a_stopped_training_goes_on_to_the_same_answers(
    settings: QatSettings, trained: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(qat_process, "LOOK_EVERY_S", 0.02)  # the steps of so small a network are soon done
    folder = QatFolder(tmp_path / "halved")

    def stop(status: JobStatus) -> None:
        if status.message.startswith("step"):
            raise Stopped

    with pytest.raises(Stopped):
        train_rounded(folder, settings, stop)
    assert folder.read_status().state == STOPPED
    assert len(list(folder.checkpoint_dir.glob("*.index"))) == 1
    resumed = train_rounded(folder, settings, watch)
    # At the start, in the middle and at the end; beginning again would look at the held-out photos once more.
    assert folder.log_path.read_text().count("of the held-out answers as before") == 3
    difference = np.abs(answers(resumed, tmp_path / "resumed") - answers(trained, tmp_path / "trained"))
    assert difference.max() < 0.02


def test_other_settings_do_not_go_on_in_the_same_folder(settings: QatSettings, tmp_path: Path):
    folder = QatFolder(tmp_path / "qat")
    folder.path.mkdir()
    settings.save(folder.settings_path)
    with pytest.raises(SettingsError, match="a training with other settings"):
        train_rounded(folder, replace(settings, steps=13), watch)


def test_what_goes_wrong_in_the_process_is_told(settings: QatSettings, tmp_path: Path):
    write_class_folders(tmp_path / "empty", per_class=0)
    with pytest.raises(ExportError, match=r"Quantisation-aware training failed: .*holds no photos in class folders"):
        train_rounded(QatFolder(tmp_path / "qat"), replace(settings, data=str(tmp_path / "empty")), watch)
