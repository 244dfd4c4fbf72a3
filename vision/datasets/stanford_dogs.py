"""Stanford Dogs: from its three archives to class folders with the official split and the boxes of the dogs."""

import io
import json
import re
import xml.etree.ElementTree as ElementTree
import zlib
from pathlib import Path, PurePosixPath

from vision.datasets.archives import open_archive, unpack
from vision.datasets.sources import DatasetSource
from vision.datasets.workshop import Report, no_report
from vision.errors import DatasetError

BOXES_FILE = "boxes.json"
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_PHOTO = re.compile(r"n\d{8}-[\w.-]+/n\d{8}_\d+\.jpg", re.ASCII)


def arrange(source: DatasetSource, archives: Path, folder: Path, report: Report = no_report) -> None:
    """Writes `train` and `test`, each with one folder a breed, and `boxes.json` into an empty folder.

    boxes.json has, by a photo's path ("train/<breed>/<file>.jpg"), the dogs' boxes [x1, y1, x2, y2] as fractions of
    the photo's width and height. Photos without a usable annotation are not in it.

    Args:
        archives: folder with lists.tar, images.tar and annotation.tar, whose checksums have been verified.

    Raises:
        DatasetError: an archive is damaged, or holds other photos than `source` says.
    """
    parts = _read_split(source, archives / "lists.tar")

    def place(member: str) -> str | None:
        photo = _last_two(member)
        return f"{parts[photo]}/{photo}" if photo in parts else None

    with open_archive(archives / "images.tar", source.limits) as images:
        written = unpack(images, folder, place, report)
    if len(written) != len(parts):
        raise DatasetError(
            f"images.tar has {len(written):,} of the {len(parts):,} photos that lists.tar names; fetch both again."
        )
    boxes = _read_boxes(source, archives / "annotation.tar", parts, report)
    (folder / BOXES_FILE).write_text(json.dumps(boxes), encoding="utf-8")


def parse_boxes(annotation: bytes) -> list[list[float]]:
    """The boxes in one annotation in the XML of Pascal VOC.

    Returns:
        [x1, y1, x2, y2] of each object as fractions (0 to 1, four decimals) of the photo's width and height; empty
        boxes are left out, and so is all of an annotation that cannot be read.

    Raises:
        DatasetError: it declares a document type or entities, which no honest annotation does.
    """
    text = annotation.decode("utf-8-sig", "replace")  # decoded here, so that no declared encoding hides anything
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise DatasetError("An annotation declares XML entities; fetch annotation.tar from where it is published.")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without entities there is nothing to expand
        width, height = (float(root.findtext(f"size/{side}", "")) for side in ("width", "height"))
        corners = [
            [float(box.findtext(name, "")) / size for name, size in zip(_CORNERS, (width, height) * 2, strict=True)]
            for box in root.iterfind("object/bndbox")
        ]
    except (ElementTree.ParseError, ValueError, ZeroDivisionError):
        return []
    boxes = [[round(min(max(value, 0.0), 1.0), 4) for value in box] for box in corners]
    return [[x1, y1, x2, y2] for x1, y1, x2, y2 in boxes if x1 < x2 and y1 < y2]


def _read_split(source: DatasetSource, lists: Path) -> dict[str, str]:
    """The part, "train" or "test", of each "<breed>/<file>.jpg"."""
    parts: dict[str, str] = {}
    with open_archive(lists, source.limits) as archive:
        members = {PurePosixPath(member.name).name: member for member in archive.members}
        for part, count in (("train", source.train_count), ("test", source.test_count)):
            member = members.get(f"{part}_list.mat")
            names = _read_list(archive.read(member)) if member else []
            if len(names) != count or not all(map(_PHOTO.fullmatch, names)):
                raise DatasetError(
                    f"lists.tar has no usable {part}_list.mat: expected the names of {count:,} photos, "
                    f"found {len(names):,}; fetch it again."
                )
            parts |= dict.fromkeys(names, part)
    breeds = {name.partition("/")[0] for name in parts}
    if len(parts) != source.train_count + source.test_count or len(breeds) != source.class_count:
        raise DatasetError(
            f"lists.tar names {len(parts):,} photos of {len(breeds)} breeds, expected "
            f"{source.train_count + source.test_count:,} of {source.class_count}; fetch it again."
        )
    return parts


def _read_list(content: bytes) -> list[str]:
    """The strings of `file_list` in a MATLAB 5 file; none if there are none.

    Only for files whose checksum has been verified, as `fetch` sees to: the reader can crash on damaged ones.
    """
    from scipy.io import loadmat, matlab

    try:
        cells = loadmat(io.BytesIO(content), variable_names=["file_list"])["file_list"]
        return [str(cell.item()) for cell in cells.ravel()]
    except (
        matlab.MatReadError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        NotImplementedError,
        OSError,
        zlib.error,
    ):
        return []


def _read_boxes(
    source: DatasetSource, annotations: Path, parts: dict[str, str], report: Report
) -> dict[str, list[list[float]]]:
    boxes: dict[str, list[list[float]]] = {}
    with open_archive(annotations, source.limits) as archive:
        for count, member in enumerate(archive.members, 1):
            photo = f"{_last_two(member.name)}.jpg"
            if photo in parts and (found := parse_boxes(archive.read(member))):
                boxes[f"{parts[photo]}/{photo}"] = found
            report(f"reading boxes: {count:,} of {len(archive.members):,}")
    return dict(sorted(boxes.items()))


def _last_two(member: str) -> str:
    """A member's folder and name: "Images/<breed>/<file>" -> "<breed>/<file>"."""
    return "/".join(member.split("/")[-2:])
