"""The drawn signs: safe and complete SVGs, and pictures that are the same for the same seed."""

import ast
import itertools
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import cv2
import numpy as np
import pytest

from vision import drawn_signs, drawn_street
from vision.drawn_signs import SIGN_FOLDER, draw_sign_photo, draw_street_scene, write_examples
from vision.svg import render_svg

SVG = "{http://www.w3.org/2000/svg}"
DRAWINGS = [SIGN_FOLDER / f"{number:02d}.svg" for number in range(43)]
PLAIN_TAGS = {SVG + name for name in ("svg", "title", "g", "path", "circle")}
STOP, NO_ENTRY = DRAWINGS[14], DRAWINGS[17]


def test_there_is_one_drawing_for_each_of_the_43_classes():
    assert sorted(SIGN_FOLDER.glob("*.svg")) == DRAWINGS


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_is_plain_shapes_and_nothing_from_elsewhere(path: Path):
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.get("viewBox") == "0 0 200 200"
    assert {node.tag for node in root.iter()} <= PLAIN_TAGS  # so neither text, script, style nor image
    for node in root.iter():
        assert not [name for name in node.attrib if "href" in name or name.startswith("on") or name == "style"]
        assert "url(" not in " ".join(node.attrib.values())
    assert "<!" not in text  # no entities, no document type
    assert len(text) < 3000


def test_titles_name_43_different_signs():
    titles = [ElementTree.parse(path).getroot().findtext(SVG + "title", "").strip() for path in DRAWINGS]
    assert all(titles)
    assert len(set(titles)) == 43


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_rendering_fills_its_square_but_leaves_the_corners_clear(path: Path):
    picture = render_svg(path, 64)
    assert picture.shape == (64, 64, 4)
    assert picture.dtype == np.uint8
    assert (picture[..., 3] > 200).mean() > 0.3
    corners = picture[[0, 0, -1, -1], [0, -1, 0, -1], 3]
    assert corners.max() == 0


def test_any_two_renderings_differ_where_a_person_would_see_it():
    pictures = [render_svg(path, 48).astype(np.float32) for path in DRAWINGS]
    flat = [picture[..., :3] * picture[..., 3:] / 255 for picture in pictures]
    apart = {
        (a, b): (np.abs(flat[a] - flat[b]).max(axis=-1) > 64).mean() for a, b in itertools.combinations(range(43), 2)
    }
    closest = min(apart, key=apart.__getitem__)
    assert apart[closest] > 0.01, f"{closest} look alike"


def test_markup_and_its_file_render_alike():
    assert np.array_equal(render_svg(STOP, 40), render_svg(STOP.read_text(encoding="utf-8"), 40))


def test_the_red_of_a_stop_sign_comes_first_in_rgba():
    red, green, blue, alpha = render_svg(STOP, 200)[20, 100]
    assert red > 150
    assert max(green, blue) < 60
    assert alpha == 255


def test_what_is_no_drawing_is_refused():
    with pytest.raises(ValueError):
        render_svg("<not an svg", 32)
    with pytest.raises(FileNotFoundError):
        render_svg(SIGN_FOLDER / "43.svg", 32)


def test_an_empty_drawing_is_no_sign():
    with pytest.raises(ValueError, match="empty"):
        draw_street_scene(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"/>',
            seed=1,
            size_hw=(120, 160),
            sign_px=(30, 40),
        )


@pytest.mark.parametrize("seed", range(8))
def test_a_scene_stays_in_range(seed: int):
    scene = draw_street_scene(STOP, seed, size_hw=(240, 320), sign_px=(40, 60))
    assert scene.image.shape == (240, 320, 3)
    assert scene.image.dtype == np.uint8
    left, top, right, bottom = scene.box_xyxy
    assert 0 <= left < right <= 320
    assert 0 <= top < bottom <= 240
    assert 30 <= right - left <= 70  # sign_px, but for the turn and the slant
    assert 30 <= bottom - top <= 70
    assert scene.image.std() > 10


@pytest.mark.parametrize("seed", range(4))
def test_only_the_box_changes_with_the_sign(seed: int):
    size = {"size_hw": (240, 320), "sign_px": (50, 70)}
    one, other = (draw_street_scene(sign, seed, **size) for sign in (STOP, DRAWINGS[40]))
    changed = np.abs(one.image.astype(int) - other.image).max(axis=-1) > 24
    rows, columns = np.nonzero(changed)
    left, top, right, bottom = one.box_xyxy
    edge = 10  # blur and the 8-pixel blocks of JPEG reach a little over the edge
    assert left - edge <= columns.min() and columns.max() < right + edge
    assert top - edge <= rows.min() and rows.max() < bottom + edge
    assert changed[top:bottom, left:right].mean() > 0.3


def test_the_same_seed_draws_the_same_and_another_seed_another():
    first, again, other = (draw_street_scene(STOP, seed, (120, 160), (30, 40)) for seed in (5, 5, 6))
    assert np.array_equal(first.image, again.image)
    assert first.box_xyxy == again.box_xyxy
    assert not np.array_equal(first.image, other.image)
    assert np.array_equal(draw_sign_photo(STOP, 5), draw_sign_photo(STOP, 5))
    assert not np.array_equal(draw_sign_photo(STOP, 5), draw_sign_photo(STOP, 6))


@pytest.mark.parametrize("sign_px", [(60, 40), (2, 40), (40, 119)])
def test_a_sign_that_cannot_fit_is_refused(sign_px: tuple[int, int]):
    with pytest.raises(ValueError, match="sign_px"):
        draw_street_scene(STOP, seed=1, size_hw=(120, 160), sign_px=sign_px)


@pytest.mark.parametrize("size_px", [24, 64, 130])
def test_a_sign_photo_has_the_size_asked_for(size_px: int):
    photo = draw_sign_photo(NO_ENTRY, seed=3, size_px=size_px)
    assert photo.shape == (size_px, size_px, 3)
    assert photo.dtype == np.uint8


def test_sign_photos_vary_in_light_but_the_sign_stays_visible():
    photos = [draw_sign_photo(NO_ENTRY, seed).astype(np.float32) for seed in range(24)]
    brightness = [photo.mean() for photo in photos]
    assert max(brightness) > 2 * min(brightness)
    for photo in photos:
        red, green, _ = photo[16:48, 16:48].reshape(-1, 3).mean(axis=0)
        assert red > 1.2 * green


def test_the_gallery_holds_small_pictures_of_the_promised_sizes(tmp_path: Path):
    paths = write_examples(tmp_path)
    assert len(paths) == len(set(paths)) == 12
    for path in paths:
        assert path.stat().st_size < 120_000
        height, width = cv2.imread(str(path)).shape[:2]
        assert (height, width) == ((720, 960) if "street" in path.stem else (480, 480))


@pytest.mark.parametrize("module", [drawn_signs, drawn_street])
def test_drawing_needs_neither_browser_nor_training(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imports |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name.split(".")[0] for name in imports} & {"streamlit", "tensorflow", "keras", "torch"}
