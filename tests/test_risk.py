"""Risk, coverage and calibration error, each beside its definition in plain Python."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa_engine.risk import at_most, auroc, calibration_error, calibration_error_by_chance, risk_coverage

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


@given(JUDGED, st.fractions(0, 1, max_denominator=20), st.sampled_from([0.5, 0.9, 0.95]))
def test_a_sure_threshold_leaves_room_for_chance(
    pairs: list[tuple[float, bool]], most_wrong: Fraction, sure: float
) -> None:
    """The least at which so few wrong ones would hardly be seen if more than that share were wrong."""
    curve = risk_coverage(*columns(pairs))
    hardly = []
    for threshold in {confidence for confidence, _ in pairs}:
        shown = [right for confidence, right in pairs if confidence >= threshold]
        seen = binomial(shown.count(False), len(shown), most_wrong)
        assume(abs(seen - (1 - Fraction(sure))) > 1e-9)
        if seen <= 1 - Fraction(sure):
            hardly.append(threshold)
    assert curve.threshold_for(float(most_wrong), sure=sure) == (min(hardly) if hardly else None)


def binomial(k: int, n: int, share: Fraction) -> Fraction:
    """P(at most k of n), added up exactly."""
    return sum((math.comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k + 1)), Fraction(0))


@given(st.data(), st.integers(1, 400), st.fractions(0, 1, max_denominator=50))
def test_at_most_is_the_binomial_sum(data: st.DataObject, n: int, share: Fraction) -> None:
    k = data.draw(st.integers(0, n))
    assert at_most(k, n, float(share)) == pytest.approx(float(binomial(k, n, share)), abs=1e-9)


def test_the_promise_is_kept_nineteen_times_in_twenty() -> None:
    """Thresholds found on 400 questions, tried on what is true of all: without room for chance about half of
    them break their word, with it few."""
    generator = np.random.default_rng(7)
    broken = {None: 0, 0.95: 0}
    for _ in range(200):
        confidence = generator.uniform(0, 1, 400)
        right = generator.uniform(0, 1, 400) < confidence  # so that risk(t) = (1 - t) / 2
        curve = risk_coverage(confidence, right)
        for sure in broken:
            threshold = curve.threshold_for(0.2, sure=sure)
            broken[sure] += threshold is not None and (1 - threshold) / 2 > 0.2
    assert broken[None] > 80
    assert broken[0.95] <= 20


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


@pytest.mark.parametrize("size", [60, 1500])
def test_a_confidence_that_is_all_it_says_has_the_calibration_error_of_chance(size: int) -> None:
    """In the mean of many draws of which answers are right."""
    random = np.random.default_rng(size)
    confidence = random.beta(0.6, 0.6, size)
    drawn = [calibration_error(confidence, random.random(size) < confidence) for _ in range(400)]
    assert calibration_error_by_chance(confidence) == pytest.approx(np.mean(drawn), rel=0.05)
    assert calibration_error_by_chance(np.round(confidence)) == 0.0
    assert calibration_error_by_chance(confidence[:0]) == 0.0


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
