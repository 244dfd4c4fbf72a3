"""Small pictures of the photos that a report talks about, under a bound."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from vision import images
from vision.errors import ImageError
from vision.results.findings import Findings
from vision.results.outcome import PARTS, Outcome

LONGEST_PX = 144
JPEG_QUALITY = 80
MOST_PICTURES = 300
MOST_BYTES = 3_500_000  # as JPEG; base64 makes a third more of it
CASES_SHOWN = 24
PICTURES_A_CELL = 8
CANDIDATES = 100


@dataclass(frozen=True)
class Thumbnail:
    """A whole photo, made small."""

    jpeg: bytes
    width: int
    height: int

    @property
    def data_uri(self) -> str:
        return "data:image/jpeg;base64," + base64.b64encode(self.jpeg).decode()


def load_thumbnails(
    outcome: Outcome, rows: Iterable[int], most: int = MOST_PICTURES, most_bytes: int = MOST_BYTES
) -> dict[int, Thumbnail]:
    """Thumbnails of the photos of these rows, the first ones where there are more than the bounds allow.

    A photo that is gone or cannot be read any more has none.
    """
    thumbnails: dict[int, Thumbnail] = {}
    left = most_bytes
    for row in dict.fromkeys(rows):
        if len(thumbnails) == most:
            break
        try:
            photo = images.decode(images.read_file(outcome.path_of(row)), min_side=LONGEST_PX)
        except (ImageError, OSError):
            continue
        thumbnail = shrink(photo)
        left -= len(thumbnail.jpeg)
        if left < 0:
            break
        thumbnails[row] = thumbnail
    return thumbnails


def shrink(photo: np.ndarray) -> Thumbnail:
    """The whole photo, uint8 (height, width, 3), with no side above `LONGEST_PX`."""
    picture = Image.fromarray(photo)
    picture.thumbnail((LONGEST_PX, LONGEST_PX), reducing_gap=2.0)
    return Thumbnail(images.encode_jpeg(np.asarray(picture), JPEG_QUALITY), *picture.size)


def example_rows(outcome: Outcome) -> dict[int, int]:
    """For each class a clear photo that the model names right, of the test photos if there is one.

    Of the surest ones that with the largest file: a dark or blurred photo makes a small one.
    """
    examples: dict[int, int] = {}
    right = outcome.answers == outcome.truth
    for part in PARTS:
        rows = outcome.rows_of(part)
        rows = rows[right[rows]]
        rows = rows[np.argsort(-outcome.sureness[rows], kind="stable")]
        for label in set(outcome.truth[rows].tolist()) - examples.keys():
            surest = rows[outcome.truth[rows] == label][:CANDIDATES].tolist()
            examples[label] = max(surest, key=lambda row: _size_bytes(outcome.path_of(row)))
    return examples


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def rows_to_show(outcome: Outcome, findings: Findings) -> list[int]:
    """The photos of which a report shows pictures, the most important first.

    An example of each class, the labels in doubt, the surest mistakes; then photos of each confusion in turn, so that
    rare confusions have one too before frequent ones have many.
    """
    rows = list(example_rows(outcome).values())
    rows += [case.row for case in findings.doubtful_labels[:CASES_SHOWN]]
    rows += [case.row for case in findings.mistakes[:CASES_SHOWN]]
    cells = [
        outcome.rows_in_cell(findings.part, cell.truth, cell.answer)[:PICTURES_A_CELL].tolist()
        for cell in findings.confusions[:MOST_PICTURES]
    ]
    for place in range(PICTURES_A_CELL):
        rows += [cell[place] for cell in cells if place < len(cell)]
    return list(dict.fromkeys(rows))
