"""Fits the weights of a calibration (`calibration.py`) to questions whose right answers are known.

The right entry of a question is any window whose best span is right (`judging.py`),
else "no answer"; the weights are those under which the right entries are most probable, with a weak prior
that keeps few questions from saying too much.  Platt's scaling of an answer's confidence is fitted to what
came of questions under weights that were fitted to the others.

What is not read weighs as much as makes the confidence most probable where each of these questions is read in
part.

But: which questions, and what they cost to read, is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from qa_engine.agreement import same_answer
from qa_engine.calibration import WEIGHTS, Calibration, Floats, features, pooled
from qa_engine.comparison import best_of_windows, read_found
from qa_engine.judging import is_right
from qa_engine.reader import WINDOWS_AT_ONCE, Reader
from qa_engine.risk import Booleans, risk_coverage
from qa_engine.sources import Found, P_co

STEPS = 200
"""Newton's at most; it takes some ten."""
SMALLEST = 1e-6
"""A step from which on nothing is gained any more."""
SHARES = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
FOLDS = 5
DEALING = 0
"""The seed by which questions are dealt to the folds."""
PRIOR = 0.05
"""Weight of the squared distance from the starting calibration, as if so many questions spoke for it."""
SCALING_PRIOR = 3.0
"""The same for slope and shift."""
UNREAD = -2.0
"""What is not read weighs so much by itself, before anything is known of it."""
LEAST_SLOPE = 0.1
"""Whatever came of a handful of questions, a more probable answer is surer."""
CERTAIN = 1e-9
"""What no probability is nearer to 0 or 1 than, since the logarithms of these are infinite."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One question that was read: its windows' scores, their passages', their spans' prominences, and which
    are right."""

    scores: Floats = field(repr=False)
    found: Floats = field(repr=False)
    prominences: Floats = field(repr=False)
    answers: tuple[str, ...] = field(repr=False)
    right: Booleans = field(repr=False)


def choice(reader: Reader, question: str, found: Sequence[Found[P_co]], references: Sequence[str]) -> Choice:
    """What the reader makes of the passages found, judged by the references (none: nothing is right)."""
    best = best_of_windows(read_found(reader, question, found))
    texts = [found[each.passage].passage.text[each.start : each.end] for each in best]
    return Choice(
        np.array([each.score for each in best], dtype=np.float64),
        np.array([found[each.passage].score for each in best], dtype=np.float64),
        np.array([each.prominence for each in best], dtype=np.float64),
        tuple(map(same_answer, texts)),
        np.array([is_right(text, references) for text in texts], dtype=bool),
    )


def fit_weights(choices: Sequence[Choice], start: Calibration) -> Calibration:
    """The most probable weights, unscaled; the threshold stays as it was.

    Raises ValueError without a choice.
    """
    if not choices:
        raise ValueError("no question to fit to")
    table, right, entries = _tables(choices)
    origin = np.array([getattr(start, name) for name in WEIGHTS])

    def utilities_of(weights: Floats) -> Floats:
        return np.where(entries, table @ weights, -np.inf)

    def cost(weights: Floats) -> float:
        utilities = utilities_of(weights)
        among = np.logaddexp.reduce(np.where(right, utilities, -np.inf), axis=1)
        prior = PRIOR / 2 * ((weights - origin) ** 2).sum()
        return float((np.logaddexp.reduce(utilities, axis=1) - among).sum() + prior)

    def slopes(weights: Floats) -> tuple[Floats, Floats]:
        utilities = utilities_of(weights)
        p, given_right = _shares(utilities), _shares(np.where(right, utilities, -np.inf))
        mean = np.einsum("qe,qef->qf", p, table)
        gradient = (mean - np.einsum("qe,qef->qf", given_right, table)).sum(axis=0)
        spread = np.einsum("qe,qef,qeg->fg", p, table, table, optimize=True) - mean.T @ mean
        return gradient + PRIOR * (weights - origin), spread + PRIOR * np.eye(len(WEIGHTS))

    weights = _least(cost, slopes, origin)
    fitted = dict(zip(WEIGHTS, weights.round(3).tolist(), strict=True))
    return replace(start, slope=1.0, shift=0.0, risk=(), **fitted)


def fit_unread(choices: Sequence[Choice], scaled: Calibration) -> Calibration:
    """`scaled` with what a passage that is not read weighs by itself.

    Each question is read in part in every way in which a reading may end, by `WINDOWS_AT_ONCE` more windows,
    and the best answer's confidence comes as near as it can to whether that is right.  Where no question has
    as many windows nothing is known, and `scaled` stays as it is.
    """
    parts = [part for each in choices for part in _in_part(each, scaled)]
    if not parts:
        return scaled
    best, others, unread, right = np.array(parts).T
    start = np.array([UNREAD if scaled.unread is None else scaled.unread])

    def odds(at: Floats) -> Floats:
        return np.asarray(scaled.slope * (best - np.logaddexp(others, unread + at)) + scaled.shift)

    def cost(at: Floats) -> float:
        prior = PRIOR / 2 * ((at - start) ** 2).sum()
        return float((np.logaddexp(0.0, odds(at)) - right * odds(at)).sum() + prior)

    def slopes(at: Floats) -> tuple[Floats, Floats]:
        sure = np.exp(-np.logaddexp(0.0, -odds(at)))
        falls = -scaled.slope * np.exp(unread + at - np.logaddexp(others, unread + at))
        gradient = ((sure - right) * falls).sum() + PRIOR * (at - start)
        return gradient, np.array([[(sure * (1 - sure) * falls**2).sum() + PRIOR]])

    (fitted,) = _least(cost, slopes, start)
    return replace(scaled, unread=round(float(fitted), 3))


def _in_part(each: Choice, weights: Calibration) -> Iterator[tuple[float, float, float, bool]]:
    """Of each way to read a question in part: the logarithms of what the best answer weighs, of what all
    else does that was read, and "no answer", of what is not read but for `unread`, and whether it is right.
    """
    known = weights.utilities(each.scores, each.found, each.prominences)
    silent = weights.utilities(0 * each.scores, each.found, 0 * each.prominences)
    for count in range(WINDOWS_AT_ONCE, len(known), WINDOWS_AT_ONCE):
        read, answers = known[:count], each.answers[:count]
        best, _ = _best(np.exp(read - read.max()), answers)
        its = (np.arange(count) == best) | np.array([bool(a) and a == answers[best] for a in answers])
        others = np.logaddexp.reduce(np.append(read[~its], weights.nothing))
        unread = np.logaddexp.reduce(silent[count:])
        yield float(np.logaddexp.reduce(read[its])), float(others), float(unread), bool(each.right[best])


def _shares(utilities: Floats) -> Floats:
    """Softmax over the entries of each question, [questions, entries]."""
    weights = np.exp(utilities - utilities.max(axis=1, keepdims=True))
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


def outcomes(choices: Sequence[Choice], calibration: Calibration) -> tuple[Floats, Booleans]:
    """Of each question the confidence of its best answer and whether that is right; 0 and False for none."""
    confidence, right = np.zeros(len(choices)), np.zeros(len(choices), dtype=bool)
    for number, each in enumerate(choices):
        if len(each.scores):
            probabilities, _ = calibration.probabilities(each.scores, each.found, each.prominences)
            best, together = _best(probabilities, each.answers)
            confidence[number], right[number] = together, each.right[best]
    return calibration.confidence(confidence), right


def _best(weights: Floats, answers: Sequence[str]) -> tuple[int, float]:
    """The window of the answer that weighs most, its heaviest, and what that answer weighs."""
    together = pooled(weights, answers)
    best = int(np.lexsort((-weights, -together))[0])
    return best, float(together[best])


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration that was fitted to questions, and what it says of them.

    `confidence` and `right`: of each question's best answer, by what was fitted to other folds alone;
    `given`: whether the threshold for those lets it be given (`given_apart`).
    """

    calibration: Calibration
    confidence: Floats = field(repr=False)
    right: Booleans = field(repr=False)
    given: Booleans = field(repr=False)


def fit(
    choices: Sequence[Choice], start: Calibration, *, most_wrong: float, sure: float | None = None
) -> Fitted:
    """Weights, scaling and thresholds (`with_risk`); the default threshold is the one for `most_wrong`.

    In which order the questions come makes no difference but chance.  Raises ValueError for fewer than three
    choices, of which none is left to fit to.
    """
    # People write "every fifth has no answer", and one fold would have all of these.
    order = np.random.default_rng(DEALING).permutation(len(choices))
    dealt = [choices[number] for number in order]
    confidence, right = _cross_fitted(dealt, lambda rest: _fit_scaled(rest, start))
    scaled = _fit_scaled(dealt, start)
    known = with_risk(scaled, confidence, right, most_wrong=most_wrong, sure=sure)
    given = given_apart(scaled, confidence, right, most_wrong=most_wrong, sure=sure)
    back = np.argsort(order)
    return Fitted(known, confidence[back], right[back], given[back])


def _fit_scaled(choices: Sequence[Choice], start: Calibration) -> Calibration:
    """Weights fitted to all; the scaling to what came of each under weights that were fitted without it."""
    plain, right = _cross_fitted(choices, lambda rest: fit_weights(rest, start))
    scaled = fit_scaling(plain, right, start)
    weights = replace(fit_weights(choices, start), slope=scaled.slope, shift=scaled.shift)
    return fit_unread(choices, weights)


def _cross_fitted(
    choices: Sequence[Choice], fitted: Callable[[Sequence[Choice]], Calibration]
) -> tuple[Floats, Booleans]:
    """The outcomes of questions each of which is judged by what was fitted to the other folds."""
    confidence, right = np.zeros(len(choices)), np.zeros(len(choices), dtype=bool)
    for fold in range(min(FOLDS, len(choices))):
        calibration = fitted([each for n, each in enumerate(choices) if n % FOLDS != fold])
        confidence[fold::FOLDS], right[fold::FOLDS] = outcomes(choices[fold::FOLDS], calibration)
    return confidence, right


def fit_scaling(probabilities: Floats, right: Booleans, start: Calibration) -> Calibration:
    """`start` with the slope and the shift by which unscaled probabilities come nearest to what was right.

    Logistic regression on their log-odds (Platt, 1999); few questions move little.
    """
    p = np.clip(probabilities, CERTAIN, 1 - CERTAIN)
    odds, ones, origin = np.log(p) - np.log1p(-p), np.ones(len(p)), np.array([start.slope, start.shift])
    slope, shift = logistic(np.stack((odds, ones), axis=1), 0 * odds, right, origin)
    if slope < LEAST_SLOPE:
        slope, (shift,) = LEAST_SLOPE, logistic(ones[:, None], LEAST_SLOPE * odds, right, origin[1:])
    return replace(start, slope=round(float(slope), 3), shift=round(float(shift), 3))


def logistic(table: Floats, offset: Floats, right: Booleans, origin: Floats) -> Floats:
    """The weights under which the log-odds `offset + table @ weights` are most probable, near `origin`.

    `table`, [n, weights]; `offset`, `right`: [n].
    """

    def cost(weights: Floats) -> float:
        odds = offset + table @ weights
        prior = SCALING_PRIOR / 2 * ((weights - origin) ** 2).sum()
        return float((np.logaddexp(0.0, odds) - right * odds).sum() + prior)

    def slopes(weights: Floats) -> tuple[Floats, Floats]:
        sure = np.exp(-np.logaddexp(0.0, -offset - table @ weights))
        gradient = table.T @ (sure - right) + SCALING_PRIOR * (weights - origin)
        spread = (table * (sure * (1 - sure))[:, None]).T @ table
        return gradient, spread + SCALING_PRIOR * np.eye(len(weights))

    return _least(cost, slopes, origin)


def _least(
    cost: Callable[[Floats], float], slopes: Callable[[Floats], tuple[Floats, Floats]], start: Floats
) -> Floats:
    """Where a cost is least, by Newton's steps; `slopes`: its gradient and its curvature, or more than that.

    A step is halved until it helps: where many are nearly certain a whole one goes far astray.
    """
    at = start
    for _ in range(STEPS):
        gradient, curvature = slopes(at)
        step = np.linalg.solve(curvature, gradient)
        here = cost(at)
        while cost(at - step) > here and np.abs(step).max() > SMALLEST:
            step = step / 2
        at = at - step
        if np.abs(step).max() <= SMALLEST:
            break
    return at


def with_risk(
    calibration: Calibration,
    confidence: Floats,
    right: Booleans,
    *,
    most_wrong: float,
    sure: float | None = None,
) -> Calibration:
    """The calibration with the thresholds that outcomes measure, and the one for `most_wrong` as its own.

    `sure`: how probably each share should hold for other questions, too (`RiskCoverage.threshold_for`);
    without it they hold for these, as it takes hundreds to promise more and still answer; where they do not
    hold for any, an answer must be surer than all that were seen.

    The outcomes should not be of questions by the very weights that were fitted to them.
    """
    curve = risk_coverage(confidence, right)
    pairs = [(share, curve.threshold_for(share, sure=sure)) for share in SHARES]
    if sure is None and len(confidence):  # then even the surest answers were wrong more often than that
        above = min(1.0, float(np.nextafter(confidence.max(), 2.0)))
        pairs = [(share, max(1 - share, above) if it is None else it) for share, it in pairs]
    known = replace(calibration, risk=tuple((share, it) for share, it in pairs if it is not None))
    return replace(known, threshold=known.threshold_for(most_wrong))


def given_apart(
    calibration: Calibration,
    confidence: Floats,
    right: Booleans,
    *,
    most_wrong: float,
    sure: float | None = None,
) -> Booleans:
    """Which answers would be given, each fold's by the threshold that `with_risk` finds on the others.

    A threshold is where the very outcomes that it was chosen by have few wrong ones, by luck, too: of others
    more are wrong.
    """
    given, fold_of = np.zeros(len(confidence), dtype=bool), np.arange(len(confidence)) % FOLDS
    for fold in range(min(FOLDS, len(confidence))):
        its, others = fold_of == fold, fold_of != fold
        known = with_risk(calibration, confidence[others], right[others], most_wrong=most_wrong, sure=sure)
        given[its] = confidence[its] >= known.threshold
    return given


def _tables(
    choices: Sequence[Choice],
) -> tuple[Floats, Booleans, Booleans]:
    """What the weights are multiplied with [questions, entries, 5], right entries and entries that are there.

    Entry 0 is no answer.
    """
    width = 1 + max(len(each.scores) for each in choices)
    table = np.zeros((len(choices), width, len(WEIGHTS)))
    right = np.zeros((len(choices), width), dtype=bool)
    entries = np.zeros((len(choices), width), dtype=bool)
    for number, each in enumerate(choices):
        n = len(each.scores)
        table[number, 0, -1] = 1.0
        table[number, 1 : n + 1, :-1] = features(each.scores, each.found, each.prominences)
        right[number, 0] = not each.right.any()
        right[number, 1 : n + 1] = each.right
        entries[number, : n + 1] = True
    return table, right, entries
