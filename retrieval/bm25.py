"""Okapi BM25 over an inverted index.

The score of a passage d for a question q is Okapi BM25 (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009):

    score(q, d) = sum over t in q of  idf(t) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * dl / avgdl))
    idf(t)      = ln(N - df + 0.5) - ln(df + 0.5), where negative: epsilon * the mean idf of all terms

with the floor of `rank_bm25.BM25Okapi`, whose scores these are, to 1e-9.  tf and dl are weighted by field
(`inverted_index.py`); with whole-number weights that is BM25 over a passage whose title and heading are
repeated weight times.

But: all statistics are global: a filter by collection chooses passages and leaves their scores alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.inverted_index import Floats, InvertedIndex
from retrieval.postings import FieldWeights
from retrieval.segments import Ids

_BLOCK = 256  # slots whose maximum is taken at once; 100,000 passages are 391 blocks, well above any k


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found.  Scores of different questions cannot be compared; they may be zero or negative."""

    passage_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """One distinct term's part of a score: `score = repeats * idf * saturated tf`."""

    term: int
    repeats: int  # in the question
    tf: float  # weighted, in the passage
    df: int  # passages that hold the term
    idf: float
    score: float


class BM25Index(InvertedIndex):
    """An inverted index whose passages are ranked."""

    def __init__(
        self, *, k1: float = 1.5, b: float = 0.75, epsilon: float = 0.25, weights: FieldWeights | None = None
    ) -> None:
        super().__init__(weights)
        self.k1, self.b, self.epsilon = k1, b, epsilon
        self._mean_idf: float | None = None  # reckoned when it is needed

    def search(
        self, terms: Sequence[int], k: int, *, collections: Collection[int] | None = None
    ) -> list[Hit]:
        """The best `k` passages that hold any of `terms`, best first; of equals the first added.

        Only passages of `collections` are looked at (None: all).  A term given twice counts twice; an
        unknown one counts for nothing.
        """
        if k < 1:
            raise ValueError(f"found k = {k}; at least one passage must be asked for")
        slots, totals = self._totals(terms, collections)
        if not len(slots):
            return []
        # A score may be zero or negative, so "not found" must be below all of them.
        scores = np.full(-(-self._slots.used // _BLOCK) * _BLOCK, -np.inf)
        scores[slots] = totals[slots]
        best = _largest(scores, k)
        passages = self._slots.column("passage")[best]
        return [Hit(p, s) for p, s in zip(passages.tolist(), scores[best].tolist(), strict=True)]

    def scores(self, terms: Sequence[int]) -> tuple[Ids, Floats]:
        """The ids and scores of all passages, in the order of their coming; 0 without any of the terms."""
        live = self._slots.column("alive")
        return self._slots.column("passage")[live], self._totals(terms, None)[1][live]

    def bound(self, terms: Sequence[int], *, unknown: int = 0) -> float:
        """What no passage's score can exceed, for these terms and some that stand in no passage."""
        rarest = float(_okapi_idf(len(self), 0))
        idf = sum(max(self._idf(term), 0.0) if self._df_of(term) else rarest for term in terms)
        return (self.k1 + 1) * (idf + unknown * rarest)

    def scores_of(self, terms: Sequence[int], passage_ids: Sequence[int]) -> dict[int, float]:
        """The scores of those of some passages that are in the index; 0 without any of the terms."""
        slots = self._slots.of_passages(passage_ids)
        scores = self._totals(terms, None)[1][slots]
        return dict(zip(self._slots.column("passage")[slots].tolist(), scores.tolist(), strict=True))

    def explain(self, terms: Sequence[int], passage_id: int) -> list[Contribution]:
        """Each distinct term's part of the score of a passage, in the question's order.

        Raises ValueError if the passage is not in the index.
        """
        slot = self._slots.of_passage(passage_id)
        segment = self._segment_of(slot)
        length = float(self._slots.column("length")[slot])
        contributions = []
        for term, repeats in Counter(terms).items():
            df = self._df_of(term)
            idf = self._idf(term) if df else 0.0
            tf = segment.tf_of(term, slot) if df else 0.0
            score = repeats * idf * self._saturated(tf, length) if tf else 0.0
            contributions.append(Contribution(term, repeats, tf, df, idf, score))
        return contributions

    def _totals(
        self, terms: Sequence[int], collections: Collection[int] | None
    ) -> tuple[NDArray[np.intp], Floats]:
        """The slots that may be shown and hold a term (repeats included), and the scores of all slots."""
        factors = {term: n * self._idf(term) for term, n in Counter(terms).items() if self._df_of(term)}
        slots, tf, parts = self._found(factors, collections)
        if not len(slots):
            return slots, np.zeros(self._slots.used)
        parts *= self._saturated(tf, self._slots.column("length")[slots])
        return slots, np.bincount(slots, parts, minlength=self._slots.used).astype(np.float64, copy=False)

    def _saturated(self, tf: Any, length: Any) -> Any:
        """How much a term's weighted count in a passage of weighted `length` says; elementwise."""
        mean_length = self._slots.total_length / len(self)
        return tf * (self.k1 + 1) / (tf + self.k1 * (1 - self.b + self.b * length / mean_length))

    def _idf(self, term: int) -> float:
        idf = float(_okapi_idf(len(self), self._df_of(term)))
        if idf >= 0:
            return idf
        if self._mean_idf is None:
            how_many = np.bincount(self._df)  # terms with each df
            df = 1 + np.flatnonzero(how_many[1:])
            self._mean_idf = float(np.average(_okapi_idf(len(self), df), weights=how_many[df]))
        return self.epsilon * self._mean_idf

    def _changed(self) -> None:
        self._mean_idf = None
        super()._changed()


def _okapi_idf(live: int, df: Any) -> Any:
    return np.log(live - df + 0.5) - np.log(df + 0.5)


def _largest(scores: Floats, k: int) -> NDArray[np.intp]:
    """Where the k largest of `scores` are (all that are not -inf if fewer), largest first, ties in order.

    A whole number of blocks.  At least k scores reach the k-th largest of the blocks' maxima, so the
    k largest of all reach it too, and those above it lie in fewer than k blocks; a partition of all
    scores would take 25 ms on 100,000 that are mostly equal.
    """
    maxima = scores.reshape(-1, _BLOCK).max(axis=1)
    threshold = np.partition(maxima, -k)[-k] if k <= len(maxima) else -np.inf
    above = np.flatnonzero(scores > threshold)
    level = np.flatnonzero(scores == threshold)[:k] if threshold > -np.inf else above[:0]
    candidates = np.concatenate([above, level])
    return candidates[np.lexsort((candidates, -scores[candidates]))[:k]]
