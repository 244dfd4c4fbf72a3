"""data fetch, data crop: the official data sets, and objects cut out of photos; no TensorFlow is loaded."""

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any

from vision import model_store
from vision.cli import photos
from vision.cli.progress_line import ProgressLine
from vision.datasets import gtsrb, stanford_dogs
from vision.datasets.class_folders import read_class_folders
from vision.datasets.crops import FindBoxes, annotated_boxes, crop_objects, detected_boxes
from vision.datasets.download import DOWNLOADS, Arrange, fetch
from vision.datasets.sources import SOURCES, DatasetSource
from vision.errors import SettingsError

ARRANGE: dict[str, Arrange] = {"stanford-dogs": stanford_dogs.arrange, "gtsrb": gtsrb.arrange}
DETECTOR = "dog_detector"


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    data = commands.add_parser("data", help="fetch, draw, import, check or crop a data set")
    actions = data.add_subparsers(required=True, metavar="fetch|crop|sample|import|check")

    fetching = actions.add_parser("fetch", help="download, verify and unpack an official data set")
    fetching.add_argument("name", metavar="NAME", help=f"one of: {', '.join(SOURCES)}")
    fetching.add_argument("--to", type=Path, default=Path("data"), metavar="DIR", help="where to (default data)")
    fetching.add_argument("--from", dest="mirror", metavar="URL", help="address of a folder with the same archives")
    fetching.add_argument("--cropped", action="store_true", help="also write each object as a photo of its own")
    fetching.add_argument("--margin", type=_margin, default=0.1, metavar="M", help="around each object (default 0.1)")
    fetching.set_defaults(run=run_fetch)

    cropping = actions.add_parser("crop", help="write each object of a folder of photos as a photo of its own")
    cropping.add_argument("folder", metavar="DIR", type=Path, help="a data set, with boxes.json or without")
    cropping.add_argument("--to", required=True, type=Path, metavar="OUT", help="a folder that is not there yet")
    cropping.add_argument("--margin", type=_margin, default=0.1, metavar="M", help="around each object (default 0.1)")
    cropping.add_argument(
        "--boxes",
        choices=("annotations", "detector"),
        default="annotations",
        help="where the boxes come from: boxes.json in DIR (default), or the dog detector",
    )
    cropping.set_defaults(run=run_crop)

    photos.add_actions(actions)


def _margin(text: str) -> float:
    """An argument that is a part of a box' side."""
    try:
        margin = float(text)
    except ValueError:
        margin = -1.0
    if not 0 <= margin <= 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to 1")
    return margin


def run_fetch(options: argparse.Namespace) -> int:
    if options.name not in SOURCES:
        raise SettingsError(f"There is no data set '{options.name}'; there are: {', '.join(SOURCES)}.")
    source = SOURCES[options.name]
    if options.mirror:
        source = dataclasses.replace(source, base_url=options.mirror)
    if options.cropped and not source.has_boxes:
        raise SettingsError(f"'{source.name}' has no boxes to crop by; leave out --cropped.")
    if not (options.to / source.name).exists():
        names = ", ".join(archive.file_name for archive in source.archives)
        size_mb = sum(archive.size_bytes for archive in source.archives) / 1e6
        print(f"{source.terms}\n{size_mb:,.1f} MB from {source.base_url}: {names}", file=sys.stderr)
    try:
        with ProgressLine() as line:
            folder = fetch(source, options.to, ARRANGE[source.name], line.show)
            line.clear()
            print(_in_words(folder, source))
            if options.cropped:
                _crop_beside(folder, options.margin, line)
    except KeyboardInterrupt:
        print("Stopped; what has arrived is kept, and the same command goes on from there.", file=sys.stderr)
        return 130
    downloads = options.to / DOWNLOADS
    if kept := [path for archive in source.archives if (path := downloads / archive.file_name).exists()]:
        size_mb = sum(path.stat().st_size for path in kept) / 1e6
        print(f"The archives ({size_mb:,.1f} MB) stay in '{downloads}'; delete them to save space.", file=sys.stderr)
    return 0


def run_crop(options: argparse.Namespace) -> int:
    if options.boxes == "detector":
        from vision.detector import Detector

        find_boxes = detected_boxes(Detector.load(model_store.find_model(DETECTOR)))
    else:
        find_boxes = annotated_boxes(options.folder)
    try:
        with ProgressLine() as line:
            _crop(options.folder, options.to, find_boxes, options.margin, line)
    except KeyboardInterrupt:
        print("Stopped; nothing was written, and the same command begins again.", file=sys.stderr)
        return 130
    return 0


def _in_words(folder: Path, source: DatasetSource) -> str:
    train, test = (read_class_folders(folder / part) for part in ("train", "test"))
    counts = f"{len(train.files):,} training and {len(test.files):,} test photos of {len(train.class_keys)} classes"
    if (len(train.files), len(test.files)) == (source.train_count, source.test_count):
        return f"{folder}: {counts}."
    official = f"{source.train_count:,} and {source.test_count:,}"
    return f"{folder} was there before, with {counts}; the official set has {official}."


def _crop_beside(folder: Path, margin: float, line: ProgressLine) -> None:
    out = folder.with_name(f"{folder.name}-cropped")
    if out.exists():
        print(f"{out} was there before; delete it to have it written again.")
    else:
        _crop(folder, out, annotated_boxes(folder), margin, line)


def _crop(folder: Path, out: Path, find_boxes: FindBoxes, margin: float, line: ProgressLine) -> None:
    result = crop_objects(folder, out, find_boxes, margin, line.show)
    line.clear()
    for problem in result.unreadable:
        print(f"left out: {problem}", file=sys.stderr)
    print(
        f"{out}: {result.crops:,} crops of {result.photos:,} photos; left out: {len(result.without_box):,} photos "
        f"without an object and {len(result.unreadable):,} unreadable ones."
    )
