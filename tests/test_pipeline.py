"""Photo -> crops -> predictions."""

import numpy as np
import pytest

from tests.models_for_tests import draw_square, write_squares_model
from vision import images
from vision.classifier import Classifier
from vision.errors import ImageError
from vision.pipeline import classify
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


@pytest.mark.parametrize("box", [Box(400, 10, 450, 60), Box(-90, -90, -10, -10), Box(50, 50, 50, 50)])
def test_a_box_outside_the_photo_is_refused(classifier: Classifier, street: tuple[np.ndarray, list[Box]], box: Box):
    with pytest.raises(ImageError, match="outside the photo"):
        classify(street[0], classifier, [box])


def test_the_photo_is_left_as_it_was(classifier: Classifier, street: tuple[np.ndarray, list[Box]]):
    photo, boxes = street
    before = photo.copy()
    classify(photo, classifier, boxes, margin=0.2)
    np.testing.assert_array_equal(photo, before)
