"""An inverted index in numpy arrays, changed in milliseconds while it is in use.

Passages are numbered by *slot* (`slots.py`).  Postings lie in immutable segments (`segments.py`)
sorted by (term, slot); a new segment is merged with the one before it while it is at least half its
size, so there are about log2(n) of them and adding costs O(log n) a posting on average.  A removed
passage is only marked; its df are lowered at once, so that all statistics are those of an index that
never held it, and when more than half of the slots are marked the arrays are compacted.

A passage has three fields, and tf is the weighted sum of a term's counts in them, dl the sum of all tf
(simple BM25F: Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004).

But: no text, no file, no lock (one change at a time, and no search during it, is the caller's care); what a
term is worth is `bm25.py`'s to reckon.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrieval.postings import POSTING, FieldWeights, Postings
from retrieval.segments import Ids, Segment, offsets_of
from retrieval.slots import MAX_COLLECTION, Slots, grown

Floats: TypeAlias = NDArray[np.float64]


class InvertedIndex:
    """Passages by id, found by term ids.

    Term ids are small whole numbers given by the caller (an array is as long as the largest).
    """

    def __init__(self, weights: FieldWeights | None = None) -> None:
        self.weights = FieldWeights() if weights is None else weights
        self._segments = list[Segment]()
        self._slots = Slots()
        self._df: Ids = np.zeros(0, np.int64)  # by term id, of live passages

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

    def _found(
        self, factors: Mapping[int, float], collections: Collection[int] | None
    ) -> tuple[NDArray[np.intp], Floats, Floats]:
        """The postings of some terms in passages that may be shown: slot, tf, and the term's factor."""
        wanted = np.array(list(factors), np.uint32)
        lists = [
            (segment, where, factor)
            for segment in self._segments
            for where, factor in zip(segment.find(wanted), factors.values(), strict=True)
        ]
        if not lists:
            return np.zeros(0, np.intp), np.zeros(0), np.zeros(0)
        slots = np.concatenate([segment.slots[where] for segment, where, _ in lists], dtype=np.intp)
        tf = np.concatenate([segment.tf[where] for segment, where, _ in lists], dtype=np.float64)
        parts = np.repeat([f for _, _, f in lists], [where.stop - where.start for _, where, _ in lists])
        shown = self._slots.shown(slots, collections)
        return (slots, tf, parts) if shown is None else (slots[shown], tf[shown], parts[shown])

    def _df_of(self, term: int) -> int:
        return int(self._df[term]) if 0 <= term < len(self._df) else 0

    def _segment_of(self, slot: int) -> Segment:
        return self._segments[bisect_right(self._segments, slot, key=lambda segment: segment.first) - 1]

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
        """After every change: merge the newest segments where they are of a size."""
        segments = self._segments
        while len(segments) > 1 and 2 * len(segments[-1].slots) >= len(segments[-2].slots):
            last = segments.pop()
            segments[-1] = segments[-1].merged(last)
