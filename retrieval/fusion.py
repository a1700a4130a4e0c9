"""One ranking of two: BM25, which knows words, and cosine, which knows what a text is about.

A passage's score is a weighted sum of two shares, each of the question's largest: BM25 / largest BM25 and
cosine / largest cosine.  So it lies between 0 and 1 and means much the same for every question; without a
vector it is BM25's share alone.  How reciprocal rank and learned rankers compare is in
`benchmarks/retrieval.md`.

But: nothing is searched here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.bm25 import Hit

DEPTH = 200
"""How many candidates each of the two puts forward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """How much of a score is the cosine's share; the rest is BM25's.  Fitted by `benchmarks.retrieval`."""

    cosine: float = 0.55

    def __post_init__(self) -> None:
        if not 0 <= self.cosine <= 1:
            raise ValueError(f"found a weight of {self.cosine}; expected one from 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class FusedHit:
    """A passage found, and why: its BM25 and its cosine, with its ranks from 1 by either.

    A rank is None where it was not among the first `DEPTH`, `cosine` is None without a vector.
    """

    passage_id: int
    score: float
    bm25: float
    cosine: float | None = None
    bm25_rank: int | None = None
    cosine_rank: int | None = None


def fuse(
    by_words: Sequence[Hit],
    by_meaning: Sequence[Hit],
    bm25: Mapping[int, float],
    cosines: Mapping[int, float],
    fusion: Fusion,
) -> list[FusedHit]:
    """All passages that either of two rankings found, best first; of equals the one with the lower id.

    `bm25` and `cosines`: the scores of those that the other ranking found, where they have one.
    """
    bm25 = {**bm25, **{hit.passage_id: hit.score for hit in by_words}}
    cosines = {**cosines, **{hit.passage_id: hit.score for hit in by_meaning}}
    words_rank = {hit.passage_id: rank for rank, hit in enumerate(by_words, 1)}
    meaning_rank = {hit.passage_id: rank for rank, hit in enumerate(by_meaning, 1)}
    most_words, most_meaning = max(bm25.values(), default=0.0), max(cosines.values(), default=0.0)
    hits = []
    for passage_id in {**words_rank, **meaning_rank}:
        score, cosine = bm25.get(passage_id, 0.0), cosines.get(passage_id)
        share = _share(score, most_words)
        if cosine is not None:
            share += fusion.cosine * (_share(cosine, most_meaning) - share)
        hits.append(
            FusedHit(
                passage_id=passage_id,
                score=share,
                bm25=score,
                cosine=cosine,
                bm25_rank=words_rank.get(passage_id),
                cosine_rank=meaning_rank.get(passage_id),
            )
        )
    return sorted(hits, key=lambda hit: (-hit.score, -hit.bm25, hit.passage_id))


def _share(score: float, largest: float) -> float:
    """A score as a share of the largest.  In a tiny store BM25 can be zero or negative throughout."""
    return max(score, 0.0) / largest if largest > 0 else 0.0
