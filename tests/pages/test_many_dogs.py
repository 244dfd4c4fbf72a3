"""Several photos of dogs: a line a dog on the page and in the CSV file."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pages.parts import csv_export, many_view
from tests.pages.dogs_for_tests import (
    BOXES,
    FOUND,
    HEADINGS,
    THREE,
    names_in,
    photo_of_three,
    rows_of,
    show_photos,
    write_dog_models,
)
from tests.pages.steps import open_page, shown
from tests.photos_for_tests import exif
from vision import images, model_store

PAGE = "pages/dog_breeds.py"
NOT_A_PHOTO = b"PK\x03\x04 zip"


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The CSV files that the page has offered."""
    offered: list[bytes] = []

    def spy(*arguments) -> bytes:
        offered.append(csv_export.to_csv(*arguments))
        return offered[-1]

    monkeypatch.setattr(many_view, "to_csv", spy)
    return offered


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_dog_models(tmp_path)
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    return tmp_path


def corners(row: dict[str, str]) -> list[float]:
    return [float(row[f"box_{corner}"]) for corner in ("x1", "y1", "x2", "y2")]


@pytest.mark.usefixtures("models")
def test_a_table_with_a_line_a_dog(tables: list[bytes]):
    evil = "<img src=x>.jpg"
    app = show_photos(open_page(PAGE), ("sofa.jpg", THREE), (evil, NOT_A_PHOTO), ("=1.jpg", THREE))
    assert app.subheader[0].value.startswith("3 photos, 6 dogs: ")
    assert "1 not read" in app.subheader[0].value
    assert names_in(shown(app)) == [*HEADINGS, *HEADINGS]
    assert "<img src=x>" not in shown(app)
    rows = rows_of(tables[-1])
    assert [row["file"] for row in rows] == ["sofa.jpg"] * 3 + [evil] + ["'=1.jpg"] * 3
    assert [row["dog"] for row in rows] == ["1", "2", "3", "", "1", "2", "3"]
    assert [row["label"] for row in rows[:3]] == ["Blenheim spaniel", "basset", "silky terrier"]
    assert [float(row["detector_confidence"]) for row in rows[:3]] == pytest.approx([0.8, 0.4, 0.9])
    assert "zip archive" in rows[3]["error"]
    for row, box in zip(rows[:3], BOXES, strict=True):
        assert corners(row) == pytest.approx(box.xyxy, abs=1)


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("turned", [False, True])
def test_boxes_are_in_pixels_of_the_upright_photo_at_full_size(tables: list[bytes], turned: bool):
    large = photo_of_three(scale=9)  # 2880 px high: decoded at half size
    file = io.BytesIO()
    if turned:
        Image.fromarray(np.rot90(large, 1)).save(file, "JPEG", quality=80, exif=exif(6))
    else:
        Image.fromarray(large).save(file, "JPEG", quality=80)
    assert images.decode(file.getvalue(), min_side=1440).shape == (1440, 2880, 3)
    show_photos(open_page(PAGE), ("large.jpg", file.getvalue()), ("sofa.jpg", THREE))
    for row, box in zip(rows_of(tables[-1])[:3], BOXES, strict=True):
        assert corners(row) == pytest.approx(box.scaled(9, 9).xyxy, abs=9)


def test_photos_without_a_dog_have_their_line_and_guesses_are_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: list[bytes]
):
    write_dog_models(tmp_path, found=((20, 50, 80, 110, 0.1),))
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    app = show_photos(open_page(PAGE), ("a.jpg", THREE), ("b.jpg", images.encode_jpeg(photo_of_three()[:, :320])))
    assert "2 photos without a dog" in app.subheader[0].value
    assert [row["error"] for row in rows_of(tables[-1])] == ["No dog found in this photo."] * 2
    app.button(key="dog_breeds_guess_all").click().run()
    assert not app.exception
    assert shown(app).count("a guess from the whole photo") == 2
    assert "2 guessed" in app.subheader[0].value
    assert all(row["label"] and "guess" in row["error"] for row in rows_of(tables[-1]))


@pytest.mark.usefixtures("models")
def test_with_the_switch_off_there_is_a_line_a_photo(tables: list[bytes]):
    app = open_page(PAGE)
    app.toggle(key="dog_breeds_crop_first").set_value(False).run()
    show_photos(app, ("a.jpg", THREE), ("b.jpg", THREE))
    rows = rows_of(tables[-1])
    assert [(row["file"], row["dog"], row["box_x1"]) for row in rows] == [("a.jpg", "", ""), ("b.jpg", "", "")]


@pytest.mark.usefixtures("models")
def test_a_photo_of_several_can_be_looked_at_closer_and_compared():
    app = show_photos(open_page(PAGE), ("a.jpg", THREE), ("b.jpg", THREE))
    assert "sl-part-head" not in shown(app)
    app.selectbox[0].select_index(1).run()
    assert not app.exception
    assert "sl-part-head" in shown(app)
    app.toggle(key="dog_breeds_compare").set_value(True).run()
    assert not app.exception
    assert "sl-compare" in shown(app)


def test_a_long_table_is_shown_in_part_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: list[bytes]):
    row = tuple((8.0 * i, 20.0, 8.0 * i + 7, 30.0, 0.5) for i in range(35))
    write_dog_models(tmp_path, found=row)
    monkeypatch.setattr(model_store, "MODELS_DIR", tmp_path)
    app = show_photos(open_page(PAGE), ("a.jpg", THREE), ("b.jpg", THREE))
    assert len(names_in(shown(app))) == 60
    assert len(rows_of(tables[-1])) == 70
    app.button(key="dog_breeds_show_all_lines").click().run()
    assert len(names_in(shown(app))) == 70
    assert len(FOUND) == 3
