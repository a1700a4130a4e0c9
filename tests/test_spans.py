"""Spans of a window's logits."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.spans import MAX_TOKENS, Span, best, diagonals

TIED = st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0])
"""Few values, whose sums are exact: ties are the rule."""
LOGITS = st.one_of(TIED, st.just(-math.inf), st.floats(-30, 30, width=32))
PAIRS = st.integers(0, 40).flatmap(
    lambda n: st.tuples(st.lists(LOGITS, min_size=n, max_size=n), st.lists(LOGITS, min_size=n, max_size=n))
)
MAXIMA = st.sampled_from([1, 2, 7, MAX_TOKENS])


def all_spans(start: list[float], end: list[float], max_tokens: int) -> list[Span]:
    """Every span, best first, from the definition: two loops and a sort."""
    n = len(start)
    found = [
        Span(first, last, start[first] + end[last])
        for first in range(n)
        for last in range(first, min(first + max_tokens, n))
        if math.isfinite(start[first] + end[last])
    ]
    return sorted(found, key=lambda span: (-span.score, span.first, span.last - span.first))


@given(PAIRS, MAXIMA, st.integers(0, 12))
def test_the_best_spans_are_those_of_two_loops(
    logits: tuple[list[float], list[float]], max_tokens: int, count: int
) -> None:
    """The table's best are the definition's, in the same order, ties included: the first, then the shorter."""
    table = diagonals(*logits, max_tokens=max_tokens)
    assert best(table, count) == all_spans(*logits, max_tokens)[:count]


@given(PAIRS, MAXIMA)
def test_asking_for_more_than_there_are_gives_all(
    logits: tuple[list[float], list[float]], max_tokens: int
) -> None:
    """A count beyond the spans that exist is no error and invents none."""
    table = diagonals(*logits, max_tokens=max_tokens)
    assert best(table, 10**9) == all_spans(*logits, max_tokens)


def test_a_table_is_laid_out_by_length() -> None:
    """Row d, column s is the span of d + 1 tokens from s; what would end behind the text is -inf."""
    table = diagonals([1, 2, 3], [10, 20, 30], max_tokens=4)
    nothing = -math.inf
    assert table.tolist() == [
        [11, 22, 33],
        [21, 32, nothing],
        [31, nothing, nothing],
        [nothing] * 3,
    ]


def test_float32_logits_are_added_as_float64() -> None:
    """Sums of what the model gives are exact, so that the order does not hang on rounding."""
    start, end = np.array([16_777_216], np.float32), np.array([1], np.float32)
    assert best(diagonals(start, end), 1) == [Span(0, 0, 16_777_217.0)]


def test_no_tokens_no_spans() -> None:
    """An empty window has an empty table and no best span."""
    table = diagonals([], [])
    assert table.shape == (MAX_TOKENS, 0)
    assert best(table, 5) == []
