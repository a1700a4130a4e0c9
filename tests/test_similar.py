"""Texts grouped by the words that they share: as by comparing each leader with every text, and far sooner."""

from __future__ import annotations

import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.similar import groups
from retrieval.terms import question_terms

WORDS = ["bike", "pump", "lunch", "visa", "desk", "badge", "leave", "the", "who"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=30)


def compared_one_by_one(texts: Sequence[str], *, least: float) -> list[list[int]]:
    """The oracle: every text that shares a term with a leader is scored."""
    terms = [frozenset(question_terms(text)) for text in texts]
    df = Counter(term for each in terms for term in each)
    idf = {term: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for term, n in df.items()}
    holders: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(terms):
        for term in each:
            holders[term].append(number)
    found: list[list[int]] = []
    grouped: set[int] = set()
    for leader, own in enumerate(terms):
        if leader in grouped:
            continue
        whole = sum(idf[term] for term in sorted(own))
        scores: dict[int, float] = defaultdict(float)
        for term in sorted(own):
            for number in holders[term]:
                scores[number] += idf[term]
        alike = {number for number, score in scores.items() if score >= least * whole} - grouped
        group = [leader, *sorted(alike - {leader})]
        grouped.update(group)
        found.append(group)
    return sorted(found, key=lambda group: -len(group))


@given(TEXTS, st.sampled_from([0.01, 1 / 3, 0.5, 0.75, 1.0]))
def test_the_same_groups_as_one_by_one(texts: list[str], least: float) -> None:
    """In the same order, also where a share is just enough."""
    assert groups(texts, least=least) == compared_one_by_one(texts, least=least)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_groups_of_words_as_people_use_them(seed: int) -> None:
    """Few of them often and many seldom."""
    chosen = random.Random(seed)
    words = [f"word{number}" for number in range(500)]
    often = [1 / (number + 1) for number in range(500)]
    texts = [" ".join(chosen.choices(words, often, k=chosen.randint(1, 8))) for _ in range(400)]
    assert groups(texts) == compared_one_by_one(texts, least=0.5)


@given(st.lists(st.sampled_from(["bike pump", "pump for a bike", "lunch", "who", "", "lunch and bike"])))
def test_every_text_is_in_one_group(texts: list[str]) -> None:
    """Led by its earliest; the largest group first; the same text is never in two."""
    found = groups(texts)
    assert sorted(number for group in found for number in group) == list(range(len(texts)))
    assert all(group[0] == min(group) for group in found)
    sizes = [len(group) for group in found]
    assert sizes == sorted(sizes, reverse=True)
    for text in set(texts) - {"", "who"}:
        assert sum(any(texts[number] == text for number in group) for group in found) == 1


def test_many_texts_of_the_same_words_take_no_time() -> None:
    """One word in all of them, and nobody is alike: comparing one by one takes a minute."""
    texts = [f"lunch place{number} room{number}" for number in range(20_000)]
    started = time.process_time()
    assert len(groups(texts)) == 20_000
    assert time.process_time() - started < 5.0
