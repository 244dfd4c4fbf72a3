"""An answer as a picture to send: made of what the page shows, with nothing of the file's own metadata."""

import io
from pathlib import Path

import pytest
from PIL import Image

from pages.parts import answers, saved_photo
from pages.parts.photos import Desk, Photo
from pages.parts.setup import Finder, Setup
from tests.models_for_tests import constant_detector, draw_square, write_detector, write_squares_model
from tests.pages.dogs_for_tests import FOUND, THREE
from tests.photos_for_tests import exif
from vision import images, share_picture
from vision.classifier import Classifier
from vision.detector import Detector
from vision.drawing import colour_at
from vision.predictions import Box
from vision.tasks import TASKS


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    classifier = Classifier.load(write_squares_model(tmp_path / "squares", task="dog_breeds"))
    detector = Detector.load(write_detector(tmp_path / "tiny", constant_detector(FOUND)))
    return Setup(TASKS["dog_breeds"], classifier, Finder(detector, 0.3), crop_first=True, margin=0.1)


def captions_of(
    setup: Setup, desk: Desk, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[share_picture.Caption], str, Image.Image]:
    """What stands below the photo: captions and heading; and the picture."""
    said = {}
    compose = share_picture.compose

    def spy(photo, boxes, captions, heading, note, lettering):
        said.update(captions=captions, heading=heading)
        return compose(photo, boxes, captions, heading, note, lettering)

    monkeypatch.setattr(share_picture, "compose", spy)
    found = answers.answer(desk, photo, setup)
    content = saved_photo.picture(setup, answers.view(desk, photo), found)
    return said["captions"], said["heading"], Image.open(io.BytesIO(content))


def test_three_dogs_are_named_below_their_numbers(setup: Setup, monkeypatch: pytest.MonkeyPatch):
    captions, heading, picture = captions_of(setup, Desk(), Photo("a.jpg", THREE), monkeypatch)
    assert heading == "3 dogs found"
    assert [caption.name for caption in captions] == ["Red", "Green", "Blue"]
    assert all(caption.certainty.startswith("Sure, ") for caption in captions)
    assert picture.format == "JPEG"
    found = picture.getcolors(picture.width * picture.height) or []
    for position in range(3):
        near = [n for n, c in found if max(abs(a - b) for a, b in zip(c, colour_at(position), strict=True)) < 12]
        assert sum(near) > 500


def test_one_answer_is_a_picture_too(setup: Setup, monkeypatch: pytest.MonkeyPatch):
    desk, photo = Desk(), Photo("a.jpg", THREE)
    desk.boxes[photo.digest] = Box(0.4, 0.3, 0.6, 0.7)
    captions, heading, _ = captions_of(setup, desk, photo, monkeypatch)
    assert heading.startswith("This dog is")
    assert [caption.name for caption in captions] == ["Green"]


def test_a_sign_has_its_drawing_beside_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    classifier = Classifier.load(write_squares_model(tmp_path / "squares"))
    setup = Setup(TASKS["traffic_signs"], classifier, None, False, 0.1)
    photo = Photo("a.jpg", images.encode_jpeg(draw_square(1, 3, (64, 64))))
    (caption,), _, _ = captions_of(setup, Desk(), photo, monkeypatch)
    assert caption.drawing is not None and caption.drawing.shape == (256, 256, 4)


def test_nothing_of_the_file_s_metadata_is_in_the_picture(setup: Setup, monkeypatch: pytest.MonkeyPatch):
    file = io.BytesIO()
    Image.open(io.BytesIO(THREE)).save(file, "JPEG", exif=exif(1), comment=b"at home", icc_profile=b"x" * 200)
    _, _, picture = captions_of(setup, Desk(), Photo("a.jpg", file.getvalue()), monkeypatch)
    assert not picture.getexif()
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
