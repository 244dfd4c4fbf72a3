"""Export: the formats, what goes in and out of them, and the temperature inside."""

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from tests.models_for_tests import SIZE, draw_squares, exported, served_network, trained_network
from vision.errors import SettingsError
from vision.export import tflite
from vision.export.tflite import export_tflite, representative_rows, with_probabilities, write_tflite
from vision.metrics import softmax


def ends(content: bytes) -> tuple[dict, dict]:
    interpreter = Interpreter(model_content=content)
    (first,), (last,) = interpreter.get_input_details(), interpreter.get_output_details()
    return first, last


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_probabilities_are_the_softmax_of_logits_over_temperature(temperature: float):
    photos = draw_squares(3, seed=50)[0].astype(np.float32)
    logits = trained_network().predict(photos, verbose=0)
    probabilities = with_probabilities(trained_network(), temperature).predict(photos, verbose=0)
    np.testing.assert_allclose(probabilities, softmax(logits, temperature), atol=1e-6)
    np.testing.assert_array_equal(trained_network().predict(photos, verbose=0), logits)  # left as it was


def test_float32_takes_and_gives_floats():
    first, last = ends(exported("float32"))
    assert (first["dtype"], last["dtype"]) == (np.float32, np.float32)
    assert (first["shape"].tolist(), last["shape"].tolist()) == ([1, SIZE, SIZE, 3], [1, 3])


def test_int8_takes_and_gives_bytes():
    first, last = ends(exported("int8"))
    assert (first["dtype"], last["dtype"]) == (np.uint8, np.uint8)
    assert (first["shape"].tolist(), last["shape"].tolist()) == ([1, SIZE, SIZE, 3], [1, 3])
    assert last["quantization"] == (pytest.approx(1 / 256), 0)


def test_int8_computes_in_eight_bits_throughout():
    interpreter = Interpreter(model_content=exported("int8"))
    tensors = interpreter.get_tensor_details()
    assert not [t["name"] for t in tensors if t["dtype"] in (np.float32, np.float16)]
    assert len(exported("int8")) < len(exported("float32"))


def test_a_format_that_does_not_exist_is_refused():
    with pytest.raises(SettingsError, match=r"no format 'int4'; the formats are: float32, float16, dynamic, int8"):
        export_tflite(served_network(), "int4")


@pytest.mark.parametrize("pixels", [None, np.zeros((0, SIZE, SIZE, 3), np.uint8)], ids=["none", "empty"])
def test_int8_without_photos_to_calibrate_on_is_refused(pixels: np.ndarray | None):
    with pytest.raises(SettingsError, match="needs training photos"):
        export_tflite(served_network(), "int8", pixels)


def test_representative_rows_are_drawn_evenly_from_the_training_rows():
    labels = np.array([0] * 50 + [1] * 50 + [2] * 4)
    rows = np.array([*range(10, 50), *range(60, 100), 100, 101])
    picked = representative_rows(labels, rows, count=30, seed=0)
    assert set(picked) <= set(rows) and len(set(picked)) == len(picked)
    assert np.bincount(labels[picked]).tolist() == [10, 10, 2]
    assert picked.tolist() == representative_rows(labels, rows, 30, 0).tolist()
    assert picked.tolist() != representative_rows(labels, rows, 30, 1).tolist()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "model.tflite"
    write_tflite(path, b"old")

    def half(partial: Path, content: bytes):
        with partial.open("wb") as file:
            file.write(content[:2])
        raise OSError("No space left on device")

    monkeypatch.setattr(tflite.Path, "write_bytes", half)
    with pytest.raises(OSError):
        write_tflite(path, b"newer")
    assert path.read_bytes() == b"old"
