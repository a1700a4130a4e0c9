"""Risk, coverage and calibration error, each beside its definition in plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.risk import auroc, calibration_error, risk_coverage

JUDGED = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.8, 0.99, 1.0]) | st.floats(0, 1), st.booleans()),
    max_size=40,
)


def columns(pairs: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([c for c, _ in pairs], dtype=np.float64), np.array([r for _, r in pairs], dtype=bool)


@given(JUDGED)
def test_the_curve_is_what_each_threshold_would_do(pairs: list[tuple[float, bool]]) -> None:
    """At every distinct confidence: the share answered at and above it, and the share of these wrong."""
    curve = risk_coverage(*columns(pairs))
    distinct = sorted({confidence for confidence, _ in pairs}, reverse=True)
    assert curve.thresholds.tolist() == distinct
    for number, threshold in enumerate(distinct):
        given_answers = [right for confidence, right in pairs if confidence >= threshold]
        assert curve.coverage[number] == pytest.approx(len(given_answers) / len(pairs))
        assert curve.risk[number] == pytest.approx(given_answers.count(False) / len(given_answers))


@given(JUDGED, st.floats(0, 1))
def test_a_threshold_keeps_its_promise_and_answers_as_much_as_it_can(
    pairs: list[tuple[float, bool]], most_wrong: float
) -> None:
    """At most so many are wrong at it; every lower one has more; None only where none has so few."""
    curve = risk_coverage(*columns(pairs))
    threshold = curve.threshold_for(most_wrong)
    wrong = dict(zip(curve.thresholds.tolist(), curve.risk.tolist(), strict=True))
    if threshold is None:
        assert all(risk > most_wrong for risk in wrong.values())
    else:
        assert wrong[threshold] <= most_wrong
        assert all(risk > most_wrong for t, risk in wrong.items() if t < threshold)


@given(st.integers(1, 30), st.integers(0, 30))
def test_the_area_of_a_perfect_confidence(right: int, wrong: int) -> None:
    """Right answers first: no risk until they are used up; a confidence that says nothing: the error rate."""
    pairs = [(0.9, True)] * right + [(0.1 - n / 1000, False) for n in range(wrong)]
    perfect = risk_coverage(*columns(pairs))
    expected = sum((n + 1) / (right + n + 1) for n in range(wrong)) / (right + wrong)
    assert perfect.area == pytest.approx(expected)
    blind = risk_coverage(*columns([(0.5, each) for _, each in pairs]))
    assert blind.area == pytest.approx(wrong / (right + wrong))


@given(JUDGED, st.integers(1, 20))
def test_the_calibration_error_is_the_definition(pairs: list[tuple[float, bool]], bins: int) -> None:
    """Mean distance of confidence and share right over the bins, each as heavy as it is full."""
    expected = 0.0
    for number in range(bins):
        inside = [(c, r) for c, r in pairs if min(int(c * bins), bins - 1) == number]
        expected += abs(sum(c for c, _ in inside) - sum(r for _, r in inside))
    assert calibration_error(*columns(pairs), bins=bins) == pytest.approx(expected / max(1, len(pairs)))


@given(JUDGED)
def test_auroc_counts_pairs(pairs: list[tuple[float, bool]]) -> None:
    """The share of pairs of a positive and a negative that stand the right way round, ties by half."""
    positives = [c for c, r in pairs if r]
    negatives = [c for c, r in pairs if not r]
    found = auroc(*columns(pairs))
    if not positives or not negatives:
        assert found is None
    else:
        wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
        assert found == pytest.approx(wins / (len(positives) * len(negatives)))
