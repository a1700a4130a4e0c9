"""Short texts grouped by the words that they share, each word weighted as BM25 weights it.

The similarity of a text to a leader is its BM25 score for the leader's terms, each term counted once and
lengths left alone (texts of one sentence), as a share of the leader's own.

But: synonyms are different words.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from retrieval.terms import question_terms

LEAST = 0.5


def groups(texts: Sequence[str], *, least: float = LEAST) -> list[list[int]]:
    """Groups of positions, the largest first; each begins with its leader, the earliest text of it.

    Every text is in one group.  `least`: how similar to its leader a text is, from 0 to 1.
    """
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
        whole = sum(idf[term] for term in own)
        scores: dict[int, float] = defaultdict(float)
        for term in sorted(own):
            for number in holders[term]:
                scores[number] += idf[term]
        alike = {number for number, score in scores.items() if score >= least * whole} - grouped
        group = [leader, *sorted(alike - {leader})]
        grouped.update(group)
        found.append(group)
    return sorted(found, key=lambda group: -len(group))
