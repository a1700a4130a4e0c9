"""Postings: a passage's terms and how often they stand in each of its fields, as the store keeps them.

But: what a count is worth is `InvertedIndex`'s to reckon.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Postings: TypeAlias = NDArray[np.void]

POSTING = np.dtype([("term", "<u4"), ("body", "<u2"), ("heading", "<u1"), ("title", "<u1")])
"""A term of a passage and how often it stands in each field; also what the store keeps, 8 bytes each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldWeights:
    """What one occurrence of a term counts, by field; kept in float32 (exact for halves, quarters, ...)."""

    body: float = 1.0
    heading: float = 2.0
    title: float = 2.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(w) and w >= 0 for w in (self.body, self.heading, self.title)):
            raise ValueError(f"found {self}; a weight is a finite number of at least 0")


def count_postings(
    body: Iterable[int], *, heading: Iterable[int] = (), title: Iterable[int] = ()
) -> Postings:
    """The postings of a passage from the term ids of its fields: one a distinct term, in order of id.

    Counts stop at 65,535 in the body and 255 in heading and title.
    """
    fields = [Counter(body), Counter(heading), Counter(title)]
    distinct = sorted(set().union(*fields))
    postings = np.zeros(len(distinct), POSTING)
    postings["term"] = distinct
    for name, counts in zip(("body", "heading", "title"), fields, strict=True):
        most = np.iinfo(POSTING[name]).max
        postings[name] = [min(counts[term], most) for term in distinct]
    return postings
