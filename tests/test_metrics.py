"""The figures, against cases worked out by hand and sets whose truth is known."""

import numpy as np
import pytest

from vision.metrics import (
    Confusion,
    expected_calibration_error,
    fit_temperature,
    frequent_confusions,
    negative_log_likelihood,
    per_class_accuracy,
    softmax,
    top_k_accuracy,
    wilson_interval,
)


def test_top_k_counts_the_true_class_among_the_k_best():
    probabilities = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.1, 0.7, 0.2], [0.6, 0.1, 0.3]])
    labels = np.array([0, 1, 0, 1])
    assert [top_k_accuracy(probabilities, labels, k) for k in (1, 2, 3)] == [0.25, 0.5, 1.0]
    assert top_k_accuracy(np.log(probabilities), labels, 2) == 0.5
    assert top_k_accuracy(probabilities, labels, 5) == 1.0


def test_top_k_counts_ties_as_a_person_sees_them():
    """Eight bits make ties frequent; the first of equal classes is shown, so it alone may count as the answer."""
    tied = np.array([[0.4, 0.4, 0.2], [0.4, 0.4, 0.2]])
    assert top_k_accuracy(tied, np.array([0, 1]), 1) == 0.5
    assert top_k_accuracy(tied, np.array([0, 1]), 2) == 1.0


@pytest.mark.parametrize("nothing", [1 / 4, float("nan")])
def test_a_network_that_says_nothing_is_right_by_chance_only(nothing: float):
    assert top_k_accuracy(np.full((4, 4), nothing), np.arange(4), 1) == 0.25


def test_calibration_error_is_zero_where_sureness_is_the_share_of_right_answers():
    sureness = np.repeat([0.6, 0.8, 1.0], 10)
    probabilities = np.stack([sureness, 1 - sureness], axis=1)
    wrong = [1] * 4 + [0] * 6 + [1] * 2 + [0] * 8 + [0] * 10
    assert expected_calibration_error(probabilities, np.array(wrong)) == pytest.approx(0, abs=1e-12)


def test_calibration_error_is_the_mean_gap_over_the_bins():
    probabilities = np.array([[0.95, 0.05]] * 10 + [[0.55, 0.45]] * 30)
    labels = np.array([1] * 5 + [0] * 5 + [0] * 30)
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.25 * 0.45 + 0.75 * 0.45)


def test_calibration_error_is_large_for_an_overconfident_network():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 20, (1000, 5))
    assert expected_calibration_error(softmax(logits), rng.integers(0, 5, 1000)) > 0.6


def drawn_from(logits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Labels that come as often as the probabilities of `logits` say."""
    return (rng.random((len(logits), 1)) > softmax(logits).cumsum(axis=1)).sum(axis=1)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5, 8.0])
def test_the_temperature_of_made_logits_is_found_again(temperature: float):
    rng = np.random.default_rng(1)
    honest = rng.normal(0, 2, (20_000, 6))
    labels = drawn_from(honest, rng)
    found = fit_temperature(honest * temperature, labels)
    assert found == pytest.approx(temperature, rel=0.05)
    assert expected_calibration_error(softmax(honest * temperature, found), labels) < 0.015


def test_the_temperature_of_huge_logits_is_found():
    """Where a wrong answer has a probability that floats call zero, better and worse must still differ."""
    logits = np.tile([[3000.0, 0.0]], (100, 1))
    labels = np.array([1] * 10 + [0] * 90)
    assert fit_temperature(logits, labels) == pytest.approx(20, rel=0.01)  # as hot as it goes
    assert negative_log_likelihood(logits, labels, 10) == pytest.approx(30)


def test_likelihood_is_that_of_the_definition():
    logits = np.array([[2.0, 1.0, -1.0], [0.0, 0.5, 3.0]])
    labels = np.array([0, 1])
    expected = -np.log(softmax(logits, 1.5)[[0, 1], labels]).mean()
    assert negative_log_likelihood(logits, labels, 1.5) == pytest.approx(expected)


def test_softmax_sums_to_one_and_keeps_the_order_of_float32_logits():
    logits = np.array([[1000.0, 999.0, -1000.0]], np.float32)
    assert softmax(logits).sum() == pytest.approx(1)
    assert softmax(logits)[0] == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1)), 0])


def test_per_class_accuracy_has_nothing_to_say_of_a_class_without_photos():
    assert per_class_accuracy(np.array([0, 1, 1]), np.array([0, 0, 1]), 3) == [0.5, 1.0, None]


def test_confusions_come_the_most_frequent_first():
    labels = np.array([0, 0, 0, 1, 1, 2, 2])
    answers = np.array([1, 1, 0, 2, 1, 0, 2])
    assert frequent_confusions(answers, labels) == [Confusion(0, 1, 2), Confusion(1, 2, 1), Confusion(2, 0, 1)]
    assert frequent_confusions(answers, labels, most=1) == [Confusion(0, 1, 2)]
    assert frequent_confusions(labels, labels) == []


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (12_000, 12_630, 0.94619, 0.95380)],
)
def test_wilson_interval_has_the_known_values(right: int, total: int, low: float, high: float):
    assert wilson_interval(right, total) == pytest.approx((low, high), abs=1e-4)


def test_nothing_is_known_from_no_photos():
    assert wilson_interval(0, 0) == (0.0, 1.0)
