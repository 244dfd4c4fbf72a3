"""export on the command line."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.models_for_tests import LABELS, SIZE, exported, write_class_folders, write_model
from vision.cli import main
from vision.export.make import ExportFolder
from vision.jobs import STOPPED
from vision.model_card import read_card

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    return write_model(tmp_path / "squares", {"float32": exported("float32")})


def test_a_format_is_made_of_a_model_folder(model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data = write_class_folders(tmp_path / "train", per_class=6)
    target = tmp_path / "made"
    arguments = ["export", str(model_dir), "--formats", "float16", "int8", "--data", str(data), "--to", str(target)]
    assert main([*arguments, "--test", str(data)]) == 0
    printed = capsys.readouterr()
    assert f"python -m vision publish {target / 'model'}" in printed.out
    assert "int8: 100.00% of 18 test photos right" in printed.err
    assert "0% exporting float16\n" in printed.err
    assert list(read_card(target / "model").formats) == ["float32", "float16", "int8"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--formats", "int4"], "There is no format 'int4'"),
        (["--formats", "int8"], "need the training photos"),
        (["--formats", "int8", "--data", "nowhere"], "There is no folder 'nowhere'"),
        (["--formats", "float16", "--test", "nowhere"], "There is no folder 'nowhere'"),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    arguments: list[str], sentence: str, model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["export", str(model_dir), *arguments, "--to", str(tmp_path / "made")]) == 2
    error = capsys.readouterr().err
    assert sentence in error and error.count("\n") == 1
    assert not (tmp_path / "made").exists()


def test_a_damaged_float32_file_is_one_sentence(model_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (model_dir / "model.float32.tflite").write_bytes(exported("float32")[:1000])
    assert main(["export", str(model_dir), "--formats", "float16", "--to", str(tmp_path / "made")]) == 2
    assert "checksum differs" in capsys.readouterr().err


@pytest.mark.parametrize("model_format", ["float16", "int8-qat"])
def test_an_operator_that_cannot_be_had_is_named_in_one_sentence(
    model_format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    import keras

    from vision.export.tflite import export_tflite

    pixels = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Conv2D(4, 3)(keras.layers.Rescaling(1 / 255, -0.5)(pixels))
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.MaxPooling2D()(x))
    network = keras.Model(pixels, keras.layers.Dense(len(LABELS), activation="softmax")(x))
    model_dir = write_model(tmp_path / "odd", {"float32": export_tflite(network, "float32")})
    data, target = write_class_folders(tmp_path / "train", per_class=6), tmp_path / "made"
    arguments = ["export", str(model_dir), "--formats", model_format, "--data", str(data), "--to", str(target)]
    assert main(arguments) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "the operator MAX_POOL_2D, which cannot be read back" in last and last.endswith(".")


def test_who_stops_an_export_is_told_that_the_same_command_goes_on(
    model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from vision.export import make

    def interrupted(*arguments: object) -> bytes:
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("it went on")

    target = tmp_path / "made"
    arguments = ["export", str(model_dir), "--formats", "float16", "dynamic", "--to", str(target)]
    data = write_class_folders(tmp_path / "train", per_class=6)
    before = signal.getsignal(signal.SIGTERM)
    with monkeypatch.context() as patch:
        patch.setattr(make, "export_tflite", interrupted)
        assert main([*arguments, "--data", str(data)]) == 130
    assert capsys.readouterr().err.endswith("Stopped; the same command goes on from there.\n")
    assert ExportFolder(target).read_status().state == STOPPED
    assert signal.getsignal(signal.SIGTERM) == before
    assert main([*arguments, "--data", str(data)]) == 0
    assert list(read_card(target / "model").formats) == ["float32", "float16", "dynamic"]


def test_the_formats_are_told_without_tensorflow():
    code = (
        "import sys\nfrom vision.cli import build_parser\n"
        "try:\n    build_parser().parse_args(['export', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "int8-qat" in done.stdout
    assert not {"tensorflow", "keras", "tf_keras", "torch"} & {name.split(".")[0] for name in done.stdout.split()}
