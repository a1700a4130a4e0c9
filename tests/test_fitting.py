"""Fitting a calibration: the weights that made the data are found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qa_engine.calibration import Calibration, Floats
from qa_engine.fitting import (
    DEALING,
    FOLDS,
    LEAST_SLOPE,
    Choice,
    fit,
    fit_scaling,
    fit_unread,
    fit_weights,
    given_apart,
    outcomes,
    with_risk,
)
from qa_engine.reader import WINDOWS_AT_ONCE
from qa_engine.risk import Booleans, calibration_error

TRUE = Calibration(reader=0.7, retrieval=3.0, topic=4.0, prominence=1.5, nothing=4.0, threshold=0.4)


def drawn(count: int, seed: int, *, windows: int = 6) -> list[Choice]:
    """Questions whose right entry is drawn with the probabilities of `TRUE`; all answers differ."""
    generator = np.random.default_rng(seed)
    choices = []
    for _ in range(count):
        scores = generator.normal(0, 4, windows)
        bm25 = np.sort(generator.uniform(0.1, 1, windows))[::-1] * generator.uniform(0.1, 1)
        prominences = generator.uniform(0, 15, windows)
        probabilities, nothing = TRUE.probabilities(scores, bm25, prominences)
        entry = generator.choice(windows + 1, p=np.append(probabilities, nothing))
        right = np.arange(windows) == entry
        choices.append(Choice(scores, bm25, prominences, tuple(map(str, range(windows))), right))
    return choices


def test_the_true_weights_are_found() -> None:
    """From a start elsewhere, and with them confidences that mean what they say."""
    start = Calibration(reader=0.2, retrieval=6.0, nothing=8.0, threshold=0.4)
    found = fit_weights(drawn(6000, 1), start)
    weights = (found.reader, found.retrieval, found.topic, found.prominence, found.nothing)
    assert weights == pytest.approx((0.7, 3.0, 4.0, 1.5, 4.0), rel=0.15)
    fresh = drawn(3000, 2)
    assert calibration_error(*outcomes(fresh, found)) < 0.03 < calibration_error(*outcomes(fresh, start))
    assert found.threshold == start.threshold


def in_part(choices: list[Choice], calibration: Calibration) -> tuple[Floats, Booleans]:
    """The outcomes where only the first windows of each are read: of its best answer."""
    confidence, right = [], []
    for each in choices:
        read, rest = slice(None, WINDOWS_AT_ONCE), slice(WINDOWS_AT_ONCE, None)
        found, _ = calibration.probabilities(
            each.scores[read], each.found[read], each.prominences[read], each.found[rest]
        )
        confidence.append(found.max())
        right.append(each.right[found.argmax()])
    return calibration.confidence(np.array(confidence)), np.array(right)


def test_who_reads_a_part_is_as_sure_as_it_is_often_right() -> None:
    """With what is not read left out it would be surer than that."""
    choices, fresh = drawn(2000, 11, windows=20), drawn(2000, 12, windows=20)
    fitted = fit_unread(choices, TRUE)
    assert fitted.unread is not None
    assert calibration_error(*in_part(fresh, fitted)) < 0.05 < calibration_error(*in_part(fresh, TRUE))
    assert fit_unread(drawn(5, 13, windows=WINDOWS_AT_ONCE), TRUE) == TRUE  # all of each are read


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
        assert (~right[confidence >= threshold]).mean() <= share
    assert known.threshold == dict(known.risk)[0.2] == known.threshold_for(0.2) == known.threshold_for(0.24)


def test_the_share_that_is_shown_is_near_the_true_one() -> None:
    """Over many draws: of other answers as many are wrong as `given_apart` shows, and more than the outcomes
    show by which the threshold was chosen."""
    generator = np.random.default_rng(7)
    shown, seen, true = np.zeros(2), np.zeros(2), np.zeros(2)  # wrong, given
    for _ in range(300):
        confidence = generator.random(100)
        right = generator.random(100) < confidence
        threshold = with_risk(TRUE, confidence, right, most_wrong=0.1).threshold
        given = given_apart(TRUE, confidence, right, most_wrong=0.1)
        shown += (given & ~right).sum(), given.sum()
        seen += ((confidence >= threshold) & ~right).sum(), (confidence >= threshold).sum()
        true += (1 - threshold) ** 2 / 2, 1 - threshold  # of any that are evenly sure from 0 to 1
    assert shown[0] / shown[1] == pytest.approx(true[0] / true[1], abs=0.01)
    assert seen[0] / seen[1] < true[0] / true[1] - 0.03


def test_an_answer_that_several_windows_give_is_surer() -> None:
    """The outcome of a question is its most probable answer, not its most probable window."""
    scores, bm25, prominences = np.array([3.0, 2.8, 2.8]), np.zeros(3), np.ones(3)
    calibration = Calibration(reader=1.0, retrieval=0.0, nothing=0.0)
    apart = Choice(scores, bm25, prominences, ("a", "b", "c"), np.array([True, False, False]))
    together = Choice(scores, bm25, prominences, ("a", "b", "b"), np.array([False, True, True]))
    confidence, right = outcomes([apart, together], calibration)
    assert right.tolist() == [True, True]
    assert confidence[1] > confidence[0]


def test_the_order_of_the_questions_decides_nothing() -> None:
    """Where every fifth has no answer, as people write it, no fold has all of these: what is shown of others'
    questions is as true as where they are shuffled."""
    with_answer = [each for each in drawn(900, 21) if each.right.any()][:240]
    without = [replace(each, right=np.zeros(6, bool)) for each in drawn(60, 22)]
    every_fifth = [each for n in range(60) for each in (*with_answer[4 * n : 4 * n + 4], without[n])]
    generator = np.random.default_rng(23)
    shuffled = [every_fifth[n] for n in generator.permutation(len(every_fifth))]
    errors = [
        calibration_error(found.confidence, found.right)
        for found in (fit(each, TRUE, most_wrong=0.2) for each in (every_fifth, shuffled))
    ]
    assert max(errors) < 0.1
    one, other = (fit(each, TRUE, most_wrong=0.2) for each in (with_answer, with_answer))
    assert one.confidence.tolist() == other.confidence.tolist()


def test_what_even_the_surest_break_lets_nothing_seen_pass() -> None:
    """One in ten may be wrong, and the surest answer of all was: none that was seen would be given."""
    confidence = np.array([0.97, 0.95, 0.93, 0.91, 0.5, 0.4])
    right = np.array([False, True, True, False, True, True])
    known = with_risk(TRUE, confidence, right, most_wrong=0.1)
    assert known.threshold == known.threshold_for(0.3) > 0.97
    assert (known.threshold_for(0.01), known.threshold_for(0.5)) == (0.99, 0.4)
    promised = with_risk(TRUE, confidence, right, most_wrong=0.1, sure=0.95)
    assert promised.threshold_for(0.1) == 0.9  # too few to promise anything: by the confidence


def test_a_question_without_a_window_has_no_confidence() -> None:
    """Nothing was found for it: 0, and not right."""
    nothing = Choice(np.zeros(0), np.zeros(0), np.zeros(0), (), np.zeros(0, dtype=bool))
    confidence, right = outcomes([nothing], TRUE)
    assert (confidence.tolist(), right.tolist()) == ([0.0], [False])


def test_no_question_judges_itself() -> None:
    """Each fold is judged by what was fitted to the others: where labels of one fold change, its confidences
    stay, to the last bit, and those of others do not."""
    choices = drawn(50, 6)
    confidence = fit(choices, TRUE, most_wrong=0.2).confidence
    fold = np.argsort(np.random.default_rng(DEALING).permutation(50)) % FOLDS == 2
    flipped = [
        replace(each, right=~each.right) if its else each for each, its in zip(choices, fold, strict=True)
    ]
    again = fit(flipped, TRUE, most_wrong=0.2).confidence
    assert again[fold].tolist() == confidence[fold].tolist()
    assert (again[~fold] != confidence[~fold]).any()


@pytest.mark.parametrize("spread", [1.5, 5.0])
@pytest.mark.parametrize(("slope", "shift"), [(0.3, -0.5), (0.6, 0.4), (1.0, 0.0), (1.5, -0.7)])
def test_the_true_scaling_is_found(slope: float, shift: float, spread: float) -> None:
    """Outcomes drawn with scaled probabilities give the scaling back, also where most are nearly certain."""
    generator = np.random.default_rng(8)
    plain = 1 / (1 + np.exp(-generator.normal(0.5, spread, 20_000)))
    scaled = replace(TRUE, slope=slope, shift=shift).confidence(plain)
    found = fit_scaling(plain, generator.random(len(plain)) < scaled, TRUE)
    assert (found.slope, found.shift) == pytest.approx((slope, shift), abs=0.06)
    assert replace(found, slope=1.0, shift=0.0) == TRUE


def test_a_scaling_is_the_best_there_is() -> None:
    """No slope and shift nearby have a smaller cost, whatever came of questions that seemed certain."""
    plain = np.repeat([0.9, 0.999, 0.1, 0.0], [30, 10, 20, 20])
    right = np.repeat([True, False] * 4, [18, 12, 7, 3, 6, 14, 1, 19])
    found = fit_scaling(plain, right, TRUE)

    def cost(slope: float, shift: float) -> float:
        p = np.clip(plain, 1e-9, 1 - 1e-9)
        odds = slope * np.log(p / (1 - p)) + shift
        return float(
            np.logaddexp(0, np.where(right, -odds, odds)).sum() + 1.5 * ((slope - 1) ** 2 + shift**2)
        )

    best = cost(found.slope, found.shift)
    assert all(
        best <= cost(found.slope + by, found.shift + across) + 1e-3
        for by in (-0.05, 0, 0.05)
        for across in (-0.05, 0, 0.05)
    )


def test_a_scaling_keeps_the_order() -> None:
    """Also of answers that came out the wrong way round; then it says of all what came of them on the whole."""
    plain = np.repeat([0.001, 0.999], 200)
    right = np.concatenate((np.arange(200) < 150, np.arange(200) < 50))
    found = fit_scaling(plain, right, TRUE)
    assert found.slope == LEAST_SLOPE
    assert found.confidence(plain).mean() == pytest.approx(0.5, abs=0.05)


def test_a_scaling_of_few_questions_moves_little() -> None:
    """Three that were all right, and none at all."""
    assert 0 < fit_scaling(np.array([0.2, 0.9, 1.0]), np.ones(3, dtype=bool), TRUE).shift < 1
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
