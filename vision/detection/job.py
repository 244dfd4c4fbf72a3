"""A detector from start to end: photos with boxes -> YOLO folder -> fine-tuned weights -> ONNX, measured -> folder."""

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from vision import images
from vision.detection.annotated import AnnotatedPhoto, read_annotated, read_without
from vision.detection.measure import Found, false_alarms, figures, find_all
from vision.detection.yolo_folder import Scene, YoloFolder, make_scenes, with_unmarked
from vision.detector import Detector
from vision.errors import SettingsError
from vision.predictions import Box

Say = Callable[[str], None]
# Dogs of ImageNet that Stanford Dogs leaves out: their photos are not without dogs.
MORE_DOG_IDS = frozenset({"n02110341"})
VALIDATION_EVERY = 20
PIXELS_KEPT = (35_000, 60_000)  # Stanford Dogs as repacked has about 50,000


@dataclass(frozen=True)
class DetectorData:
    """Where the photos are.

    Attributes:
        dogs: class folders in train/ and test/, and boxes.json.
        others: YOLO folder of photos, in train and val, most of them without a dog.
        class_index: the dog's number in its label files.
    """

    dogs: Path
    others: Path
    class_index: int

    def annotated(self, part: str) -> list[AnnotatedPhoto]:
        """Photos of dogs, of "train" or "test"."""
        return read_annotated(self.dogs, part)

    def without(self, part: str) -> list[AnnotatedPhoto]:
        """Photos without dogs, of "train" or "val"."""
        ids = frozenset(path.name.split("-")[0] for path in (self.dogs / "train").iterdir()) | MORE_DOG_IDS
        return read_without(self.others, part, self.class_index, ids)


def is_held_out(photo: AnnotatedPhoto) -> bool:
    """Whether a training photo is kept for choosing thresholds: one in `VALIDATION_EVERY`, by its name."""
    return int(hashlib.sha256(photo.path.name.encode()).hexdigest(), 16) % VALIDATION_EVERY == 0


def write_training_folder(
    folder: Path,
    data: DetectorData,
    base: Detector,
    names: Sequence[str],
    scenes: int,
    singles: int,
    seed: int,
    say: Say,
) -> YoloFolder:
    """Writes what the detector is trained on.

    That is: all photos of several dogs twice, `singles` photos of one, as many close-ups, photos without dogs whole and
    in random parts, what they show close up, and `scenes` made ones.

    Args:
        base: marks the dogs that nobody has marked.
        names: the network's classes.
    """
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    target = YoloFolder(folder, names, data.class_index)
    photos = [photo for photo in data.annotated("train") if not is_held_out(photo)]
    say(f"looking for unmarked dogs in {len(photos):,} photos")
    alone: list[AnnotatedPhoto] = []
    unmarked = groups = 0

    def add(stem: str, pixels: np.ndarray, boxes: Sequence[Box]) -> None:
        target.add("train", stem, even_out(pixels, rng), boxes)

    for photo in photos:
        pixels = images.decode(photo.path.read_bytes())
        boxes = with_unmarked(pixels, photo.boxes, base)
        unmarked += len(boxes) - len(photo.boxes)
        if len(boxes) == 1:
            alone.append(dataclasses.replace(photo, boxes=boxes))
            continue
        groups += 1
        for copy in ("", "-again"):
            add(photo.path.stem + copy, pixels, boxes)
    say(f"{groups:,} photos of several dogs; {unmarked:,} dogs were not marked")
    for index in rng.permutation(len(alone))[:singles]:
        photo = alone[index]
        add(photo.path.stem, images.decode(photo.path.read_bytes()), photo.boxes)
    for index in rng.permutation(len(alone))[:singles]:
        photo = alone[index]
        pixels, box = close_up(images.decode(photo.path.read_bytes()), photo.boxes[0], rng)
        add(f"{photo.path.stem}-near", pixels, [box])
    without = data.without("train")
    for number, photo in enumerate(without):
        for part, pixels in enumerate(_parts(images.decode(photo.path.read_bytes()), photo, rng)):
            add(f"without-{number}-{part}", pixels, ())
    say(f"making {scenes:,} photos of several dogs")
    for number, scene in enumerate(make_scenes(alone, without, scenes, seed, [p for p in without if p.boxes])):
        add(f"scene-{number}", scene.pixels, scene.boxes)
    for photo in data.annotated("train")[:: VALIDATION_EVERY * 2]:
        target.add("val", photo.path.stem, images.decode(photo.path.read_bytes()), photo.boxes)
    return target


def even_out(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A photo at about the resolution of all others, and half of the time sharpened.

    The photos of dogs are smaller than those without. Enlarged to the network's input they are softer, and a network
    takes that for what makes a dog: it then misses the dogs in sharp photos.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, (rng.uniform(*PIXELS_KEPT) / (height * width)) ** 0.5)
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        soft = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.7, 1.6))
        amount = rng.uniform(0.5, 2.0)
        pixels = cv2.addWeighted(pixels, 1 + amount, soft, -amount, 0)
    return pixels


def close_up(pixels: np.ndarray, box: Box, rng: np.random.Generator) -> tuple[np.ndarray, Box]:
    """A part of a photo that the dog fills, and often leaves: the head alone, or all but the legs.

    Args:
        pixels: uint8 (height, width, 3).
        box: the dog, as fractions.

    Returns:
        uint8 (height, width, 3), and the box of what is left of the dog, as fractions of it.
    """
    height, width = pixels.shape[:2]
    keep_width, keep_height = box.width * rng.uniform(0.55, 1.1), box.height * rng.uniform(0.5, 1.1)
    x1 = box.x1 + (box.width - keep_width) * rng.uniform(0, 1)
    y1 = box.y1 + (box.height - keep_height) * rng.uniform(0, 0.6)  # the head is mostly above
    window = Box(x1, y1, x1 + keep_width, y1 + keep_height).clipped((1, 1))
    inside = Box(
        (box.x1 - window.x1) / window.width,
        (box.y1 - window.y1) / window.height,
        (box.x2 - window.x1) / window.width,
        (box.y2 - window.y1) / window.height,
    )
    return images.crop(pixels, window.scaled(width, height)), inside.clipped((1, 1))


def _parts(pixels: np.ndarray, photo: AnnotatedPhoto, rng: np.random.Generator) -> Iterator[np.ndarray]:
    height, width = pixels.shape[:2]
    yield pixels
    for _ in range(4):
        part_height, part_width = int(height * rng.uniform(0.45, 1)), int(width * rng.uniform(0.45, 1))
        top, left = rng.integers(0, height - part_height + 1), rng.integers(0, width - part_width + 1)
        yield np.ascontiguousarray(pixels[top : top + part_height, left : left + part_width])
    for box in photo.boxes[:4]:
        if min(box.width * width, box.height * height) >= 60:
            yield images.crop(pixels, box.grown(rng.uniform(0.05, 0.5)).clipped((1, 1)).scaled(width, height))


@dataclass(frozen=True)
class MeasuredSets:
    """What a detector found in each set of photos, see `measure_sets`."""

    single: list[Found]
    groups: list[Found]
    scenes: list[Found]
    without: list[Found]

    def at(self, min_confidence: float) -> dict[str, object]:
        """The figures for a card."""
        rows: dict[str, object] = {
            name: figures(getattr(self, name), min_confidence).rounded() for name in ("single", "groups", "scenes")
        }
        alarms = {"photos": len(self.without), "false_alarms": round(false_alarms(self.without, min_confidence), 4)}
        return {"min_confidence": min_confidence} | rows | {"without": alarms}


def measure_sets(
    detector: Detector,
    dogs: Sequence[AnnotatedPhoto],
    without: Sequence[AnnotatedPhoto],
    singles: int,
    scenes: int,
    seed: int,
) -> MeasuredSets:
    """Runs a detector over photos of one dog, of several, made ones of 2 to 5, and photos without dogs.

    Args:
        dogs, without: photos that the detector was not trained on.
        singles: how many photos of one dog, at most.
        scenes: how many made photos.
    """
    rng = np.random.default_rng(seed)
    alone = [photo for photo in dogs if len(photo.boxes) == 1]
    picked = [alone[index] for index in sorted(rng.permutation(len(alone))[:singles])]
    made: Iterator[Scene] = make_scenes(alone, without, scenes, seed)

    def read(photos: Sequence[AnnotatedPhoto]) -> Iterator[tuple[np.ndarray, Sequence[Box]]]:
        return ((images.decode(photo.path.read_bytes()), photo.boxes) for photo in photos)

    return MeasuredSets(
        single=find_all(detector, read(picked)),
        groups=find_all(detector, read([photo for photo in dogs if len(photo.boxes) > 1])),
        scenes=find_all(detector, ((scene.pixels, scene.boxes) for scene in made)),
        without=find_all(detector, read([dataclasses.replace(photo, boxes=()) for photo in without])),
    )


def choose_confidence(found: MeasuredSets, most_false_alarms: float) -> float:
    """The confidence at which recall and exact count, over photos of one dog and of several, are best together.

    Args:
        most_false_alarms: part of the photos without dogs in which something may be found.

    Raises:
        SettingsError: no confidence keeps to that.
    """
    dogs = found.single + found.groups
    choices = []
    for value in np.arange(0.1, 0.9, 0.05).round(2).tolist():
        if false_alarms(found.without, value) <= most_false_alarms:
            at_value = figures(dogs, value)
            choices.append((at_value.exact_count + (at_value.recall or 0), value))
    if not choices:
        raise SettingsError(f"At no confidence are there {most_false_alarms:.0%} false alarms or fewer; train longer.")
    return max(choices)[1]
