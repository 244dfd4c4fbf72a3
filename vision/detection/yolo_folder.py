"""The folder of photos and labels that YOLO trains on."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from vision import images
from vision.detection.annotated import AnnotatedPhoto
from vision.detection.cutouts import Cutout, cut_out
from vision.detection.scenes import compose
from vision.detector import Detector, overlaps
from vision.errors import DatasetError
from vision.predictions import Box

UNMARKED_FROM = 0.4
DOGS_IN_A_SCENE = (2, 6)
MAX_OVERLAP = 0.6
CUTOUTS_KEPT = 600


@dataclass(frozen=True)
class Scene:
    """A made photo: uint8 (height, width, 3), and its dogs' boxes as fractions."""

    pixels: np.ndarray
    boxes: tuple[Box, ...]


def with_unmarked(photo: np.ndarray, boxes: Sequence[Box], detector: Detector) -> tuple[Box, ...]:
    """The boxes of a photo, and those of dogs in it that nobody has marked.

    Args:
        photo: uint8 (height, width, 3).
        boxes: the marked ones, as fractions.
        detector: finds the others, as sure as `UNMARKED_FROM`; what lies mostly in a marked box is that dog.
    """
    height, width = photo.shape[:2]
    marked = np.array([box.xyxy for box in boxes])
    more = []
    for detection in detector.detect(photo, UNMARKED_FROM):
        found = detection.box.scaled(1 / width, 1 / height)
        if not len(marked) or (
            overlaps(np.array(found.xyxy), marked).max() < 0.3 and _covered(found, marked).max() < 0.6
        ):
            more.append(found)
    return (*boxes, *more)


def _covered(box: Box, others: np.ndarray) -> np.ndarray:
    """How much of the box (0 to 1) lies in each of the others, (n, 4)."""
    width = np.minimum(box.x2, others[:, 2]) - np.maximum(box.x1, others[:, 0])
    height = np.minimum(box.y2, others[:, 3]) - np.maximum(box.y1, others[:, 1])
    return np.maximum(width, 0) * np.maximum(height, 0) / max(box.width * box.height, 1e-9)


def make_scenes(
    dogs: Sequence[AnnotatedPhoto],
    backgrounds: Sequence[AnnotatedPhoto],
    count: int,
    seed: int,
    others: Sequence[AnnotatedPhoto] = (),
) -> Iterator[Scene]:
    """`count` photos of several dogs, made of cutouts of `dogs` in `backgrounds`; same seed, same scenes.

    Args:
        others: photos with boxes of other things. With them, half of the scenes have one to three of these pasted in
            behind the dogs, and a fifth have nothing else, so that not all that is pasted is a dog.

    Raises:
        DatasetError: none of the dogs can be cut out.
    """
    rng = np.random.default_rng(seed)
    cutouts = _cutouts([photo for photo in dogs if len(photo.boxes) == 1], rng, min(CUTOUTS_KEPT, 2 * count + 10))
    if not cutouts:
        raise DatasetError("None of the dogs could be cut out of its photo; give photos in which boxes leave a margin.")
    canvases = [images.decode(photo.path.read_bytes()) for photo in backgrounds]
    distractors = _cutouts(others, rng, CUTOUTS_KEPT) if others else []
    for _ in range(count):
        several = int(rng.integers(*DOGS_IN_A_SCENE))
        picked = [cutouts[index] for index in rng.integers(0, len(cutouts), several)]
        canvas = canvases[rng.integers(len(canvases))]
        if distractors and rng.random() < 0.5:
            things = [distractors[index] for index in rng.integers(0, len(distractors), int(rng.integers(1, 4)))]
            canvas, _ = compose(canvas, things, rng, MAX_OVERLAP)
            if rng.random() < 0.4:
                yield Scene(canvas, ())
                continue
        yield Scene(*compose(canvas, picked, rng, MAX_OVERLAP))


def _cutouts(dogs: Sequence[AnnotatedPhoto], rng: np.random.Generator, count: int) -> list[Cutout]:
    found = []
    for index in rng.permutation(len(dogs)):
        photo = dogs[index]
        pixels = images.decode(photo.path.read_bytes())
        cuts = (cut_out(pixels, box) for box in photo.boxes[:3])
        found += [cut for cut in cuts if cut is not None]
        if len(found) >= count:
            break
    return found


class YoloFolder:
    """Writes `images/<part>/` and `labels/<part>/`, and `data.yaml` that names them."""

    def __init__(self, root: Path, names: Sequence[str], class_index: int) -> None:
        """Makes the folders.

        Args:
            names: all classes of the network to be trained.
            class_index: the one whose boxes are added.
        """
        self.root, self._class = root, class_index
        self.yaml_path = root / "data.yaml"
        for part in ("train", "val"):
            for kind in ("images", "labels"):
                (root / kind / part).mkdir(parents=True, exist_ok=True)
        content = {"path": str(root.resolve()), "train": "images/train", "val": "images/val", "names": list(names)}
        self.yaml_path.write_text(json.dumps(content, indent=1), encoding="utf-8")  # JSON is YAML too

    def add(self, part: str, stem: str, pixels: np.ndarray, boxes: Sequence[Box]) -> None:
        """Adds a photo, uint8 (height, width, 3), with the boxes in it as fractions."""
        bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(self.root / "images" / part / f"{stem}.jpg"), bgr, (cv2.IMWRITE_JPEG_QUALITY, 92))
        lines = []
        for box in (box.clipped((1, 1)) for box in boxes):
            x, y = (box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2
            lines.append(f"{self._class} {x:.5f} {y:.5f} {box.width:.5f} {box.height:.5f}\n")
        (self.root / "labels" / part / f"{stem}.txt").write_text("".join(lines), encoding="utf-8")
