"""Which window is right, and how probably: one comparison over all windows of a question.

A reader trained on one paragraph at a time has scores that mean little beside another paragraph's.  So
each window enters with its best span, and all windows of a question compete, together with the entry
"no answer", in one conditional logit (McFadden, "Conditional logit analysis of qualitative choice
behavior", 1974):

    utility(window)    = reader * score + retrieval * found / (largest found of the question) + topic * found
                       + prominence * (how far its best span stands above its eighth, of at most 10) / 10
    utility(no answer) = nothing
    P(entry)           = exp(utility(entry)) / sum of exp over all entries

`score` is the log-odds of the window's best span against its own no-answer entry (`reader.Candidate`), and
`found` the score with which its passage was retrieved, a share of the most that is possible: one passage is
the best even where the documents say nothing of the question, and only the share itself tells.  A reader
that knows has one answer and a few ways to cut it out; one that guesses or is of two minds ("14 days for
Europe and 28 for all others") has many that are nearly as good, of which the best span's score tells nothing.

A passage that was found and not read, since the time was over or an answer sure enough, may hold the answer,
too.  It competes as one window, what its reader would say replaced by one number for all:

    utility(unread)    = unread + retrieval * found / (largest found of the question) + topic * found

Windows that give the same answer add up, and what they come to is the answer's confidence after Platt's
scaling ("Probabilistic outputs for support vector machines", 1999): answers that differ in a word are right
together and compete all the same, and windows err together, so that the sum alone is too low in the middle
and too high at the top.

    confidence = 1 / (1 + exp(-slope * ln(P / (1 - P)) - shift))

The five weights are fitted by maximum likelihood on questions whose right entry is known, `unread` on these
questions read in part, slope and shift on the answers that these weights would give to questions that they
were not fitted to; so the confidence is a probability that the answer is right.  They belong to a reader and
lie in its manifest.

But: the weights are fitted in `fitting.py`, never here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from qa_engine.errors import ModelCorrupt

Floats = npt.NDArray[np.float64]

WEIGHTS = ("reader", "retrieval", "topic", "prominence", "nothing")
NONE: Floats = np.zeros(0)
PROMINENT = 10.0
"""Logits by which a best span stands above its window's others, from which on it is simply clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The weights of the comparison, and the probability below which the answer is "I don't know".

    `unread`: None where it was not fitted; what is not read then weighs nothing.

    `risk`: pairs of a share and the threshold at and above which at most this share of the answers was
    wrong when it was measured, with or without room for chance (`RiskCoverage.threshold_for`).

    The defaults are those of the first embedded reader, and serve for readers that bring none.
    """

    reader: float = 0.364
    retrieval: float = 6.349
    topic: float = 0.0
    prominence: float = 0.0
    nothing: float = 10.055
    unread: float | None = None
    slope: float = 1.0
    shift: float = 0.0
    threshold: float = 0.3
    risk: tuple[tuple[float, float], ...] = ()

    @classmethod
    def from_json(cls, values: Mapping[str, object] | None) -> Calibration:
        """The calibration in a model's manifest or a file; the defaults if there is none.

        Raises ModelCorrupt for values that are no finite numbers.
        """
        if not values:
            return cls()
        known = (*WEIGHTS, "unread", "slope", "shift", "threshold")
        absent = {"unread"} if values.get("unread") is None else set()
        weights = {name: _number(values[name]) for name in known if name in values and name not in absent}
        pairs = values.get("risk", [])
        try:
            risk = tuple((_number(share), _number(threshold)) for share, threshold in pairs)  # type: ignore[attr-defined]
        except (TypeError, ValueError):
            risk = ((math.nan, math.nan),)
        if not all(map(math.isfinite, [*weights.values(), *(number for pair in risk for number in pair)])):
            raise ModelCorrupt(f"The model's calibration is {dict(values)}; expected numbers. Pull it again.")
        if weights.get("slope", 1.0) <= 0:
            raise ModelCorrupt(
                f"The model's calibration is {dict(values)}; expected a slope above 0. Pull it again."
            )
        return cls(**weights, risk=risk)

    def to_json(self) -> dict[str, object]:
        """What `from_json` reads."""
        return asdict(self) | {"risk": [list(pair) for pair in self.risk]}

    def threshold_for(self, most_wrong: float) -> float:
        """The threshold for answers of which at most the share `most_wrong` may be wrong.

        As it was measured; where that was not done for so small a share, each single answer must be as
        sure as that, by its confidence.
        """
        measured = [pair for pair in self.risk if pair[0] <= most_wrong]
        return max(measured)[1] if measured else 1 - most_wrong

    def utilities(self, scores: Floats, found: Floats, prominences: Floats) -> Floats:
        """The windows' utilities, shape [n]: best spans' scores, their passages', the spans' prominences."""
        weights = np.array([self.reader, self.retrieval, self.topic, self.prominence])
        return np.asarray(features(scores, found, prominences) @ weights, dtype=np.float64)

    def probabilities(
        self, scores: Floats, found: Floats, prominences: Floats, unread: Floats = NONE
    ) -> tuple[Floats, float]:
        """P of each window's best span, shape [n], and P(none of them); together they are 1.

        `unread`, [m]: the scores of retrieval of the passages that were found and not read.
        """
        n, every = len(scores), np.concatenate((found, unread))
        missing = np.zeros(len(unread))
        utilities = self.utilities(np.append(scores, missing), every, np.append(prominences, missing))
        utilities[n:] += -np.inf if self.unread is None else self.unread
        entries = np.append(utilities, self.nothing)
        weights = np.exp(entries - entries.max())
        weights /= weights.sum()
        return weights[:n], float(weights[n:].sum())

    def confidence(self, probabilities: Floats) -> Floats:
        """Platt's scaling of probabilities of any shape: 0 stays 0, 1 stays 1, and so does their order."""
        p = np.clip(probabilities, 0.0, 1.0)
        with np.errstate(divide="ignore"):  # the logarithm of 0 is the right one
            right, wrong = self.slope * np.log(p) + self.shift, self.slope * np.log1p(-p)
        return np.asarray(np.exp(right - np.logaddexp(right, wrong)), dtype=np.float64)


def features(scores: Floats, found: Floats, prominences: Floats) -> Floats:
    """What the weights but the last are multiplied with, shape [n, 4]."""
    clear = np.minimum(prominences, PROMINENT) / PROMINENT
    return np.stack((scores, relative(found), np.clip(found, 0, 1), clear), axis=1)


def relative(found: Floats) -> Floats:
    """Scores of retrieval as shares of the question's largest.

    In a tiny store BM25 can be zero or negative throughout; it then says nothing.
    """
    largest = found.max(initial=0.0)
    return found / largest if largest > 0 else np.zeros_like(found)


def pooled(probabilities: Floats, answers: Sequence[str]) -> Floats:
    """P of each window's *answer*, shape [n]: the sum over all windows that give the same one.

    The entries of the comparison exclude one another, so their probabilities add up.  `answers` are
    normalised texts; an empty one is like no other.
    """
    sums: dict[str, float] = {}
    for probability, answer in zip(probabilities.tolist(), answers, strict=True):
        sums[answer] = sums.get(answer, 0.0) + probability
    own = zip(probabilities.tolist(), answers, strict=True)
    return np.array(
        [sums[answer] if answer else probability for probability, answer in own], dtype=np.float64
    )


def _number(value: object) -> float:
    """A number of a manifest; NaN for what is none.  JSON's true is an int to Python."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan
