"""Cards: read right, or refused in a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.models_for_tests import CLASS_KEYS, LABELS, SIZE, card_content, write_model
from vision.errors import ModelError
from vision.model_card import FormatEntry, Sureness, read_card

FILES = {"float32": b"float", "int8": b"eight"}


def entry(**changes: Any) -> dict[str, Any]:
    return {"formats": {"float32": {"file": "model.float32.tflite", "sha256": "00", "size_bytes": 5} | changes}}


def test_a_card_is_read_as_it_was_written(tmp_path: Path):
    card = read_card(write_model(tmp_path / "m", FILES, note="trained here"))
    assert (card.name, card.task, card.image_size, card.resize) == ("squares", "traffic_signs", SIZE, "center_crop")
    assert (card.class_keys, card.labels, card.default_format) == (CLASS_KEYS, LABELS, "float32")
    assert list(card.formats) == ["float32", "int8"]
    assert isinstance(card.formats["int8"], FormatEntry) and card.formats["int8"].size_bytes == 5
    assert card.content["note"] == "trained here"


def test_sureness_begins_at_its_thresholds(tmp_path: Path):
    card = read_card(write_model(tmp_path / "m", FILES, sure_from=0.9, likely_from=0.5))
    answers = [card.sureness(probability) for probability in (1.0, 0.9, 0.89, 0.5, 0.49, 0.0)]
    assert answers == [Sureness.SURE] * 2 + [Sureness.LIKELY] * 2 + [Sureness.UNSURE] * 2


@pytest.mark.parametrize("file", ["card.json", "labels.txt"])
def test_a_missing_file_is_named(tmp_path: Path, file: str):
    folder = write_model(tmp_path / "m", FILES)
    (folder / file).unlink()
    with pytest.raises(ModelError, match=file):
        read_card(folder)


def test_no_folder_is_no_model_folder(tmp_path: Path):
    with pytest.raises(ModelError, match="no model folder"):
        read_card(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", "null", '"card"', "{}", '{"formats": []}', '{"formats": {"float32": 7}}', "\udcff"]
)
def test_a_card_that_is_none_is_refused(tmp_path: Path, text: str):
    folder = write_model(tmp_path / "m", FILES)
    (folder / "card.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ModelError, match="damaged"):
        read_card(folder)


@pytest.mark.parametrize("key", card_content(FILES))
def test_a_card_that_lacks_something_is_refused(tmp_path: Path, key: str):
    folder = write_model(tmp_path / "m", FILES)
    content = card_content(FILES)
    del content[key]
    (folder / "card.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match="damaged"):
        read_card(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"image_size": "large"},
        {"image_size": None},
        {"resize": "squeeze"},
        {"resize": ["stretch"]},
        {"class_keys": 3},
        {"class_keys": ["2", "7"]},
        {"class_keys": "2710"},
        {"sure_from": "often"},
        {"formats": {}},
        {"default_format": "float16"},
        {"default_format": ["float32"]},
        entry(size_bytes="many"),
        {"formats": {"float32": {"file": "model.float32.tflite"}}},
    ],
    ids=str,
)
def test_a_card_that_does_not_hold_together_is_refused(tmp_path: Path, change: dict[str, Any]):
    with pytest.raises(ModelError, match="card"):
        read_card(write_model(tmp_path / "m", FILES, **change))


@pytest.mark.parametrize(
    "change",
    [
        *(entry(file=name) for name in ("../secret", "/etc/passwd", "..", ".", "", "a/b", "..\\secret", "a\0b", ".x")),
        {"name": "../../elsewhere"},
        {"name": "/tmp/elsewhere"},
        {"name": ".."},
        {"name": ""},
        {"task": "../elsewhere"},
        {"task": ".hidden"},
    ],
    ids=str,
)
def test_a_card_that_points_outside_its_folder_is_refused(tmp_path: Path, change: dict[str, Any]):
    with pytest.raises(ModelError, match="outside its folder"):
        read_card(write_model(tmp_path / "m", FILES, **change))
