"""A photo of three "dogs", which are coloured squares, and models that find and name them."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.models_for_tests import constant_detector, draw_square, write_detector, write_squares_model
from vision import images
from vision.predictions import Box

BREEDS = ("Blenheim spaniel", "basset", "silky terrier")
HEADINGS = ("Blenheim spaniel", "Basset", "Silky terrier")
SIZE_HW = (320, 640)
# Twice the corners in the detector's input, which is half as large as the photo.
BOXES = (Box(40, 100, 160, 220), Box(260, 100, 380, 220), Box(480, 100, 600, 220))
# Not from left to right: a detector's order is that of its confidence.
FOUND = ((240, 50, 300, 110, 0.9), (20, 50, 80, 110, 0.8), (130, 50, 190, 110, 0.4))
Candidates = tuple[tuple[float, float, float, float, float], ...]


def photo_of_three(scale: int = 1) -> np.ndarray:
    """Red, green and blue from left to right, uint8 (320, 640, 3), or larger."""
    photo = np.full((*SIZE_HW, 3), 120, np.uint8)
    for label, box in enumerate(BOXES):
        x1, y1, x2, y2 = map(int, box.xyxy)
        photo[y1:y2, x1:x2] = draw_square(label, 5, (y2 - y1, x2 - x1))
    return photo.repeat(scale, axis=0).repeat(scale, axis=1)


THREE = images.encode_jpeg(photo_of_three(), quality=95)


def write_dog_models(root: Path, found: Candidates = FOUND, detector_name: str = "tiny") -> None:
    """A model that takes squares for dogs, and a detector that finds the same in each photo."""
    folder = write_squares_model(root / "dog_breeds" / "squares", task="dog_breeds")
    (folder / "labels.txt").write_text("\n".join(BREEDS) + "\n")
    write_detector(root / "dog_detector" / detector_name, constant_detector(found))


def show_photos(app: AppTest, *photos: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, data, "image/jpeg") for name, data in photos]).run()
    assert not app.exception
    return app


def names_in(html: str) -> list[str]:
    return re.findall(r'class="sl-name">([^<]*)<', html)


def numbers_in(html: str) -> list[tuple[str, str]]:
    """Number and colour of each tag."""
    return [
        (number, colour) for colour, number in re.findall(r'sl-number" style="background:([^;]*);[^>]*>(\d+)', html)
    ]


def overlays(app: AppTest) -> list[dict[str, Any]]:
    """The boxes that the page draws over the photo."""
    (component,) = (each.proto for each in app.get("bidi_component") if "framing" in each.proto.component_name)
    found: list[dict[str, Any]] = json.loads(component.json)["found"]
    return found


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
