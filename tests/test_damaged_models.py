"""A model that is damaged ends in one sentence, in each format, on the command line and on the page."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pages.parts import thumbnails
from tests.models_for_tests import LABELS, draw_square, exported, write_model
from tests.pages.models.steps import PHOTO, models_app
from tests.pages.steps import RUN_S, alerts
from vision import images, model_store
from vision.cli import main
from vision.export.formats import FORMATS
from vision.model_store import list_models


def content_of(model_format: str) -> bytes:
    """A file of that format; one that is trained is made of the same parts as int8."""
    return exported("int8" if FORMATS[model_format].is_trained else model_format)


def truncated(folder: Path, model_format: str) -> None:
    file = folder / f"model.{model_format}.tflite"
    file.write_bytes(file.read_bytes()[:-400])


def other_bytes(folder: Path, model_format: str) -> None:
    file = folder / f"model.{model_format}.tflite"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def wrong_checksum(folder: Path, model_format: str) -> None:
    card = json.loads((folder / "card.json").read_text())
    card["formats"][model_format]["sha256"] = "0" * 64
    (folder / "card.json").write_text(json.dumps(card))


def fewer_labels(folder: Path, model_format: str) -> None:
    (folder / "labels.txt").write_text("".join(f"{label}\n" for label in LABELS[:-1]))


def more_labels(folder: Path, model_format: str) -> None:
    (folder / "labels.txt").write_text("".join(f"{label}\n" for label in [*LABELS, "Violet"]))


def fewer_classes(folder: Path, model_format: str) -> None:
    """Labels and card agree, and the file has one class more."""
    fewer_labels(folder, model_format)
    card = json.loads((folder / "card.json").read_text())
    card["class_keys"].pop()
    (folder / "card.json").write_text(json.dumps(card))


DAMAGES = {
    truncated: "checksum differs",
    other_bytes: "checksum differs",
    wrong_checksum: "checksum differs",
    fewer_labels: "has 2 labels, but its card has 3 classes",
    more_labels: "has 4 labels, but its card has 3 classes",
    fewer_classes: "but its card says",
}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(images.encode_jpeg(draw_square(0, 1)))
    return path


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("model_format", FORMATS)
def test_each_format_is_refused_in_one_sentence(
    model_format: str, damage: Callable[[Path, str], None], photo: Path, tmp_path: Path, capsys
):
    folder = write_model(tmp_path / "squares", {model_format: content_of(model_format)})
    assert main(["predict", str(folder), str(photo)]) == 0
    damage(folder, model_format)
    capsys.readouterr()
    for command in (["predict", str(folder), str(photo)], ["evaluate", str(folder), str(tmp_path)]):
        assert main(command) == 2
        printed = capsys.readouterr()
        (line,) = printed.err.splitlines()
        assert DAMAGES[damage] in line and line.endswith(".") and not printed.out


@pytest.mark.parametrize("model_format", FORMATS)
def test_what_was_cut_before_its_card_was_written_is_refused_too(
    model_format: str, photo: Path, tmp_path: Path, capsys
):
    """The checksum is the cut file's."""
    content = content_of(model_format)
    for number, keep in enumerate((0, 100, len(content) // 2, len(content) - 400)):
        folder = write_model(tmp_path / f"cut-{number}", {model_format: content[:keep]})
        assert main(["predict", str(folder), str(photo)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line == f"The {model_format} file of 'squares' is no usable TFLite model; publish the model again."


@pytest.mark.parametrize("damage", [one for one in DAMAGES if one is not fewer_classes], ids=lambda one: one.__name__)
def test_the_page_leaves_a_damaged_model_out_and_says_so(
    damage: Callable[[Path, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from streamlit.testing.v1 import AppTest

    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    folder = write_model(tmp_path / "traffic_signs" / "squares", {"int8": exported("int8")})
    damage(folder, "int8")
    (model,) = list_models("traffic_signs", tmp_path)
    assert model.problem is not None and DAMAGES[damage] in model.problem
    app = AppTest.from_function(models_app, default_timeout=RUN_S).run()
    assert not app.exception
    (left_out,) = [text for text in alerts(app) if DAMAGES[damage] in text]
    assert left_out.startswith("One model is left out.")
    assert not app.get("download_button")


def test_the_page_says_which_format_cannot_be_used_where_only_its_use_shows_it(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from streamlit.testing.v1 import AppTest

    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    cut = exported("int8")[:1000]
    write_model(tmp_path / "traffic_signs" / "squares", {"float32": exported("float32"), "int8": cut})
    app = AppTest.from_function(models_app, default_timeout=RUN_S).run()
    app.segmented_control(key="models_part").set_value(PHOTO).run()
    app.file_uploader[0].set_value([("photo.jpg", photo.read_bytes(), "image/jpeg")]).run()
    assert not app.exception
    said = "The int8 file of 'squares' is no usable TFLite model; publish the model again."
    assert [error.value for error in app.error] == [thumbnails.plain(said)]
