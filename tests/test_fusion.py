"""The fusion: one ranking of two, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.bm25 import Hit
from retrieval.fusion import Fusion, fuse

SCORES = st.dictionaries(st.integers(1, 30), st.floats(-5, 30), max_size=12)
COSINES = st.dictionaries(st.integers(1, 30), st.floats(-1, 1), max_size=12)


def ranked(scores: dict[int, float]) -> list[Hit]:
    return [Hit(p, s) for p, s in sorted(scores.items(), key=lambda pair: -pair[1])]


def test_a_worked_example() -> None:
    """Half and half, with a bound of 40: 20 and 0.5 are 0.5; 5 and 0.75 are 0.4375; the ranks say nothing."""
    hits = fuse(
        ranked({1: 20.0, 2: 5.0}),
        ranked({2: 0.75}),
        {2: 5.0},
        {1: 0.5},
        bound=40.0,
        fusion=Fusion(cosine=0.5, rank=0.0),
    )
    assert [(hit.passage_id, hit.score) for hit in hits] == [(1, 0.5), (2, 0.4375)]
    assert [(hit.bm25_rank, hit.cosine_rank) for hit in hits] == [(1, None), (2, 1)]
    assert [(hit.bm25, hit.cosine) for hit in hits] == [(20.0, 0.5), (5.0, 0.75)]


def test_the_better_rank_counts() -> None:
    """By half, with a cosine of nothing: the first of either ranking has 0.5 of 1 for it, the second 0.5 of 10/11."""
    hits = fuse(
        ranked({1: 20.0, 2: 5.0}),
        ranked({3: 0.9, 2: 0.75}),
        {2: 5.0},
        {},
        bound=40.0,
        fusion=Fusion(cosine=0.0, rank=0.5),
    )
    wanted = {1: 0.25 + 0.5, 3: 0.0 + 0.5, 2: 0.0625 + 0.5 * 10 / 11}
    assert {hit.passage_id: hit.score for hit in hits} == pytest.approx(wanted)
    assert [hit.passage_id for hit in hits] == [1, 2, 3]


def test_copies_share_a_rank() -> None:
    """None of two equal passages may gain by the place in which the arrays hold it."""
    words = [Hit(1, 9.0), Hit(2, 7.0), Hit(3, 7.0 - 1e-7), Hit(4, 5.0)]
    hits = fuse(words, [], {}, {}, bound=10.0, fusion=Fusion())
    assert [hit.bm25_rank for hit in hits] == [1, 2, 2, 4]


@given(SCORES, COSINES)
def test_everything_found_is_ranked_once(words: dict[int, float], meaning: dict[int, float]) -> None:
    """The union of both, each once, best first, and no score outside 0 to 1."""
    hits = fuse(ranked(words), ranked(meaning), {}, {}, bound=30.0, fusion=Fusion())
    assert sorted(hit.passage_id for hit in hits) == sorted({*words, *meaning})
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)


@given(SCORES)
def test_without_vectors_the_order_is_that_of_words(words: dict[int, float]) -> None:
    """Whatever the bound, also where BM25 says nothing."""
    hits = fuse(ranked(words), [], {}, {}, bound=30.0, fusion=Fusion())
    assert [hit.bm25 for hit in hits] == sorted(words.values(), reverse=True)
    assert [hit.bm25 for hit in fuse(ranked(words), [], {}, {}, bound=0.0, fusion=Fusion())] == [
        hit.bm25 for hit in hits
    ]


def test_a_weight_lies_between_nothing_and_all() -> None:
    """Anything else would turn a ranking round."""
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="from 0 to 1"):
            Fusion(cosine=wrong)
        with pytest.raises(ValueError, match="from 0 to 1"):
            Fusion(rank=wrong)
