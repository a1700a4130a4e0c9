"""A segment of the inverted index: the postings of some passages, sorted, in a few flat arrays.

A segment never changes: two neighbours are merged into a new one, or the dead passages of one are left
out of a new one; both take linear time, without sorting again.

But: what the numbers mean, and when to merge, is `inverted_index.py`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ids: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Postings of the slots from `first` on, twice: by term for the search, by slot for the removal.

    `slots[offsets[i]:offsets[i + 1]]` holds term `terms[i]`, `tf` times; the slot `first + j` holds the
    terms `forward[starts[j]:starts[j + 1]]`.  12 bytes a posting, 8 a slot, 12 a distinct term.
    """

    terms: NDArray[np.uint32]
    offsets: Ids
    slots: NDArray[np.uint32]
    tf: NDArray[np.float32]
    first: int
    starts: Ids
    forward: NDArray[np.uint32]

    @staticmethod
    def build(first: int, lengths: Ids, terms: NDArray[np.uint32], tf: NDArray[np.float32]) -> Segment:
        # Sorting (term, position) as one number is a stable argsort at the speed of a sort.
        keys = terms.astype(np.uint64)
        keys <<= np.uint64(32)
        keys |= np.arange(len(terms), dtype=np.uint64)
        keys.sort()
        order = keys.astype(np.uint32)  # the low half
        keys >>= np.uint64(32)
        heads = np.flatnonzero(np.diff(keys, prepend=np.uint64(2**63)))
        slots = np.repeat(np.arange(first, first + len(lengths), dtype=np.uint32), lengths)[order]
        return Segment(
            terms=keys[heads].astype(np.uint32),
            offsets=np.append(heads, len(terms)),
            slots=slots,
            tf=tf[order],
            first=first,
            starts=offsets_of(lengths),
            forward=terms,
        )

    def merged(self, later: Segment) -> Segment:
        """Both in one, in linear time; `later` holds the slots that follow this one's."""
        terms = np.sort(np.concatenate([self.terms, later.terms]))
        terms = terms[np.diff(terms, prepend=~terms[:1]) != 0]  # np.union1d hashes: ten times as slow
        counts = np.zeros((len(terms), 2), np.int64)  # of each term: here, in the later one
        counts[np.searchsorted(terms, self.terms), 0] = np.diff(self.offsets)
        counts[np.searchsorted(terms, later.terms), 1] = np.diff(later.offsets)
        is_later = np.repeat(np.tile([False, True], len(terms)), counts.ravel())
        slots = np.empty(len(is_later), np.uint32)
        tf = np.empty(len(is_later), np.float32)
        slots[is_later], tf[is_later] = later.slots, later.tf
        np.logical_not(is_later, out=is_later)
        slots[is_later], tf[is_later] = self.slots, self.tf
        return Segment(
            terms=terms,
            offsets=offsets_of(counts.sum(axis=1)),
            slots=slots,
            tf=tf,
            first=self.first,
            starts=np.concatenate([self.starts, later.starts[1:] + self.starts[-1]]),
            forward=np.concatenate([self.forward, later.forward]),
        )

    def compacted(self, alive: NDArray[np.bool_], renumbered: Ids) -> Segment:
        """Without the slots that are not alive; slot s becomes `renumbered[s]`."""
        keep = alive[self.slots]
        counts = np.diff(offsets_of(keep)[self.offsets])
        own = alive[self.first : self.first + self.passages]
        lengths = np.diff(self.starts)
        return Segment(
            terms=self.terms[counts > 0],
            offsets=offsets_of(counts[counts > 0]),
            slots=renumbered[self.slots[keep]].astype(np.uint32),
            tf=self.tf[keep],
            first=int(renumbered[self.first]),
            starts=offsets_of(lengths[own]),
            forward=self.forward[np.repeat(own, lengths)],
        )

    def find(self, terms: NDArray[np.uint32]) -> list[slice]:
        """Where each of `terms` lies in `slots` and `tf`; an empty slice if nowhere."""
        if not len(self.terms):
            return [slice(0, 0)] * len(terms)
        at = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        stop = np.where(self.terms[at] == terms, self.offsets[at + 1], self.offsets[at])
        return [slice(a, z) for a, z in zip(self.offsets[at].tolist(), stop.tolist(), strict=True)]

    def tf_of(self, term: int, slot: int) -> float:
        """The weighted count of a term in a slot; 0 if the slot does not hold it."""
        (where,) = self.find(np.array([term], np.uint32))
        at = where.start + int(np.searchsorted(self.slots[where], slot))
        return float(self.tf[at]) if at < where.stop and self.slots[at] == slot else 0.0

    def terms_of(self, slot: int) -> NDArray[np.uint32]:
        own = slot - self.first
        return self.forward[self.starts[own] : self.starts[own + 1]]

    @property
    def passages(self) -> int:
        return len(self.starts) - 1

    @property
    def nbytes(self) -> int:
        arrays = (self.terms, self.offsets, self.slots, self.tf, self.starts, self.forward)
        return sum(array.nbytes for array in arrays)


def offsets_of(counts: NDArray[Any]) -> Ids:
    """Where each of consecutive runs of `counts` begins, and where the last one ends."""
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets
