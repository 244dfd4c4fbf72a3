"""Formats of a model folder that has nothing but its float32 file."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.models_for_tests import draw_squares, exported, write_class_folders, write_model
from vision.classifier import Classifier
from vision.errors import DatasetError, SettingsError
from vision.export import make, qat_process
from vision.export.make import ExportFolder, ExportOrder, make_formats
from vision.export.qat_process import OnStatus, QatFolder, QatSettings
from vision.export.read_tflite import read_network
from vision.jobs import FAILED, FINISHED, STOPPED, Busy, JobStatus, Stopped
from vision.model_card import read_card


@pytest.fixture
def order(model_dir: Path, training_photos: Path, tmp_path: Path) -> ExportOrder:
    return ExportOrder(model_dir, ("float16", "int8"), training_photos, None, tmp_path / "cache")


@pytest.fixture
def folder(tmp_path: Path) -> ExportFolder:
    return ExportFolder(tmp_path / "export")


def ignore(line: str) -> None:
    pass


def answers(classifier: Classifier) -> list[int]:
    return [int(classifier.probabilities(photo).argmax()) for photo in draw_squares(6, seed=800)[0]]


def test_the_formats_stand_beside_float32_and_answer_alike(order: ExportOrder, folder: ExportFolder, tmp_path: Path):
    test = write_class_folders(tmp_path / "test", per_class=4, seed=900)
    made = make_formats(replace(order, formats=("float16", "dynamic", "int8", "int16x8"), test=test), folder, ignore)
    card = read_card(made)
    assert list(card.formats) == ["float32", "float16", "dynamic", "int8", "int16x8"]
    expected = answers(Classifier.load(made, "float32"))
    for name in card.formats:
        assert answers(Classifier.load(made, name)) == expected, name
    for name in ("float16", "dynamic", "int8", "int16x8"):
        assert card.content["test"][name]["top1"] == 1
        assert card.content["test"][name]["photos"] == 12
    assert folder.read_status() == replace(folder.read_status(), state=FINISHED, progress=1.0)
    assert (order.model_dir / "card.json").read_text() != (made / "card.json").read_text()
    assert list(read_card(order.model_dir).formats) == ["float32"]  # left as it was
    for entry in card.formats.values():
        with zipfile.ZipFile(made / entry.file) as archive:
            assert archive.read("labels.txt").decode().splitlines() == list(card.labels)
    assert read_network((made / "model.float32.tflite").read_bytes()).size == card.image_size


def test_what_is_made_is_not_made_again(order: ExportOrder, folder: ExportFolder, monkeypatch: pytest.MonkeyPatch):
    made = make_formats(order, folder, ignore)
    before = {path.name: path.stat().st_mtime_ns for path in made.iterdir()}

    def refuse(*arguments: object) -> bytes:
        raise AssertionError("converted again")

    monkeypatch.setattr(make, "export_tflite", refuse)
    make_formats(order, folder, ignore)
    assert {path.name: path.stat().st_mtime_ns for path in made.iterdir()} == before


def test_a_stop_keeps_what_is_finished_and_the_next_call_goes_on(order: ExportOrder, folder: ExportFolder):
    def stop_after_the_first(line: str) -> None:
        if line.startswith("float16: "):
            folder.ask_to_stop()

    with pytest.raises(Stopped):
        make_formats(order, folder, stop_after_the_first)
    assert folder.read_status().state == STOPPED
    assert list(read_card(folder.model_dir).formats) == ["float32", "float16"]
    lines: list[str] = []
    make_formats(order, folder, lines.append)
    assert "float16 is there" in lines
    assert list(read_card(folder.model_dir).formats) == ["float32", "float16", "int8"]


def test_a_file_that_was_written_before_its_card_is_made_again(order: ExportOrder, folder: ExportFolder):
    made = make_formats(order, folder, ignore)
    card = json.loads((made / "card.json").read_text())
    del card["exports"]["int8"]
    (made / "card.json").write_text(json.dumps(card))
    (made / "model.int8.tflite").write_bytes(b"torn")
    make_formats(order, folder, ignore)
    assert len(set(answers(Classifier.load(made, "int8")))) == 3


def test_every_step_is_told_with_how_far_it_is(order: ExportOrder, folder: ExportFolder):
    told: list[JobStatus] = []
    make_formats(order, folder, ignore, told.append)
    assert {status.state for status in told} == {"exporting"}
    assert [status.progress for status in told] == sorted(status.progress for status in told)
    assert {"exporting float16", "exporting int8", "rounding the kernels"} <= {status.message for status in told}


def test_two_exports_into_one_folder_are_refused(order: ExportOrder, folder: ExportFolder):
    folder.path.mkdir()
    with folder.held(), pytest.raises(Busy):
        make_formats(order, folder, ignore)


def test_the_folder_of_another_model_is_refused(order: ExportOrder, folder: ExportFolder, tmp_path: Path):
    make_formats(replace(order, formats=("float16",)), folder, ignore)
    other = write_model(tmp_path / "other", {"float32": exported("float32")})
    with pytest.raises(SettingsError, match="holds the export of another model"):
        make_formats(replace(order, model_dir=other), folder, ignore)
    assert folder.read_status().state == FAILED


def test_photos_of_other_classes_are_refused(order: ExportOrder, folder: ExportFolder):
    (order.data / "07").rename(order.data / "Bicycle")
    with pytest.raises(DatasetError, match="no classes of 'squares': Bicycle"):
        make_formats(order, folder, ignore)


def test_formats_with_8_bit_weights_need_photos(order: ExportOrder, folder: ExportFolder):
    with pytest.raises(SettingsError, match="give their folder with --data"):
        make_formats(replace(order, data=None), folder, ignore)
    made = make_formats(replace(order, data=None, formats=("float16",)), folder, ignore)
    assert "float16" in read_card(made).formats


def test_a_format_that_does_not_exist_is_refused(order: ExportOrder, folder: ExportFolder):
    with pytest.raises(SettingsError, match="no format 'int4'; the formats are: float32, float16, dynamic, int8"):
        make_formats(replace(order, formats=("int4",)), folder, ignore)


def test_photos_that_cannot_be_read_are_left_out(order: ExportOrder, folder: ExportFolder):
    for path in list((order.data / "02").iterdir())[:3]:
        path.write_bytes(b"no photo")
    made = make_formats(order, folder, ignore)
    assert len(set(answers(Classifier.load(made, "int8")))) == 3


def test_training_gets_what_the_card_says_and_its_file_into_the_card(
    order: ExportOrder, folder: ExportFolder, monkeypatch: pytest.MonkeyPatch
):
    asked: list[QatSettings] = []

    def train_rounded(at: QatFolder, settings: QatSettings, on_status: OnStatus) -> bytes:
        asked.append(settings)
        on_status(JobStatus("training", "step 2 of 4", 0.5))
        assert folder.read_status().message == "int8-qat: step 2 of 4"
        assert folder.read_status().progress == pytest.approx(0.75)
        return exported("int8")

    monkeypatch.setattr(make, "train_rounded", train_rounded)
    card = json.loads((order.model_dir / "card.json").read_text())
    card["training"] = {"augmentation": 0.3, "seed": 7}
    (order.model_dir / "card.json").write_text(json.dumps(card))
    made = make_formats(replace(order, formats=("float16", "int8-qat"), steps=4), folder, ignore)
    (settings,) = asked
    assert (settings.steps, settings.augmentation, settings.seed, settings.mirror) == (4, 0.3, 7, False)
    assert (settings.model_dir, settings.data) == (str(order.model_dir), str(order.data))
    content = read_card(made).content
    assert content["formats"]["int8-qat"]["file"] == "model.int8-qat.tflite"
    assert content["exports"]["int8-qat"]["how"]["steps"] == 4
    assert len(set(answers(Classifier.load(made, "int8-qat")))) == 3


def test_without_its_libraries_training_is_refused_in_a_sentence(
    order: ExportOrder, folder: ExportFolder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(qat_process, "NEEDED", ("tf_keras_of_another_name",))
    with pytest.raises(SettingsError, match="needs tf_keras_of_another_name; install what"):
        make_formats(replace(order, formats=("int8-qat",)), folder, ignore)
