"""An exact BM25 index in numpy arrays, changed in milliseconds while it is in use.

The score of a passage d for a question q is Okapi BM25 (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009):

    score(q, d) = sum over t in q of  idf(t) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * dl / avgdl))
    idf(t)      = ln(N - df + 0.5) - ln(df + 0.5), where negative: epsilon * the mean idf of all terms

with the floor of `rank_bm25.BM25Okapi`, whose scores these are, to 1e-9.  A passage has three fields,
and tf is the weighted sum of a term's counts in them, dl the sum of all tf (simple BM25F: Robertson,
Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004).  With whole-number
weights that is BM25 over a passage whose title and heading are repeated weight times.

Passages are numbered by *slot* (`slots.py`).  Postings lie in immutable segments (`segments.py`)
sorted by (term, slot); a new segment is merged with the one before it while it is at least half its
size, so there are about log2(n) of them and adding costs O(log n) a posting on average.  A removed
passage is only marked; its df are lowered at once, so that the scores are those of an index that
never held it, and when more than half of the slots are marked the arrays are compacted.

But: no text, no file, no lock (one change at a time, and no search during it, is the caller's care);
all statistics are global: a filter by collection chooses passages and leaves their scores alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrieval.postings import POSTING, FieldWeights, Postings
from retrieval.segments import Ids, Segment, offsets_of
from retrieval.slots import MAX_COLLECTION, Slots, grown

Floats: TypeAlias = NDArray[np.float64]

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


class BM25Index:
    """Passages by id, searched by term ids.

    Term ids are small whole numbers given by the caller (an array is as long as the largest).
    """

    def __init__(
        self, *, k1: float = 1.5, b: float = 0.75, epsilon: float = 0.25, weights: FieldWeights | None = None
    ) -> None:
        self.k1, self.b, self.epsilon = k1, b, epsilon
        self.weights = FieldWeights() if weights is None else weights
        self._segments = list[Segment]()
        self._slots = Slots()
        self._df: Ids = np.zeros(0, np.int64)  # by term id, of live passages
        self._mean_idf: float | None = None

    def __len__(self) -> int:
        """How many passages can be found."""
        return self._slots.live

    @property
    def nbytes(self) -> int:
        """Bytes in arrays: about 12 a posting and 35 a passage."""
        return self._slots.nbytes + self._df.nbytes + sum(segment.nbytes for segment in self._segments)

    def add(
        self,
        *,
        passage_ids: ArrayLike,
        document_ids: ArrayLike,
        collections: ArrayLike,
        lengths: ArrayLike,
        postings: Postings,
    ) -> None:
        """Add n passages.

        `passage_ids`: int[n], not in the index.  `document_ids` and `collections` (codes from 0 to
        `MAX_COLLECTION`): int[n], or one for all.  `lengths`: int[n], how many of the `postings` (`POSTING`,
        those of the first passage first, a term once a passage) belong to each.  Raises ValueError, and
        adds nothing, if any of this is not so.  While it works it takes about 50 bytes a posting: add a
        whole store in blocks of some ten thousand passages.
        """
        ids = np.asarray(passage_ids, np.int64)
        counts = np.asarray(lengths, np.int64)
        documents = np.broadcast_to(np.asarray(document_ids, np.int64), ids.shape)
        codes = np.broadcast_to(np.asarray(collections, np.int64), ids.shape)
        self._check(ids, counts, codes, postings)
        if not len(ids):
            return
        tf = np.zeros(len(postings), np.float32)
        for name in ("body", "heading", "title"):
            tf += postings[name] * np.float32(getattr(self.weights, name))
        own = np.repeat(np.arange(len(ids)), counts)
        dl = np.bincount(own, weights=tf, minlength=len(ids))
        kept = tf > 0  # a field of weight 0 does not count as holding the term
        segment = Segment.build(
            self._slots.used, np.bincount(own[kept], minlength=len(ids)), postings["term"][kept], tf[kept]
        )
        same_term = np.ones(len(segment.slots), bool)
        same_term[segment.offsets[:-1]] = False
        if (same_term[1:] & (segment.slots[1:] == segment.slots[:-1])).any():
            raise ValueError(
                "a passage lists a term twice; its counts belong in one posting (count_postings)"
            )

        self._slots.add(passages=ids, documents=documents, lengths=dl, collections=codes)
        if len(segment.terms):
            self._df = grown(self._df, int(segment.terms[-1]) + 1)
            self._df[segment.terms] += np.diff(segment.offsets)
        self._segments.append(segment)
        self._changed()

    def remove_document(self, document_id: int) -> int:
        """Remove the passages of a document; returns how many there were."""
        slots = self._slots.of_document(document_id)
        self._remove(slots)
        return len(slots)

    def remove(self, passage_ids: Iterable[int]) -> None:
        """Remove passages.  Raises ValueError, and removes nothing, if one is not in the index."""
        wanted = np.array(sorted(set(passage_ids)), np.int64)
        slots = self._slots.of_passages(wanted)
        if len(slots) < len(wanted):
            missing = np.setdiff1d(wanted, self._slots.column("passage")[slots])
            raise ValueError(f"passage {missing[0]} is not in the index")
        self._remove(slots)

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

    def passages_with(self, terms: Sequence[int], *, collections: Collection[int] | None = None) -> Ids:
        """In how many passages of `collections` (None: of all) each of some distinct terms stands."""
        if collections is None:
            return np.array([self._df_of(term) for term in terms], np.int64)
        counts = np.zeros(len(terms), np.int64)
        wanted = np.array(terms, np.uint32)
        for segment in self._segments:
            for number, where in enumerate(segment.find(wanted)):
                slots = segment.slots[where].astype(np.intp)
                shown = self._slots.shown(slots, collections)
                counts[number] += len(slots) if shown is None else np.count_nonzero(shown)
        return counts

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

    def _check(self, ids: Ids, counts: Ids, codes: Ids, postings: Postings) -> None:
        if ids.ndim != 1 or counts.shape != ids.shape:
            raise ValueError(
                f"found {ids.shape} passage ids and {counts.shape} lengths; one length a passage"
            )
        if (
            postings.dtype != POSTING
            or postings.ndim != 1
            or (counts < 0).any()
            or counts.sum() != len(postings)
        ):
            raise ValueError(
                f"found {postings.shape} postings of {postings.dtype}; "
                f"the lengths ask for {counts.sum()} of retrieval.postings.POSTING"
            )
        if len(codes) and not 0 <= codes.min() <= codes.max() <= MAX_COLLECTION:
            raise ValueError(f"found a collection code outside 0 to {MAX_COLLECTION}")
        self._slots.check_new(ids)

    def _remove(self, slots: Ids) -> None:
        if not len(slots):
            return
        lost, times = np.unique(
            np.concatenate([self._segment_of(slot).terms_of(slot) for slot in slots.tolist()]),
            return_counts=True,
        )
        self._df[lost] -= times
        self._slots.remove(slots)
        if self._slots.used > 2 * self._slots.live:
            self._compact()
        self._changed()

    def _compact(self) -> None:
        alive = self._slots.column("alive")
        renumbered = offsets_of(alive)
        segments = [segment.compacted(alive, renumbered) for segment in self._segments]
        self._segments = [segment for segment in segments if segment.passages]
        self._slots.compact()

    def _changed(self) -> None:
        self._mean_idf = None
        segments = self._segments
        while len(segments) > 1 and 2 * len(segments[-1].slots) >= len(segments[-2].slots):
            last = segments.pop()
            segments[-1] = segments[-1].merged(last)

    def _totals(
        self, terms: Sequence[int], collections: Collection[int] | None
    ) -> tuple[NDArray[np.intp], Floats]:
        """The slots that may be shown and hold a term (repeats included), and the scores of all slots."""
        repeats = {term: n for term, n in Counter(terms).items() if self._df_of(term)}
        wanted = np.array(list(repeats), np.uint32)
        factors = [n * self._idf(term) for term, n in repeats.items()]
        lists = [
            (segment, where, factor)
            for segment in self._segments
            for where, factor in zip(segment.find(wanted), factors, strict=True)
        ]
        if not lists:
            return np.zeros(0, np.intp), np.zeros(self._slots.used)
        slots = np.concatenate([segment.slots[where] for segment, where, _ in lists], dtype=np.intp)
        tf = np.concatenate([segment.tf[where] for segment, where, _ in lists], dtype=np.float64)
        parts = np.repeat([f for _, _, f in lists], [where.stop - where.start for _, where, _ in lists])
        shown = self._slots.shown(slots, collections)
        if shown is not None:
            slots, tf, parts = slots[shown], tf[shown], parts[shown]
        parts *= self._saturated(tf, self._slots.column("length")[slots])
        return slots, np.bincount(slots, parts, minlength=self._slots.used).astype(np.float64, copy=False)

    def _saturated(self, tf: Any, length: Any) -> Any:
        """How much a term's weighted count in a passage of weighted `length` says; elementwise."""
        mean_length = self._slots.total_length / len(self)
        return tf * (self.k1 + 1) / (tf + self.k1 * (1 - self.b + self.b * length / mean_length))

    def _df_of(self, term: int) -> int:
        return int(self._df[term]) if 0 <= term < len(self._df) else 0

    def _idf(self, term: int) -> float:
        idf = float(_okapi_idf(len(self), self._df_of(term)))
        if idf >= 0:
            return idf
        if self._mean_idf is None:
            how_many = np.bincount(self._df)  # terms with each df
            df = 1 + np.flatnonzero(how_many[1:])
            self._mean_idf = float(np.average(_okapi_idf(len(self), df), weights=how_many[df]))
        return self.epsilon * self._mean_idf

    def _segment_of(self, slot: int) -> Segment:
        return self._segments[bisect_right(self._segments, slot, key=lambda segment: segment.first) - 1]


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
