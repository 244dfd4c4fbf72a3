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
from vision.export.layers import compare_layers
from vision.export.operators import ExportError, check_without_floats
from vision.export.qat_process import NEEDED, QatFolder, QatSettings, train_rounded
from vision.jobs import FINISHED, STOPPED, JobStatus, Stopped


@pytest.fixture(autouse=True)
def needs_the_older_keras() -> None:
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        lack(f"no {', '.join(missing)}: install what requirements.txt lists")


@pytest.fixture
def settings(model_dir: Path, training_photos: Path, tmp_path: Path) -> QatSettings:
    return QatSettings(
        str(model_dir),
        str(training_photos),
        str(tmp_path / "cache"),
        steps=12,
        batch_size=6,
        learning_rate=1e-3,
        calibration_photos=18,
        validation_photos=6,
    )


def watch(status: JobStatus) -> None:
    pass


def test_the_trained_file_is_8_bits_throughout_and_answers_as_float32(settings: QatSettings, tmp_path: Path):
    folder = QatFolder(tmp_path / "qat")
    seen: list[JobStatus] = []
    content = train_rounded(folder, settings, seen.append)
    check_without_floats(content, "int8-qat")
    interpreter = Interpreter(model_content=content)
    (first,), (last,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert (first["dtype"], last["dtype"]) == (np.uint8, np.uint8)
    assert first["quantization"] == (pytest.approx(1 / 128), 127)  # the network's scaling
    assert last["quantization"] == (pytest.approx(1 / 256), 0)
    both = write_model(tmp_path / "both", {"float32": branched_file(), "int8-qat": content})
    trained, as_it_was = (Classifier.load(both, name) for name in ("int8-qat", "float32"))
    for photo in draw_squares(8, seed=700)[0]:
        assert np.abs(trained.probabilities(photo) - as_it_was.probabilities(photo)).max() < 0.1
    layers = compare_layers(branched_file(), content, draw_squares(2, seed=700)[0])
    assert min(layer.signal_to_noise_db for layer in layers) > 10
    assert folder.read_status().state == FINISHED
    assert any("step" in status.message and 0 < status.progress <= 1 for status in seen) or len(seen) > 2


def test_each_channel_of_a_depthwise_kernel_has_steps_of_its_own(settings: QatSettings, tmp_path: Path):
    content = train_rounded(QatFolder(tmp_path / "qat"), replace(settings, steps=1), watch)
    kernels = [
        one["quantization_parameters"]["scales"]
        for one in Interpreter(model_content=content).get_tensor_details()
        if one["dtype"] == np.int8 and one["shape"].tolist()[0] == 1 and one["shape"].tolist()[1:3] == [3, 3]
    ]
    assert sorted(len(scales) for scales in kernels if len(scales) > 1) == [8, 16]
    assert all(len(set(scales.tolist())) > 1 for scales in kernels if len(scales) > 1)


def test_a_stopped_training_goes_on_to_the_same_file(settings: QatSettings, tmp_path: Path):
    whole = train_rounded(QatFolder(tmp_path / "whole"), settings, watch)
    folder = QatFolder(tmp_path / "halved")

    def stop(status: JobStatus) -> None:
        if status.message.startswith("step"):
            raise Stopped

    # The steps are so quick that the last one may be over before the stop is seen.
    with pytest.raises(Stopped):
        train_rounded(folder, replace(settings, steps=12), stop)
    assert folder.read_status().state in (STOPPED, FINISHED)
    assert train_rounded(folder, settings, watch) == whole


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
