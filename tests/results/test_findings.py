"""What is found in answers, against cases worked out by hand and sets whose truth is known."""

import json

import numpy as np
import pytest

from tests.results.outcomes_for_tests import make_outcome
from vision import metrics
from vision.metrics import Confusion
from vision.results.doubtful_labels import DoubtfulLabel, find_doubtful_labels
from vision.results.findings import Findings, find


def certain(answers: list[int], sureness: float = 0.9, classes: int = 3) -> np.ndarray:
    """Rows that give `sureness` to an answer and share the rest among the others."""
    rows = np.full((len(answers), classes), (1 - sureness) / (classes - 1), np.float32)
    rows[np.arange(len(answers)), answers] = sureness
    return rows


def test_scores_carry_their_count_and_their_interval():
    truth = [0] * 5 + [1] * 5
    answers = [0] * 5 + [1] * 3 + [2] * 2
    top = find(make_outcome(certain(answers), truth)).score(1)
    assert top is not None
    assert (top.part, top.right, top.photos, top.share) == ("test", 8, 10, 0.8)
    assert (top.low, top.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_each_part_is_scored_by_itself_and_the_test_photos_count():
    outcome = make_outcome(certain([0, 1, 1, 1]), [0, 1, 2, 1], parts=["validation", "test", "test", "validation"])
    findings = find(outcome)
    assert findings.part == "test"
    assert findings.photos == 2
    assert [(s.part, s.rank, s.right, s.photos) for s in findings.scores if s.rank == 1] == [
        ("test", 1, 1, 2),
        ("validation", 1, 2, 2),
    ]
    assert findings.cells == (Confusion(1, 1, 1), Confusion(2, 1, 1))


def test_without_test_photos_the_validation_photos_count():
    findings = find(make_outcome(certain([0, 1]), [0, 1], parts=["validation"] * 2))
    assert (findings.part, findings.photos) == ("validation", 2)
    assert findings.score(1, "test") is None


def test_three_best_and_five_best_are_scored():
    rng = np.random.default_rng(0)
    probabilities = metrics.softmax(rng.normal(0, 1, (200, 8)))
    truth = rng.integers(0, 8, 200)
    findings = find(make_outcome(probabilities, truth.tolist()))
    for rank in (1, 3, 5):
        score = findings.score(rank)
        assert score is not None
        assert score.share == pytest.approx(metrics.top_k_accuracy(probabilities, truth, rank))
        assert score.right == round(score.share * 200)


def test_the_confusion_matrix_counts_every_photo_once():
    rng = np.random.default_rng(1)
    truth, answers = rng.integers(0, 3, 50), rng.integers(0, 3, 50)
    findings = find(make_outcome(certain(answers.tolist()), truth.tolist()))
    matrix = findings.confusion_matrix()
    assert matrix.sum() == 50
    for i in range(3):
        for j in range(3):
            assert matrix[i, j] == ((truth == i) & (answers == j)).sum()
    counts = [cell.count for cell in findings.confusions]
    assert counts == sorted(counts, reverse=True)
    assert all(cell.truth != cell.answer for cell in findings.confusions)


def test_a_class_without_photos_has_no_share():
    per_class = find(make_outcome(certain([0, 0, 1]), [0, 0, 0])).per_class
    assert [(score.right, score.photos, score.share) for score in per_class] == [
        (2, 3, 2 / 3),
        (0, 0, None),
        (0, 0, None),
    ]


def test_mistakes_come_the_surest_first():
    probabilities = np.concatenate([certain([1], 0.6), certain([1], 0.95), certain([0], 0.99), certain([2], 0.7)])
    findings = find(make_outcome(probabilities, [0, 0, 0, 1]))
    assert [case.row for case in findings.mistakes] == [1, 3, 0]
    first = findings.mistakes[0]
    assert (first.truth, first.answer, first.file) == (0, 1, "a/1.jpg")
    assert (first.probability, first.truth_probability) == pytest.approx((0.95, 0.025))
    assert findings.mistake_count == 3


def test_calibration_bins_hold_how_sure_and_how_right():
    probabilities = np.concatenate([certain([0] * 10, 0.95), certain([0] * 4, 0.5)])
    findings = find(make_outcome(probabilities, [0] * 9 + [1] + [0, 0, 1, 1]))
    low, high = findings.calibration
    assert (low.photos, low.share_right, high.photos, high.share_right) == (4, 0.5, 10, 0.9)
    assert (low.sureness, high.sureness) == pytest.approx((0.5, 0.95))
    assert low.low <= 0.5 <= low.high
    assert high.high == 1
    assert findings.calibration_error == pytest.approx(10 / 14 * 0.05, abs=1e-6)


def test_findings_survive_json():
    rng = np.random.default_rng(2)
    outcome = make_outcome(metrics.softmax(rng.normal(0, 2, (60, 4))), rng.integers(0, 4, 60).tolist())
    findings = find(outcome)
    assert Findings.from_json(json.loads(json.dumps(findings.to_json(), allow_nan=False))) == findings


def test_a_network_that_gives_no_numbers_is_right_by_chance_only():
    findings = find(make_outcome(np.full((4, 4), np.nan, np.float32), [0, 1, 2, 3]))
    score = findings.score(1)
    assert score is not None and score.share == 0.25
    json.dumps(findings.to_json(), allow_nan=False)


def test_swapped_labels_are_found_among_many_and_clear_photos_left_alone():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 5, 500)
    logits = rng.normal(0, 1, (500, 5))
    logits[np.arange(500), truth] += 8
    given = truth.copy()
    swapped = rng.choice(500, 15, replace=False)
    given[swapped] = (truth[swapped] + 1) % 5
    found = find_doubtful_labels(metrics.softmax(logits), given)
    assert {doubt.row for doubt in found} >= set(swapped.tolist())
    assert len(found) <= 20
    clear = [doubt for doubt in found if doubt.row in swapped]
    assert all(doubt.suggested == truth[doubt.row] for doubt in clear)


def test_doubts_follow_the_threshold_of_each_class():
    """Class 1 gets 0.6 on average and class 0 gets 0.8: 0.65 for class 1 is enough, 0.65 for class 0 is not."""
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.35, 0.65], [0.4, 0.6], [0.35, 0.65], [0.65, 0.35]])
    given = np.array([0, 0, 0, 1, 1, 1])
    thresholds = [np.mean([0.9, 0.9, 0.35]), np.mean([0.6, 0.65, 0.35])]
    assert thresholds == pytest.approx([0.7167, 0.5333], abs=1e-4)
    assert find_doubtful_labels(probabilities, given) == [DoubtfulLabel(2, 0, 1)]


def test_a_class_of_which_there_are_no_photos_is_never_suggested():
    assert find_doubtful_labels(certain([2, 0, 1]), np.array([0, 0, 1])) == []


def test_doubtful_labels_are_looked_for_in_both_parts():
    answers = [0] * 10 + [1] * 10
    given = [0] * 9 + [1] + [1] * 9 + [0]
    parts = ["test"] * 10 + ["validation"] * 10
    findings = find(make_outcome(certain(answers), given, parts=parts))
    assert {(case.row, case.part, case.truth, case.answer) for case in findings.doubtful_labels} == {
        (9, "test", 1, 0),
        (19, "validation", 0, 1),
    }
    assert findings.doubtful_count == 2
