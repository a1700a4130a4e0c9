"""The BM25 index against an independent one (rank_bm25, built anew each time) and against a full sort."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from rank_bm25 import BM25Okapi

from retrieval.bm25 import BM25Index, Hit
from retrieval.postings import POSTING, FieldWeights, Postings, count_postings
from retrieval.slots import MAX_COLLECTION

Fields = tuple[list[int], list[int], list[int]]  # term ids of body, heading, title

TERM = st.integers(0, 9)
FIELDS = st.tuples(st.lists(TERM, max_size=12), st.lists(TERM, max_size=3), st.lists(TERM, max_size=3))
QUESTION = st.lists(st.integers(0, 11), max_size=6)  # 10 and 11 are in no passage
WEIGHTS = st.builds(FieldWeights, body=st.integers(0, 2), heading=st.integers(0, 4), title=st.integers(0, 4))


def postings_of(fields: Fields) -> Postings:
    return count_postings(fields[0], heading=fields[1], title=fields[2])


def add(index: BM25Index, passages: dict[int, Fields], *, document: int = 0, collection: int = 0) -> None:
    postings = [postings_of(fields) for fields in passages.values()]
    index.add(
        passage_ids=list(passages),
        document_ids=document,
        collections=collection,
        lengths=[len(p) for p in postings],
        postings=np.concatenate([np.empty(0, POSTING), *postings]),
    )


def bag(fields: Fields, weights: FieldWeights) -> list[int]:
    """The passage as one bag of terms, those of a field repeated as often as it weighs."""
    body, heading, title = fields
    return body * int(weights.body) + heading * int(weights.heading) + title * int(weights.title)


def oracle_scores(bags: list[list[int]], question: list[int]) -> list[float]:
    if not any(bags):  # rank_bm25 divides by the number of terms
        return [0.0] * len(bags)
    return [float(score) for score in BM25Okapi(bags).get_scores(question)]


def best(bags: dict[int, list[int]], scores: list[float], question: list[int], k: int) -> list[Hit]:
    """A full, stable sort of the passages that hold a term of the question."""
    hits = [Hit(p, s) for p, s in zip(bags, scores, strict=True) if set(bags[p]) & set(question)]
    return sorted(hits, key=lambda hit: -hit.score)[:k]


class AgainstRankBM25(RuleBasedStateMachine):
    """Whatever was added and removed before, the index answers like one made of the live passages alone."""

    def __init__(self) -> None:
        super().__init__()
        self.index = BM25Index()
        self.live: dict[int, tuple[int, int, Fields]] = {}  # id -> document, collection, fields
        self.ids = 0
        self.removed: list[int] = []

    @initialize(weights=WEIGHTS)
    def weigh(self, weights: FieldWeights) -> None:
        self.index = BM25Index(weights=weights)

    @rule(document=st.integers(0, 4), collection=st.integers(0, 2), passages=st.lists(FIELDS, max_size=5))
    def add(self, document: int, collection: int, passages: list[Fields]) -> None:
        new = {self.ids + i: fields for i, fields in enumerate(passages)}
        self.ids += len(new)
        add(self.index, new, document=document, collection=collection)
        self.live |= {p: (document, collection, fields) for p, fields in new.items()}

    @precondition(lambda self: self.removed)
    @rule(fields=FIELDS, data=st.data())
    def add_again(self, fields: Fields, data: st.DataObject) -> None:
        passage = data.draw(st.sampled_from(self.removed))
        self.removed.remove(passage)
        add(self.index, {passage: fields}, document=9)
        self.live[passage] = (9, 0, fields)

    @rule(document=st.integers(0, 4))
    def remove_document(self, document: int) -> None:
        gone = [p for p, (d, _, _) in self.live.items() if d == document]
        assert self.index.remove_document(document) == len(gone)
        self.forget(gone)

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def remove_passages(self, data: st.DataObject) -> None:
        gone = data.draw(st.lists(st.sampled_from(sorted(self.live)), max_size=4, unique=True))
        self.index.remove(gone)
        self.forget(gone)

    def forget(self, gone: list[int]) -> None:
        for passage in gone:
            del self.live[passage]
        self.removed += gone

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def add_twice(self, data: st.DataObject) -> None:
        passage = data.draw(st.sampled_from(sorted(self.live)))
        with pytest.raises(ValueError, match=f"passage {passage} is already in the index"):
            add(self.index, {self.ids + 1: ([1], [], []), passage: ([1], [], [])})

    @rule(question=QUESTION, k=st.integers(1, 8), allowed=st.none() | st.sets(st.integers(0, 3)))
    def search(self, question: list[int], k: int, allowed: set[int] | None) -> None:
        bags = {p: bag(fields, self.index.weights) for p, (_, _, fields) in self.live.items()}
        expected = oracle_scores(list(bags.values()), question)
        passages, scores = self.index.scores(question)
        assert passages.tolist() == list(bags)
        np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-9)

        # Ranked by our own scores, since ties are equal to the last bit only within one implementation.
        every = best(bags, scores.tolist(), question, len(bags))
        shown = [hit for hit in every if allowed is None or self.live[hit.passage_id][1] in allowed]
        assert self.index.search(question, k, collections=allowed) == shown[:k]

    @precondition(lambda self: self.live)
    @rule(question=QUESTION, data=st.data())
    def explain(self, question: list[int], data: st.DataObject) -> None:
        passage = data.draw(st.sampled_from(sorted(self.live)))
        bags = {p: Counter(bag(fields, self.index.weights)) for p, (_, _, fields) in self.live.items()}
        parts = self.index.explain(question, passage)
        assert {part.term: part.repeats for part in parts} == Counter(question)
        for part in parts:
            assert part.tf == bags[passage][part.term]
            assert part.df == sum(part.term in terms for terms in bags.values())
        passages, scores = self.index.scores(question)
        score = scores[passages.tolist().index(passage)]
        assert sum(part.score for part in parts) == pytest.approx(score, abs=1e-9)

    @invariant()
    def counts_what_is_live(self) -> None:
        assert len(self.index) == len(self.live)


TestAgainstRankBM25 = AgainstRankBM25.TestCase
TestAgainstRankBM25.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@given(
    passages=st.lists(FIELDS, min_size=1, max_size=12),
    question=QUESTION,
    k1=st.floats(0.1, 3),  # rank_bm25 divides 0 by 0 where k1 is 0, and for an empty passage where b is 1
    b=st.floats(0, 0.9),
    epsilon=st.floats(0, 1),
)
def test_parameters(passages: list[Fields], question: list[int], k1: float, b: float, epsilon: float) -> None:
    """Scores equal rank_bm25's for any k1, b and epsilon."""
    index = BM25Index(k1=k1, b=b, epsilon=epsilon)
    add(index, dict(enumerate(passages)))
    bags = [bag(fields, index.weights) for fields in passages]
    expected = BM25Okapi(bags, k1=k1, b=b, epsilon=epsilon).get_scores(question) if any(bags) else 0.0
    np.testing.assert_allclose(index.scores(question)[1], expected, rtol=0, atol=1e-9)


def random_bags(rng: np.random.Generator, passages: int) -> dict[int, list[int]]:
    """Short passages of few different words: many scores are equal, across many blocks of slots."""
    return {i: rng.zipf(1.5, rng.integers(0, 6)).clip(max=300).tolist() for i in range(passages)}


@pytest.mark.parametrize("step", [1, 7, 250, 3000])
def test_many_blocks_and_segments(step: int) -> None:
    """The top k are a full sort's first k, ties by insertion, whether added one by one or all at once."""
    rng = np.random.default_rng(step)
    bags = random_bags(rng, 3000 if step > 1 else 600)
    index = BM25Index()
    ids = list(bags)
    for first in range(0, len(ids), step):
        add(index, {p: (bags[p], [], []) for p in ids[first : first + step]}, document=first)
    for _ in range(40):
        question = rng.zipf(1.4, rng.integers(1, 6)).clip(max=310).tolist()
        expected = oracle_scores(list(bags.values()), question)
        scores = index.scores(question)[1]
        np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-9)
        for k in (1, 3, 20, 10_000):
            assert index.search(question, k) == best(bags, scores.tolist(), question, k)


def test_the_path_does_not_matter() -> None:
    """An index that grew and shrank answers like a fresh one, and gives back the memory."""
    rng = np.random.default_rng(5)
    bags = random_bags(rng, 1200)
    grown, fresh = BM25Index(), BM25Index()
    for first in range(0, 1200, 10):
        add(grown, {p: (bags[p], [], []) for p in range(first, first + 10)}, document=first)
    most = grown.nbytes
    for document in range(0, 1200, 40):
        assert grown.remove_document(document) == 10
    grown.remove(p for p in range(400, 1000) if p % 40 >= 10)
    left: dict[int, Fields] = {
        p: (terms, [], []) for p, terms in bags.items() if p % 40 >= 10 and not 400 <= p < 1000
    }
    add(fresh, left)
    for _ in range(40):
        question = rng.zipf(1.4, 3).clip(max=310).tolist()
        assert grown.search(question, 25) == fresh.search(question, 25)
        assert [a.tolist() for a in grown.scores(question)] == [a.tolist() for a in fresh.scores(question)]
    assert grown.nbytes < 0.7 * most


def test_statistics_are_global() -> None:
    """A filter chooses passages and leaves scores alone: the same passage has the same score."""
    index = BM25Index()
    add(index, {1: ([1, 2], [], []), 2: ([3], [], [])}, collection=5)
    add(index, {3: ([1], [], []), 4: ([4], [], []), 5: ([4], [], [])}, collection=MAX_COLLECTION)
    everywhere = {hit.passage_id: hit.score for hit in index.search([1, 3], 9)}
    assert everywhere.keys() == {1, 2, 3}
    for allowed, expected in (
        ({5}, {1, 2}),
        ({MAX_COLLECTION, 77}, {3}),
        ({6, -1, 2**40}, set()),
        (set(), set()),
    ):
        hits = index.search([1, 3], 9, collections=allowed)
        assert {hit.passage_id: hit.score for hit in hits} == {p: everywhere[p] for p in expected}


def test_zero_and_negative_scores_are_found() -> None:
    """A tiny knowledge base answers: a passage holding a term is a hit, whatever its score."""
    index = BM25Index()
    add(index, {7: ([1], [], []), 8: ([2], [], [])})
    assert index.search([1], 5) == [Hit(7, 0.0)]  # half of the passages: idf 0
    index.remove([8])
    (hit,) = index.search([1], 5)  # all of the passages: the mean idf is negative too
    assert hit.passage_id == 7
    assert hit.score < 0


def test_nothing_to_find() -> None:
    """An empty index, an emptied one, no terms and unknown terms give no hits; k must ask for something."""
    index = BM25Index()
    assert index.search([1, 2], 3) == []
    assert [len(array) for array in index.scores([1])] == [0, 0]
    assert index.remove_document(1) == 0
    add(index, {})
    add(index, {1: ([], [], []), 2: ([5], [], [])})
    assert index.search([], 3) == []
    assert index.search([6, -1, 2**40], 3) == []
    assert index.explain([-1], 2)[0].score == 0
    assert index.remove_document(0) == 2
    assert index.search([5], 3) == []
    with pytest.raises(ValueError, match="k = 0"):
        index.search([5], 0)


GOOD: dict[str, Any] = {
    "passage_ids": [1, 2],
    "document_ids": [1, 1],
    "collections": [0, 0],
    "lengths": [1, 1],
    "postings": np.array([(1, 1, 0, 0), (1, 2, 0, 0)], POSTING),
}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"passage_ids": [3, 3]}, "passage 3 is already in the index"),
        ({"lengths": [1]}, "one length a passage"),
        ({"lengths": [1, 2]}, "the lengths ask for 3"),
        ({"lengths": [3, -1]}, "the lengths ask for 2"),
        ({"postings": np.zeros(2, np.uint32)}, "retrieval.postings.POSTING"),
        ({"collections": [0, MAX_COLLECTION + 1]}, "collection code"),
        ({"collections": -1}, "collection code"),
        ({"document_ids": [1, 2, 3]}, "broadcast"),
        ({"lengths": [2, 0]}, "lists a term twice"),
    ],
)
def test_wrong_input_adds_nothing(wrong: dict[str, Any], message: str) -> None:
    """What contradicts itself is refused whole."""
    index = BM25Index()
    index.add(**{**GOOD, "passage_ids": [11, 12]})
    before = index.search([1], 9), index.nbytes
    with pytest.raises(ValueError, match=message):
        index.add(**{**GOOD, **wrong})
    assert (index.search([1], 9), index.nbytes) == before
    index.add(**GOOD)
    assert len(index) == 4


def test_removing_is_all_or_nothing() -> None:
    """An unknown id among those to remove leaves the known ones in place."""
    index = BM25Index()
    index.add(**GOOD)
    with pytest.raises(ValueError, match="passage 3 is not in the index"):
        index.remove([1, 3])
    with pytest.raises(ValueError, match="passage 3 is not in the index"):
        index.explain([1], 3)
    index.remove([1, 1])
    assert [hit.passage_id for hit in index.search([1], 9)] == [2]


@given(fields=FIELDS)
def test_counts(fields: Fields) -> None:
    """Postings hold the counts of each field, one posting a distinct term, in order of term."""
    postings = postings_of(fields)
    assert postings["term"].tolist() == sorted(set().union(*fields))
    for name, terms in zip(("body", "heading", "title"), fields, strict=True):
        assert {p["term"]: p[name] for p in postings if p[name]} == Counter(terms)


def test_counts_are_bounded() -> None:
    """A count that does not fit stops at the largest; it does not wrap to a small one."""
    assert count_postings([3] * 70_000, heading=[3] * 300, title=[3] * 256).tolist() == [
        (3, 65_535, 255, 255)
    ]


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_weights_are_sane(weight: float) -> None:
    """A weight that could turn the ranking upside down is refused."""
    with pytest.raises(ValueError, match="at least 0"):
        FieldWeights(title=weight)
