"""Photo -> crops -> predictions."""

import numpy as np
import pytest

from tests.models_for_tests import COLOURS, draw_square, write_squares_model
from vision import images
from vision.classifier import Classifier
from vision.errors import ImageError
from vision.pipeline import classify, part_in
from vision.predictions import Box


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    return Classifier.load(write_squares_model(tmp_path_factory.mktemp("models") / "squares"))


@pytest.fixture
def street() -> tuple[np.ndarray, list[Box]]:
    """A grey photo with a green, a red and a blue square, and their boxes."""
    photo = np.full((200, 300, 3), 120, np.uint8)
    boxes = []
    for label, (left, top) in ((1, (20, 30)), (0, (120, 90)), (2, (236, 136))):
        photo[top : top + 64, left : left + 64] = draw_square(label, 5, (64, 64))
        boxes.append(Box(left, top, left + 64, top + 64))
    return photo, boxes


def test_each_box_gets_its_answer_in_its_order(classifier: Classifier, street: tuple[np.ndarray, list[Box]]):
    photo, boxes = street
    predictions = classify(photo, classifier, boxes)
    assert [prediction.best.label for prediction in predictions] == ["Green", "Red", "Blue"]
    assert [prediction.box for prediction in predictions] == boxes
    assert [p.best.label for p in classify(photo, classifier, boxes[::-1])] == ["Blue", "Red", "Green"]


def test_without_boxes_the_whole_photo_is_classified(classifier: Classifier):
    (prediction,) = classify(draw_square(2, 1, (90, 120)), classifier)
    assert prediction.box is None
    assert prediction.best.label == "Blue"


def test_the_margin_widens_what_is_seen_but_not_the_box(classifier: Classifier):
    photo = np.zeros((100, 100, 3), np.uint8)
    photo[25:75, 25:75] = draw_square(0, 2, (50, 50))
    box = Box(40, 40, 60, 60)
    (wide,) = classify(photo, classifier, [box], margin=0.75)
    seen = images.crop(photo, Box(25, 25, 75, 75))
    np.testing.assert_allclose([s.probability for s in wide.scores], np.sort(classifier.probabilities(seen))[::-1])
    assert wide.box == box


def test_a_long_box_is_seen_undistorted(classifier: Classifier):
    photo = np.zeros((100, 100, 3), np.uint8)
    photo[20:80, 20:80] = draw_square(1, 2, (60, 60))
    (prediction,) = classify(photo, classifier, [Box(20, 40, 80, 60)])
    seen = images.crop(photo, Box(20, 20, 80, 80))
    assert prediction.best.probability == pytest.approx(classifier.probabilities(seen).max())


def test_a_box_at_the_edge_may_leave_the_photo(classifier: Classifier, street: tuple[np.ndarray, list[Box]]):
    (prediction,) = classify(street[0], classifier, [Box(236, 136, 310, 210)], margin=0.1)
    assert prediction.best.label == "Blue"


@pytest.mark.parametrize(
    ("box", "margin", "part"),
    [
        (Box(20, 30, 84, 94), 0.0, (20, 30, 84, 94)),
        (Box(20, 30, 84, 94), 0.25, (4, 14, 100, 110)),
        (Box(0, 40, 40, 60), 0.0, (0, 30, 40, 70)),
        (Box(10, 0, 50, 20), 0.0, (10, 0, 50, 40)),  # moved into the photo, not past its edge
        (Box(250, 180, 300, 200), 0.0, (250, 150, 300, 200)),
        (Box(236, 136, 310, 210), 0.0, (226, 126, 300, 200)),
        (Box(20, 80, 280, 120), 0.0, (50, 0, 250, 200)),  # no more than the shorter side
        (Box(0, 0, 300, 200), 0.5, (50, 0, 250, 200)),
    ],
)
def test_a_square_of_the_photo_itself_is_looked_at(box: Box, margin: float, part: tuple[int, int, int, int]):
    """No pixel is made up: each one here says where it comes from."""
    places = np.indices((200, 300)).transpose(1, 2, 0)
    photo = np.concatenate([places % 256, places[..., 1:] // 256], axis=2).astype(np.uint8)
    x1, y1, x2, y2 = part
    np.testing.assert_array_equal(part_in(photo, box, margin), photo[y1:y2, x1:x2])


def test_what_is_looked_at_is_square_within_a_pixel():
    photo = np.zeros((97, 143, 3), np.uint8)
    rng = np.random.default_rng(0)
    for _ in range(300):
        (x1, x2), (y1, y2) = np.sort(rng.uniform(0, 143, 2)), np.sort(rng.uniform(0, 97, 2))
        height, width, _ = part_in(photo, Box(x1, y1, x2 + 2, y2 + 2), rng.choice([0, 0.1, 0.5])).shape
        assert abs(height - width) <= 1
        assert height <= 97 and width <= 98


@pytest.mark.parametrize("size_hw", [(20, 30000), (30000, 20)])
def test_in_a_long_panorama_a_square_of_its_height_is_looked_at(size_hw: tuple[int, int]):
    photo = np.zeros((*size_hw, 3), np.uint8)
    box = Box(0.4, 0.2, 0.6, 1).scaled(size_hw[1], size_hw[0])
    assert part_in(photo, box, 0.1).shape == (20, 20, 3)


def test_a_dog_of_twelve_pixels_and_forty_of_them_each_get_an_answer(classifier: Classifier):
    photo = np.full((200, 300, 3), 120, np.uint8)
    boxes = [Box(25 * (i % 10), 40 * (i // 10), 25 * (i % 10) + 12, 40 * (i // 10) + 12) for i in range(40)]
    for i, box in enumerate(boxes):
        x1, y1, x2, y2 = map(int, box.xyxy)
        photo[y1:y2, x1:x2] = (COLOURS[i % 3],)
    predictions = classify(photo, classifier, boxes, margin=0.1)
    assert [prediction.best.index for prediction in predictions] == [i % 3 for i in range(40)]


@pytest.mark.parametrize("box", [Box(400, 10, 450, 60), Box(-90, -90, -10, -10), Box(50, 50, 50, 50)])
def test_a_box_outside_the_photo_is_refused(classifier: Classifier, street: tuple[np.ndarray, list[Box]], box: Box):
    with pytest.raises(ImageError, match="outside the photo"):
        classify(street[0], classifier, [box])


def test_the_photo_is_left_as_it_was(classifier: Classifier, street: tuple[np.ndarray, list[Box]]):
    photo, boxes = street
    before = photo.copy()
    classify(photo, classifier, boxes, margin=0.2)
    np.testing.assert_array_equal(photo, before)
