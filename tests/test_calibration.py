"""The comparison of windows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.calibration import Calibration, pooled
from qa_engine.errors import ModelCorrupt

BM25 = st.one_of(st.floats(-5, 0), st.floats(0.01, 60))
WINDOWS = st.lists(st.tuples(st.floats(-40, 40), BM25, st.floats(0, 30)), max_size=30)
Windows = list[tuple[float, float, float]]
CALIBRATIONS = st.builds(
    Calibration,
    reader=st.floats(0.01, 3),
    retrieval=st.floats(0, 10),
    topic=st.floats(0, 8),
    prominence=st.floats(-1, 5),
    nothing=st.floats(-10, 20),
)


def columns(windows: Windows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    scores, bm25, prominences = np.array(windows, dtype=np.float64).reshape(-1, 3).T
    return scores, bm25, prominences


@given(CALIBRATIONS, WINDOWS)
def test_probabilities_are_those_of_the_formula(calibration: Calibration, windows: Windows) -> None:
    """They lie between 0 and 1, are 1 with "no answer", and are the docstring's formula, in plain Python."""
    probabilities, nothing = calibration.probabilities(*columns(windows))
    assert probabilities.shape == (len(windows),)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert math.fsum([*probabilities, nothing]) == pytest.approx(1)
    largest = max((bm25 for _, bm25, _ in windows), default=0.0)
    weights = [
        math.exp(
            calibration.reader * score
            + calibration.retrieval * (bm25 / largest if largest > 0 else 0)
            + calibration.topic * min(max(bm25, 0), 1)
            + calibration.prominence * min(prominence, 10) / 10
        )
        for score, bm25, prominence in windows
    ]
    total = math.fsum([*weights, math.exp(calibration.nothing)])
    assert probabilities.tolist() == pytest.approx([weight / total for weight in weights])


@given(CALIBRATIONS, WINDOWS.filter(bool), st.integers(0, 30), st.floats(-5, 5))
def test_what_is_not_read_competes(
    calibration: Calibration, windows: Windows, read: int, unread: float
) -> None:
    """As so many windows whose score the weight stands for; without the weight as if there were none."""
    scores, bm25, prominences = columns(windows)
    first, rest = slice(None, read), slice(read, None)
    part = scores[first], bm25[first], prominences[first]
    there, left = replace(calibration, unread=unread).probabilities(*part, bm25[rest])
    as_read = np.where(np.arange(len(windows)) < read, scores, unread / calibration.reader)
    whole, nothing = calibration.probabilities(
        as_read, bm25, np.where(np.arange(len(windows)) < read, prominences, 0)
    )
    assert there.tolist() == pytest.approx(whole[first].tolist())
    assert left == pytest.approx(nothing + whole[rest].sum())
    largest = bm25[first].max(initial=0.0) == max(bm25.max(), 0.0)  # what is not read may be the best found
    if largest:
        silent, _ = calibration.probabilities(*part, bm25[rest])
        assert silent.tolist() == pytest.approx(calibration.probabilities(*part)[0].tolist())
        assert (there <= silent + 1e-12).all()


@given(CALIBRATIONS, WINDOWS.filter(bool), st.data())
def test_a_better_score_never_lowers_its_probability(
    calibration: Calibration, windows: Windows, data: st.DataObject
) -> None:
    """Raising one window's score raises its P (or leaves it at a bound), and lowers no-answer's."""
    number = data.draw(st.integers(0, len(windows) - 1))
    scores, bm25, prominences = columns(windows)
    before, nothing_before = calibration.probabilities(scores, bm25, prominences)
    raised = scores.copy()
    raised[number] += data.draw(st.floats(0.1, 20))
    after, nothing_after = calibration.probabilities(raised, bm25, prominences)
    assert after[number] >= before[number] - 1e-12
    assert nothing_after <= nothing_before + 1e-12


@given(CALIBRATIONS, WINDOWS, st.randoms())
def test_the_order_of_windows_says_nothing(
    calibration: Calibration, windows: Windows, random: object
) -> None:
    """P belongs to the window, wherever it stands in the list."""
    order = np.arange(len(windows))
    random.shuffle(order)  # type: ignore[attr-defined]
    scores, bm25, prominences = columns(windows)
    straight, nothing = calibration.probabilities(scores, bm25, prominences)
    shuffled, nothing_shuffled = calibration.probabilities(scores[order], bm25[order], prominences[order])
    assert shuffled.tolist() == pytest.approx(straight[order].tolist())
    assert nothing_shuffled == pytest.approx(nothing)


@given(CALIBRATIONS, WINDOWS.filter(bool), st.floats(0.01, 1000))
def test_bm25_counts_relative_to_the_best(calibration: Calibration, windows: Windows, factor: float) -> None:
    """Without a weight for the topic a common factor changes nothing."""
    calibration = replace(calibration, topic=0.0)
    scores, bm25, prominences = columns(windows)
    plain, _ = calibration.probabilities(scores, bm25, prominences)
    scaled, _ = calibration.probabilities(scores, bm25 * factor, prominences)
    assert scaled.tolist() == pytest.approx(plain.tolist())


@pytest.mark.parametrize("bm25", [[0.0, 0.0], [-0.3, -1.2]])
def test_a_tiny_store_has_no_bm25_to_speak_of(bm25: list[float]) -> None:
    """In a store of a passage or two every idf is zero or negative: the reader's score decides alone."""
    calibration = Calibration()
    scores = np.array([1.0, 5.0])
    silent = calibration.utilities(scores, np.array(bm25), np.ones(2))
    assert silent.tolist() == pytest.approx((calibration.reader * scores).tolist())


def test_huge_scores_do_not_overflow() -> None:
    """The largest utility is taken out before exp."""
    scores = np.array([1e4, -1e4])
    probabilities, nothing = Calibration(reader=1.0).probabilities(scores, np.zeros(2), np.ones(2))
    assert probabilities.tolist() == [1.0, 0.0]
    assert nothing == 0.0


def test_no_windows_is_no_answer() -> None:
    """With nothing to choose from, "no answer" is certain."""
    probabilities, nothing = Calibration().probabilities(np.zeros(0), np.zeros(0), np.zeros(0))
    assert probabilities.tolist() == []
    assert nothing == 1.0


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["25", "30", "nine", ""]))))
def test_the_same_answers_share_their_probability(pairs: list[tuple[float, str]]) -> None:
    """Each window's answer has the sum of all windows that give it; an empty one keeps its own."""
    found = pooled(np.array([p for p, _ in pairs]), [text for _, text in pairs])
    expected = [math.fsum(p for p, other in pairs if other == text) if text else own for own, text in pairs]
    assert found.tolist() == pytest.approx(expected)


PROBABILITIES = st.floats(0, 1)
SCALINGS = st.builds(Calibration, slope=st.floats(0.1, 5), shift=st.floats(-5, 5))


@given(SCALINGS, st.floats(1e-6, 1 - 1e-6))
def test_confidence_is_scaled_as_platt_does(scaling: Calibration, p: float) -> None:
    """The docstring's formula, and nothing at all by default."""
    expected = 1 / (1 + math.exp(-scaling.slope * math.log(p / (1 - p)) - scaling.shift))
    assert float(scaling.confidence(np.array(p))) == pytest.approx(expected)
    assert float(Calibration().confidence(np.array(p))) == pytest.approx(p)


@given(SCALINGS, PROBABILITIES, PROBABILITIES)
def test_scaling_keeps_the_order(scaling: Calibration, p: float, q: float) -> None:
    """What is likelier stays at least as sure, certain stays certain, and impossible impossible."""
    low, high = scaling.confidence(np.sort([p, q])).tolist()
    assert 0 <= low <= high + 1e-12 <= 1 + 1e-12
    assert scaling.confidence(np.array([0.0, 1.0])).tolist() == [0.0, 1.0]


def test_from_a_manifest() -> None:
    """What is given is taken, what is not is the default, what is unknown is passed over."""
    assert Calibration.from_json(None) == Calibration.from_json({}) == Calibration()
    found = Calibration.from_json({"reader": 1, "threshold": 0.5, "fitted_on": "rows of spring"})
    assert found == Calibration(reader=1.0, threshold=0.5)


@pytest.mark.parametrize(
    "value", ["0.3", None, True, [0.3], math.nan, math.inf, 10**400], ids=lambda value: repr(value)[:9]
)
def test_a_manifest_without_numbers_is_corrupt(value: object) -> None:
    """What is no finite number would make every confidence nonsense in silence."""
    with pytest.raises(ModelCorrupt, match="expected numbers"):
        Calibration.from_json({"threshold": value})


def test_a_slope_that_turns_the_order_round_is_corrupt() -> None:
    """The less likely answer would be the surer one."""
    with pytest.raises(ModelCorrupt, match="slope above 0"):
        Calibration.from_json({"slope": 0.0})
