"""Fitting a calibration: the weights that made the data are found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qa_engine.calibration import Calibration
from qa_engine.fitting import FOLDS, LEAST_SLOPE, Choice, fit, fit_scaling, fit_weights, outcomes, with_risk
from qa_engine.risk import calibration_error

TRUE = Calibration(reader=0.7, retrieval=3.0, topic=4.0, length=-1.5, nothing=4.0, threshold=0.4)


def drawn(count: int, seed: int, *, windows: int = 6) -> list[Choice]:
    """Questions whose right entry is drawn with the probabilities of `TRUE`; all answers differ."""
    generator = np.random.default_rng(seed)
    choices = []
    for _ in range(count):
        scores = generator.normal(0, 4, windows)
        bm25 = np.sort(generator.uniform(0.1, 1, windows))[::-1] * generator.uniform(0.1, 1)
        lengths = generator.integers(1, 150, windows).astype(np.float64)
        probabilities, nothing = TRUE.probabilities(scores, bm25, lengths)
        entry = generator.choice(windows + 1, p=np.append(probabilities, nothing))
        right = np.arange(windows) == entry
        choices.append(Choice(scores, bm25, lengths, tuple(map(str, range(windows))), right))
    return choices


def test_the_true_weights_are_found() -> None:
    """From a start elsewhere, and with them confidences that mean what they say."""
    start = Calibration(reader=0.2, retrieval=6.0, nothing=8.0, threshold=0.4)
    found = fit_weights(drawn(6000, 1), start)
    weights = (found.reader, found.retrieval, found.topic, found.length, found.nothing)
    assert weights == pytest.approx((0.7, 3.0, 4.0, -1.5, 4.0), rel=0.15)
    fresh = drawn(3000, 2)
    assert calibration_error(*outcomes(fresh, found)) < 0.03 < calibration_error(*outcomes(fresh, start))
    assert found.threshold == start.threshold


def test_few_questions_say_little() -> None:
    """A handful leaves the weights near where they were; none at all is refused."""
    moved = [abs(fit_weights(drawn(3, seed), TRUE).retrieval - TRUE.retrieval) for seed in range(9)]
    assert max(moved) < 3
    with pytest.raises(ValueError, match="no question"):
        fit([], TRUE, most_wrong=0.2)


def test_thresholds_keep_their_share_of_wrong_answers() -> None:
    """Each measured pair does what it says on the questions that it was measured on, and the default is
    the one for the share that was asked for."""
    choices = drawn(800, 4)
    confidence, right = outcomes(choices, TRUE)
    known = with_risk(TRUE, confidence, right, most_wrong=0.2)
    assert dict(known.risk).keys() >= {0.2, 0.3, 0.5}
    for share, threshold in known.risk:
        # Rounding to four digits may let an answer in or out at the edge.
        assert 1 - right[confidence >= threshold + 1e-4].mean() <= share + 0.01
    assert known.threshold == dict(known.risk)[0.2] == known.threshold_for(0.2) == known.threshold_for(0.24)


def test_an_answer_that_several_windows_give_is_surer() -> None:
    """The outcome of a question is its most probable answer, not its most probable window."""
    scores, bm25, lengths = np.array([3.0, 2.8, 2.8]), np.zeros(3), np.ones(3)
    calibration = Calibration(reader=1.0, retrieval=0.0, nothing=0.0)
    apart = Choice(scores, bm25, lengths, ("a", "b", "c"), np.array([True, False, False]))
    together = Choice(scores, bm25, lengths, ("a", "b", "b"), np.array([False, True, True]))
    confidence, right = outcomes([apart, together], calibration)
    assert right.tolist() == [True, True]
    assert confidence[1] > confidence[0]


def test_a_question_without_a_window_has_no_confidence() -> None:
    """Nothing was found for it: 0, and not right."""
    nothing = Choice(np.zeros(0), np.zeros(0), np.zeros(0), (), np.zeros(0, dtype=bool))
    confidence, right = outcomes([nothing], TRUE)
    assert (confidence.tolist(), right.tolist()) == ([0.0], [False])


def test_no_question_judges_itself() -> None:
    """Each fold is judged by what was fitted to the others: where labels of one fold change, its confidences
    stay."""
    choices = drawn(50, 6)
    confidence = fit(choices, TRUE, most_wrong=0.2).confidence
    fold = range(7 % FOLDS, len(choices), FOLDS)
    flipped = [replace(each, right=~each.right) if n in fold else each for n, each in enumerate(choices)]
    unscaled = [
        fit_weights([each for n, each in enumerate(c) if n not in fold], TRUE) for c in (choices, flipped)
    ]
    assert unscaled[0] == unscaled[1]
    again = fit(flipped, TRUE, most_wrong=0.2).confidence
    others = np.setdiff1d(np.arange(50), fold)
    assert (again[others] != confidence[others]).any()


@pytest.mark.parametrize(("slope", "shift"), [(0.6, 0.4), (1.0, 0.0), (1.5, -0.7)])
def test_the_true_scaling_is_found(slope: float, shift: float) -> None:
    """Outcomes drawn with scaled probabilities give the scaling back."""
    generator = np.random.default_rng(8)
    plain = generator.beta(0.8, 0.8, 20_000)
    scaled = replace(TRUE, slope=slope, shift=shift).confidence(plain)
    found = fit_scaling(plain, generator.random(len(plain)) < scaled, TRUE)
    assert (found.slope, found.shift) == pytest.approx((slope, shift), abs=0.06)
    assert replace(found, slope=1.0, shift=0.0) == TRUE


def test_a_scaling_of_few_questions_keeps_their_order() -> None:
    """Three that came out the wrong way round, or all the same, and none at all."""
    wrong_way = fit_scaling(np.array([0.01, 0.5, 0.99]), np.array([True, True, False]), TRUE)
    assert wrong_way.slope >= LEAST_SLOPE
    always = fit_scaling(np.array([0.2, 0.9, 1.0, 0.0]), np.ones(4, dtype=bool), TRUE)
    assert 0 < always.shift < 2
    assert fit_scaling(np.zeros(0), np.zeros(0, dtype=bool), TRUE) == TRUE


def test_scaling_makes_up_for_answers_in_other_words() -> None:
    """Two windows are always right together and say it differently: the best one's probability is half of
    what it ought to be, and after fitting the confidence is what it should be."""
    generator = np.random.default_rng(9)
    choices = []
    for number in range(1500):
        good = bool(generator.random() < 0.8)
        scores = np.array([4.0, 4.0]) + generator.normal(0, 0.1, 2)
        choices.append(
            Choice(scores, np.ones(2), np.ones(2), (f"a {number}", f"the a {number}"), np.full(2, good))
        )
    fitted = fit(choices, TRUE, most_wrong=0.3)
    assert fit_weights(choices, TRUE).slope == 1.0
    confidence, right = outcomes(choices, fitted.calibration)
    assert confidence.mean() == pytest.approx(right.mean(), abs=0.03)
    unscaled, _ = outcomes(choices, replace(fitted.calibration, slope=1.0, shift=0.0))
    assert unscaled.mean() < 0.6
