"""One ranking of two: BM25, which knows words, and cosine, which knows what a text is about.

A passage's score is a weighted sum of two: BM25 as a share of the most that any passage could reach for the
question (`BM25Index.bound`), and the cosine.  So a question of whose words the documents have few is decided
by its meaning; without a vector BM25's share stands alone.  A little is added for the better of a passage's
two ranks, since what either search puts among its very first deserves to be read, whatever the other says.
`benchmarks/retrieval.md` shows how reciprocal rank, other sums and learned rankers compare.

But: nothing is searched here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.bm25 import Hit

DEPTH = 200
"""How many candidates each of the two puts forward."""
RANKS = 10
"""The first of a ranking gets all that a rank can bring, the one so many places behind it half."""
EQUAL = 1e-5
"""Scores that differ by less share a rank: so much do float32 sums differ by their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """How much of the sum is the cosine's, the rest is BM25's; and how much of the score is the better
    rank's, the rest is the sum's.  Chosen on train questions.
    """

    cosine: float = 0.6
    rank: float = 0.06

    def __post_init__(self) -> None:
        for weight in (self.cosine, self.rank):
            if not 0 <= weight <= 1:
                raise ValueError(f"found a weight of {weight}; expected one from 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class FusedHit:
    """A passage found, and why: its BM25 and its cosine, with its ranks from 1 by either.

    Equal scores share a rank.  It is None where the passage was not among the first `DEPTH`, `cosine` is None
    without a vector.
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
    *,
    bound: float,
    fusion: Fusion,
) -> list[FusedHit]:
    """All passages that either of two rankings found, best first; of equals the one with the lower id.

    `bm25` and `cosines`: the scores of those that the other ranking found, where they have one.
    `bound`: the most that any passage's BM25 could be.
    """
    bm25 = {**bm25, **{hit.passage_id: hit.score for hit in by_words}}
    cosines = {**cosines, **{hit.passage_id: hit.score for hit in by_meaning}}
    words_rank, meaning_rank = _ranks(by_words), _ranks(by_meaning)
    hits = []
    for passage_id in {**words_rank, **meaning_rank}:
        score, cosine = bm25.get(passage_id, 0.0), cosines.get(passage_id)
        share = max(score, 0.0) / bound if bound > 0 else 0.0  # of a tiny store it can be negative throughout
        if cosine is not None:
            share += fusion.cosine * (max(cosine, 0.0) - share)
        best = min(ranks[passage_id] for ranks in (words_rank, meaning_rank) if passage_id in ranks)
        share += fusion.rank * (RANKS / (RANKS - 1 + best) - share)
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


def _ranks(hits: Sequence[Hit]) -> dict[int, int]:
    """The rank of each of some hits, best first, from 1."""
    ranks: dict[int, int] = {}
    rank, score = 0, float("inf")
    for place, hit in enumerate(hits, 1):
        if hit.score < score - EQUAL:
            rank, score = place, hit.score
        ranks[hit.passage_id] = rank
    return ranks
