"""detect, and what other commands need to crop photos to what a detector finds."""

import argparse
import json
import math
from pathlib import Path
from typing import Any

from vision import images, model_store
from vision.classifier import Classifier
from vision.detector import Detector
from vision.errors import ImageError, ModelError, SettingsError
from vision.predictions import Box
from vision.tasks import TASKS


def add_commands(commands: Any) -> None:
    """Adds the commands of this file."""
    detecting = commands.add_parser("detect", help="find the dogs in photos")
    detecting.add_argument("photos", metavar="PHOTO", nargs="+", type=Path)
    detecting.add_argument("--model", default="dog_detector", help="a detector's folder (default: the one installed)")
    detecting.add_argument("--min-confidence", type=fraction, metavar="C", help="0 to 1 (default: the detector's own)")
    detecting.add_argument("--json", action="store_true", help="print JSON; boxes are in pixels of the upright photo")
    detecting.set_defaults(run=run_detect)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of a command that can crop first."""
    parser.add_argument("--crop-first", action="store_true", help="find the objects, and classify each by itself")
    parser.add_argument("--min-confidence", type=fraction, metavar="C", help="how sure the detector must be, 0 to 1")
    parser.add_argument("--margin", type=_margin, metavar="M", help="part of the box added on each side, 0 to 2")


def fraction(text: str) -> float:
    """An argument from 0 to 1."""
    return _number_up_to(text, 1)


def _margin(text: str) -> float:
    return _number_up_to(text, 2)


def _number_up_to(text: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to {most}")
    return value


def finder_for(classifier: Classifier, options: argparse.Namespace) -> Detector | None:
    """The detector that crops for this classifier; None without --crop-first.

    Raises:
        ModelError: there is no detector for its task.
        SettingsError: there are options for a detector, and none is asked for.
    """
    if not options.crop_first:
        if options.min_confidence is not None or options.margin is not None:
            raise SettingsError("--min-confidence and --margin are for --crop-first; add it, or leave them out.")
        return None
    task = TASKS.get(classifier.card.task)
    if task is None or task.finder is None:
        raise ModelError(f"There is no detector for '{classifier.card.task}'; leave out --crop-first.")
    detector = Detector.load(model_store.find_model(task.finder))
    if options.min_confidence is not None:
        detector.min_confidence = options.min_confidence
    return detector


def margin_for(classifier: Classifier, options: argparse.Namespace) -> float:
    """The margin asked for, else the task's own."""
    task = TASKS.get(classifier.card.task)
    return options.margin if options.margin is not None else task.box_margin if task else 0.0


def read_photo(path: Path) -> bytes:
    """The bytes of a photo, under the size cap.

    Raises:
        ImageError: it cannot be read, or is too large.
    """
    try:
        if path.stat().st_size > images.MAX_BYTES:
            raise ImageError(f"'{path}' is over {images.MAX_BYTES // 2**20} MB, the limit; make the photo smaller.")
        return path.read_bytes()
    except OSError as error:
        raise ImageError(f"'{path}' cannot be read ({error.strerror}); give the path of a photo.") from error


def in_words(box: Box) -> str:
    """A box as a person reads it."""
    return f"({box.x1:.0f}, {box.y1:.0f}) to ({box.x2:.0f}, {box.y2:.0f})"


def run_detect(options: argparse.Namespace) -> int:
    detector = Detector.load(model_store.find_model(options.model))
    answers = [_detect_file(detector, path, options.min_confidence) for path in options.photos]
    if options.json:
        print(json.dumps(answers, ensure_ascii=False))
    else:
        for answer in answers:
            found = [f"{in_words(Box(*box['box_xyxy']))}, {box['confidence']:.0%} sure" for box in answer["boxes"]]
            print(f"{answer['file']}: {answer['error'] or '; '.join(found) or 'nothing found'}")
    return 1 if any(answer["error"] for answer in answers) else 0


def _detect_file(detector: Detector, path: Path, min_confidence: float | None) -> dict[str, Any]:
    try:
        detections = detector.detect(images.decode(read_photo(path)), min_confidence)
    except ImageError as error:
        return {"file": str(path), "error": str(error), "boxes": []}
    boxes = [{"box_xyxy": list(found.box.xyxy), "confidence": found.confidence} for found in detections]
    return {"file": str(path), "error": None, "boxes": boxes}
