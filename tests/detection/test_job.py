"""Making a detector: what it is trained on, what it is measured on, and the confidence that is chosen."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.detection.dogs_for_tests import AROUND, ellipse, ground, with_dog
from vision import images
from vision.detection.annotated import AnnotatedPhoto
from vision.detection.job import (
    PIXELS_KEPT,
    DetectorData,
    MeasuredSets,
    choose_confidence,
    close_up,
    even_out,
    is_held_out,
    measure_sets,
    write_training_folder,
)
from vision.detection.measure import Found
from vision.errors import SettingsError
from vision.predictions import Box, Detection

DOG_CLASS = 16
NAMES = [f"class {i}" for i in range(20)]
DOG = Box(0, 0, 100, 100)
PLACE = AROUND.scaled(200, 160)  # where the dogs of the drawn photos are, in pixels


class FindsTheDog:
    """Finds a dog in the middle of each photo, whatever it shows."""

    def __init__(self, confidence: float = 0.9) -> None:
        self._confidence = confidence

    def detect(self, photo: np.ndarray, min_confidence: float | None = None) -> list[Detection]:
        return [Detection(AROUND.scaled(photo.shape[1], photo.shape[0]), self._confidence)]


def photo(truths: tuple[Box, ...], *confidences: float) -> Found:
    """The first box lies on the dog, the others somewhere else."""
    boxes = [DOG, *(Box(200 * i, 200, 200 * i + 50, 250) for i in range(1, len(confidences)))]
    detections = [Detection(box, confidence) for box, confidence in zip(boxes, confidences, strict=False)]
    return Found(tuple(detections), truths)


@pytest.fixture
def data(tmp_path: Path) -> DetectorData:
    """Six photos of one dog, one of two, and five others: a cat, a Chihuahua, a dalmatian, a marked dog, a vase."""
    folder = tmp_path / "dogs" / "train" / "n02085620-Chihuahua"
    folder.mkdir(parents=True)
    boxes: dict[str, list[list[float]]] = {}
    names = [f"dog_{i}.jpg" for i in range(100) if not held(f"dog_{i}.jpg")]
    for i, name in enumerate(names[:7]):
        (folder / name).write_bytes(images.encode_jpeg(with_dog(ellipse()), quality=98))
        boxes[f"train/n02085620-Chihuahua/{name}"] = [list(AROUND.xyxy), [0, 0, 0.1, 0.1]][: 1 if i else 2]
    (tmp_path / "dogs" / "boxes.json").write_text(json.dumps(boxes))
    labels = {
        "a_cat": "15 0.5 0.5 0.6 0.8\n",
        "a_vase": "",
        "a_dog": "16 0.5 0.5 0.8 0.8\n",
        "n02085620_Chihuahua": None,
        "n02110341_dalmatian": None,
    }
    for kind in ("images", "labels"):
        (tmp_path / "others" / kind / "train").mkdir(parents=True)
    for stem, text in labels.items():
        pixels = with_dog(ellipse()) if stem == "a_cat" else ground(3)  # something that can be cut out
        (tmp_path / "others" / "images" / "train" / f"{stem}.jpg").write_bytes(images.encode_jpeg(pixels, quality=98))
        if text is not None:
            (tmp_path / "others" / "labels" / "train" / f"{stem}.txt").write_text(text)
    return DetectorData(tmp_path / "dogs", tmp_path / "others", DOG_CLASS)


@pytest.fixture
def one_thread() -> Iterator[None]:
    threads = cv2.getNumThreads()
    yield
    cv2.setNumThreads(threads)


def held(name: str) -> bool:
    return is_held_out(AnnotatedPhoto(Path("anywhere") / name, ()))


def test_one_photo_in_twenty_is_held_out_by_its_name_alone():
    names = [f"n02085620_{i}.jpg" for i in range(4000)]
    assert 150 < sum(map(held, names)) < 250
    for name in names[:50]:
        assert held(name) == is_held_out(AnnotatedPhoto(Path("/data/train/n02085620") / name, (DOG,)))


def test_photos_without_dogs_show_none_marked_or_named(data: DetectorData):
    assert [photo.path.stem for photo in data.without("train")] == ["a_cat", "a_vase"]


# The confidence


def sets(dogs: list[Found], without: list[Found]) -> MeasuredSets:
    return MeasuredSets(single=dogs, groups=[], scenes=[photo((), 0.85)], without=without)


def test_the_confidence_is_where_dogs_are_found_and_nothing_else():
    dogs = [photo((DOG,), 0.62, 0.38), photo((DOG,), 0.71, 0.24)]
    assert 0.38 < choose_confidence(sets(dogs, [photo(())]), 0.05) <= 0.62


def test_groups_count_as_well():
    found = MeasuredSets([photo((DOG,), 0.9)], [photo((DOG,), 0.9, 0.7)] * 3, [], [photo(())])
    assert choose_confidence(found, 0.05) > 0.7


@pytest.mark.parametrize(("most", "low", "high"), [(0.05, 0.58, 0.9), (0.1, 0.1, 0.3)])
def test_photos_without_dogs_set_a_limit(most: float, low: float, high: float):
    without = [photo((), 0.58)] + [photo(())] * 9
    assert low < choose_confidence(sets([photo((DOG,), 0.3)], without), most) <= high


def test_where_no_confidence_keeps_to_the_limit_it_is_said():
    with pytest.raises(SettingsError, match=r"At no confidence are there 5% false alarms or fewer; train longer\."):
        choose_confidence(sets([photo((DOG,), 0.9)], [photo((), 0.95)]), 0.05)


# Measuring


@pytest.mark.parametrize("singles", [2, 50])
def test_each_set_is_measured_on_its_photos(data: DetectorData, singles: int):
    without = data.without("train")
    assert without[0].boxes, "a photo with another thing in it"
    found = measure_sets(FindsTheDog(), data.annotated("train"), without, singles, 3, seed=0)
    sizes = [len(part) for part in (found.single, found.groups, found.scenes, found.without)]
    assert sizes == [min(singles, 6), 1, 3, 2]
    assert all(one.truths == (PLACE,) for one in found.single)
    assert len(found.groups[0].truths) == 2
    assert not any(one.truths for one in found.without)


def test_the_card_gets_the_figures_of_each_set(data: DetectorData):
    detector = FindsTheDog(0.6)
    found = measure_sets(detector, data.annotated("train"), data.without("train"), 4, 2, seed=0)
    rows = json.loads(json.dumps(found.at(0.5)))
    assert list(rows) == ["min_confidence", "single", "groups", "scenes", "without"]
    assert (rows["single"]["recall"], rows["single"]["exact_count"]) == (1, 1)
    assert (rows["groups"]["recall"], rows["groups"]["exact_count"]) == (0.5, 0)
    assert rows["without"] == {"photos": 2, "false_alarms": 1}
    assert found.at(0.7)["without"] == {"photos": 2, "false_alarms": 0}


def test_the_seed_decides_which_photos_are_measured(data: DetectorData):
    def measured(seed: int) -> MeasuredSets:
        return measure_sets(FindsTheDog(), data.annotated("train"), data.without("train"), 2, 2, seed)

    assert measured(1) == measured(1)
    assert measured(1).scenes != measured(2).scenes


# The training folder


@pytest.mark.parametrize("box", [AROUND, Box(0, 0, 1, 1), Box(0.5, 0.5, 0.56, 0.57), Box(0.7, -0.2, 1.3, 0.6)], ids=str)
def test_a_close_up_shows_part_of_the_dog_with_the_box_of_that_part(box: Box):
    rows, columns = np.mgrid[:160, :200].astype(np.uint8)
    places = np.stack([columns, rows, rows], axis=2)  # each pixel says where it comes from
    sizes = set()
    for seed in range(30):
        pixels, inside = close_up(places, box, np.random.default_rng(seed))
        height, width = pixels.shape[:2]
        left, top = map(float, pixels[0, 0, :2])
        np.testing.assert_array_equal(pixels, places[int(top) : int(top) + height, int(left) : int(left) + width])
        x1, y1, x2, y2 = inside.scaled(width, height).xyxy
        expected = box.scaled(200, 160).clipped((160, 200))
        window = Box(left, top, left + width, top + height)
        seen = Box(*np.clip(expected.xyxy, (window.x1, window.y1) * 2, (window.x2, window.y2) * 2))
        np.testing.assert_allclose((left + x1, top + y1, left + x2, top + y2), seen.xyxy, atol=1.01)
        assert inside == inside.clipped((1, 1)) and inside.width > 0.4 and inside.height > 0.4
        sizes.add((height, width))
    assert len(sizes) > 5


@pytest.mark.parametrize(("size_hw", "shrinks"), [((960, 1280), True), ((160, 200), False), ((2000, 300), True)])
def test_photos_are_brought_to_about_one_resolution_and_never_enlarged(size_hw: tuple[int, int], shrinks: bool):
    photo = np.random.default_rng(0).integers(0, 256, (*size_hw, 3), np.uint8)
    before = photo.copy()
    for seed in range(8):
        evened = even_out(photo, np.random.default_rng(seed))
        height, width = evened.shape[:2]
        assert evened.dtype == np.uint8
        assert width / height == pytest.approx(size_hw[1] / size_hw[0], rel=0.02)
        if shrinks:
            assert 0.97 * PIXELS_KEPT[0] <= height * width <= 1.03 * PIXELS_KEPT[1]
        else:
            assert (height, width) == size_hw
    np.testing.assert_array_equal(photo, before)


@pytest.mark.usefixtures("one_thread")
def test_the_training_folder_holds_groups_twice_and_what_shows_no_dog(data: DetectorData, tmp_path: Path):
    said: list[str] = []
    base = FindsTheDog()
    folder = write_training_folder(tmp_path / "yolo", data, base, NAMES, 4, 3, 0, said.append)
    labels = {path.stem: path.read_text().splitlines() for path in (folder.root / "labels" / "train").iterdir()}
    photos = {path.stem for path in (folder.root / "images" / "train").iterdir()}
    assert photos == set(labels)
    kinds = Counter(re.sub(r"[_\d]+", "", stem).strip("-") for stem in labels)
    # Without dogs: whole and four parts each, and the cat close up.
    assert kinds == {"dog": 1 + 3, "dog-again": 1, "dog-near": 3, "without": 2 * 5 + 1, "scene": 4}
    for stem, lines in labels.items():
        assert all(line.startswith(f"{DOG_CLASS} ") for line in lines)
        assert len(lines) == (0 if "without" in stem else 2 if "again" in stem else 1 if "near" in stem else len(lines))
    assert any("1 photos of several dogs; 0 dogs were not marked" in line for line in said)
    assert list((folder.root / "images" / "val").iterdir())


@pytest.mark.usefixtures("one_thread")
def test_no_photo_that_is_held_out_is_trained_on(data: DetectorData, tmp_path: Path):
    name = next(f"kept_{i}" for i in range(1000) if held(f"kept_{i}.jpg"))
    boxes_path = data.dogs / "boxes.json"
    boxes = json.loads(boxes_path.read_text())
    boxes[f"train/n02085620-Chihuahua/{name}.jpg"] = [list(AROUND.xyxy)]
    boxes_path.write_text(json.dumps(boxes))
    jpeg = images.encode_jpeg(with_dog(ellipse()))
    (data.dogs / "train" / "n02085620-Chihuahua" / f"{name}.jpg").write_bytes(jpeg)
    base = FindsTheDog()
    folder = write_training_folder(tmp_path / "yolo", data, base, NAMES, 1, 50, 0, lambda _: None)
    assert not [path for path in (folder.root / "images" / "train").iterdir() if name in path.name]
