"""Vectors: what is found is what comparing with every vector finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import vectors as module
from retrieval.vectors import Float32s, VectorIndex, as_int8

WIDTH = 72  # not a multiple of the 64 signs that are compared at once


def unit(seed: int, n: int = 1, width: int = WIDTH) -> Float32s:
    vectors: Float32s = np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def by_hand(
    held: dict[int, tuple[int, int, Float32s]], asked: Float32s, allowed: set[int]
) -> dict[int, float]:
    """The oracle: the cosine of every vector as it is kept, in double precision."""
    found = {}
    for passage, (_, collection, vector) in held.items():
        kept = as_int8(vector[np.newaxis])[0].astype(np.float64)
        if collection in allowed:
            found[passage] = float(kept @ asked / np.linalg.norm(kept))
    return found


@settings(max_examples=40)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(1, 6), st.integers(0, 2), st.integers(1, 4)),
            st.tuples(st.just("remove"), st.integers(1, 6), st.just(0), st.just(0)),
        ),
        max_size=20,
    )
)
def test_the_index_finds_what_comparing_with_all_finds(changes: list[tuple[str, int, int, int]]) -> None:
    """After any additions and removals, in any collections: the oracle's passages, cosines and order."""
    index, held, next_id = VectorIndex(WIDTH), dict[int, tuple[int, int, Float32s]](), 1
    for kind, document, collection, n in changes:
        gone = [passage for passage, (owner, _, _) in held.items() if owner == document]
        if kind == "remove":
            assert index.remove_document(document) == len(gone)
            for passage in gone:
                del held[passage]
            continue
        vectors = unit(next_id, n)
        ids = list(range(next_id, next_id + n))
        index.add(passage_ids=ids, document_ids=[document] * n, collections=[collection] * n,
                  vectors=as_int8(vectors))  # fmt: skip
        held |= {
            passage: (document, collection, vector) for passage, vector in zip(ids, vectors, strict=True)
        }
        next_id += n
    assert len(index) == len(held)
    asked = unit(0)[0]
    for allowed in (None, {0}, {1, 2}, set[int]()):
        expected = by_hand(held, asked, {0, 1, 2} if allowed is None else allowed)
        hits = index.search(asked, 1_000, collections=allowed)
        assert {hit.passage_id for hit in hits} == set(expected)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert all(abs(hit.score - expected[hit.passage_id]) < 1e-5 for hit in hits)
        assert [hit.passage_id for hit in index.search(asked, 3, collections=allowed)] == [
            hit.passage_id for hit in hits[:3]
        ]
    wanted = [*held, 10_000, -1]
    cosines, expected = index.cosines(asked, wanted), by_hand(held, asked, {0, 1, 2})
    assert cosines == pytest.approx(expected, abs=1e-5)


def test_signs_choose_well_among_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """With fewer rescored than there are, the best are still found, in and outside a collection."""
    monkeypatch.setattr(module, "RESCORED", 200)
    index, vectors = VectorIndex(384), unit(1, 5_000, 384)
    near = vectors[:20] + 0.5 * unit(2, 20, 384)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    index.add(passage_ids=np.arange(5_000), document_ids=np.arange(5_000),
              collections=np.arange(5_000) % 2, vectors=as_int8(vectors))  # fmt: skip
    for number, asked in enumerate(near):
        assert index.search(asked, 1)[0].passage_id == number
        (best,) = index.search(asked, 1, collections=[number % 2])
        assert best.passage_id == number
        assert all(
            hit.passage_id % 2 != number % 2 for hit in index.search(asked, 9, collections=[1 - number % 2])
        )


def test_a_byte_a_number_keeps_the_direction() -> None:
    """The cosine to the float original stays above 0.999; zeros stay zeros."""
    vectors = unit(3, 500, 384)
    kept = as_int8(vectors).astype(np.float32)
    cosines = np.sum(kept * vectors, axis=1) / np.linalg.norm(kept, axis=1)
    assert np.abs(kept).max(axis=1).tolist() == [127.0] * 500
    assert cosines.min() > 0.999
    assert not as_int8(np.zeros((1, 8), np.float32)).any()


def test_vectors_of_another_width_are_refused() -> None:
    """And nothing is added."""
    index = VectorIndex(16)
    with pytest.raises(ValueError, match=r"found \(1, 8\) vectors; expected \(1, 16\)"):
        index.add(passage_ids=[1], document_ids=[1], collections=[0], vectors=np.ones((1, 8), np.int8))
    assert len(index) == 0


def test_memory() -> None:
    """A hundred thousand passages of 384 numbers would take 60 MB at most."""
    index = VectorIndex(384)
    for start in range(0, 5_000, 500):
        ids = np.arange(start, start + 500)
        index.add(
            passage_ids=ids, document_ids=ids, collections=ids % 3, vectors=np.ones((500, 384), np.int8)
        )
    assert index.nbytes / 5_000 * 100_000 < 60e6
