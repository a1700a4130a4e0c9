"""How much a confidence is worth: risk, coverage and calibration of answers that were judged.

Answering only above a threshold gives some coverage (the share of questions that get an answer) at some risk
(the share of those answers that are wrong).  The curve over all thresholds, and the area under it, say how
well a confidence tells right from wrong (El-Yaniv and Wiener, "On the foundations of noise-free selective
classification", 2010).  The expected calibration error says whether it means what it says (Guo et al., "On
calibration of modern neural networks", 2017).

But: nothing here knows where confidences come from, and nothing is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

BINS = 15


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The curve, from the most confident answer on: arrays of one entry a distinct confidence.

    Answering at `thresholds[i]` and above answers the share `coverage[i]` of all `questions`, and the share
    `risk[i]` of these answers is wrong.
    """

    thresholds: Floats = field(repr=False)
    coverage: Floats = field(repr=False)
    risk: Floats = field(repr=False)
    questions: int

    @property
    def area(self) -> float:
        """The mean risk over all coverages: 0 is perfect, the error rate is what blind guessing has."""
        if not len(self.coverage):
            return 0.0
        steps = np.diff(self.coverage, prepend=0.0)
        return float((steps * self.risk).sum() / self.coverage[-1])

    def threshold_for(self, most_wrong: float, *, sure: float | None = None) -> float | None:
        """The least threshold at and above which at most the share `most_wrong` of the answers is wrong.

        With `sure`, a probability, not only of these answers: of other questions of the kind, too.  Had more
        than that share of such answers been wrong, so few wrong ones would be seen with a probability of at
        most 1 - `sure`: the upper bound of Clopper and Pearson ("The use of confidence or fiducial limits",
        1934) at each threshold, as in Geifman and El-Yaniv, "Selective classification for deep neural
        networks", 2017, but without their correction for looking at several thresholds, which are nearly the
        same answers.

        None where no threshold has so few.
        """
        if sure is None:
            fitting = np.flatnonzero(self.risk <= most_wrong)
        else:
            answered = np.rint(self.coverage * self.questions).astype(int)
            wrong = np.rint(self.risk * answered).astype(int)
            chance = np.array([at_most(k, n, most_wrong) for k, n in zip(wrong, answered, strict=True)])
            fitting = np.flatnonzero(chance <= 1 - sure)
        return float(self.thresholds[fitting[-1]]) if len(fitting) else None


def risk_coverage(confidence: Floats, right: Booleans) -> RiskCoverage:
    """The curve of n questions: each one's best answer's confidence and whether that answer is right.

    A question without a right answer enters with its best (wrong) answer: to answer it is an error.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked = confidence[order]
    wrong = np.cumsum(~right[order])
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) if len(ranked) else np.zeros(0, int)
    answered = last + 1
    questions = len(ranked)
    return RiskCoverage(ranked[last], answered / max(1, questions), wrong[last] / answered, questions)


def at_most(k: int, n: int, share: float) -> float:
    """The probability of at most `k` successes among `n` trials with the probability `share` each."""
    if not 0.0 < share < 1.0:
        return float(share <= 0.0 or k >= n)
    logarithms = np.log(np.arange(1, n + 1, dtype=np.float64))
    factorials = np.concatenate(([0.0], np.cumsum(logarithms)))
    i = np.arange(min(k, n) + 1)
    ways = factorials[n] - factorials[i] - factorials[n - i]
    return min(1.0, float(np.exp(ways + i * np.log(share) + (n - i) * np.log1p(-share)).sum()))


def calibration_error(confidence: Floats, right: Booleans, *, bins: int = BINS) -> float:
    """Expected calibration error: mean |confidence - share right| over `bins` bins of equal width."""
    if not len(confidence):
        return 0.0
    gaps = np.bincount(_bin_numbers(confidence, bins), confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidence))


def calibration_error_by_chance(confidence: Floats, *, bins: int = BINS) -> float:
    """The calibration error that confidences have in the mean which are all that they say.

    Of few questions never as many are right as expected, so that a calibration error is too large by about
    this.  A bin's gap is about normal, with the variance of its answers; of such a one the mean distance from
    nothing is sqrt(2 / pi) of its standard deviation.
    """
    if not len(confidence):
        return 0.0
    variances = np.bincount(_bin_numbers(confidence, bins), confidence * (1 - confidence), minlength=bins)
    return float(np.sqrt(2 / np.pi * variances).sum() / len(confidence))


def _bin_numbers(confidence: Floats, bins: int) -> npt.NDArray[np.int64]:
    return np.minimum((confidence * bins).astype(np.int64), bins - 1)


def auroc(scores: Floats, positive: Booleans) -> float | None:
    """How probably a positive has a higher score than a negative, ties by half; None without either.

    The Mann-Whitney statistic (Hanley and McNeil, 1982).
    """
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if not positives or not negatives:
        return None
    _, group, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2  # mean rank of each distinct score
    total = float(ranks[group][positive].sum())
    return (total - positives * (positives + 1) / 2) / (positives * negatives)
