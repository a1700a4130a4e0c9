"""Short texts grouped by the words that they share, each word weighted as BM25 weights it.

The similarity of a text to a leader is its BM25 score for the leader's terms, each term counted once and
lengths left alone (texts of one sentence), as a share of the leader's own.

Texts are looked up by their terms, and not by those that so many share that nobody is like a leader by them
alone (prefix filtering, Chaudhuri et al. 2006, https://doi.org/10.1109/ICDE.2006.9): 20,000 questions take
about twice as long as having their terms made.

But: synonyms are different words.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from retrieval.terms import question_terms

LEAST = 0.5
_NEARLY = 1 - 1e-9
"""What is added up in another order may come to this much less."""

Kind = frozenset[str]
"""The terms of a text; texts with the same ones are alike to everything."""


def groups(texts: Sequence[str], *, least: float = LEAST) -> list[list[int]]:
    """Groups of positions, the largest first; each begins with its leader, the earliest text of it.

    Every text is in one group.  `least`: how similar to its leader a text is, from 0 to 1, more than 0.
    """
    kinds: dict[Kind, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        kinds[frozenset(question_terms(text))].append(number)
    idf = _idf(kinds, len(texts))
    holders: dict[str, list[Kind]] = defaultdict(list)
    for kind in kinds:
        for term in kind:
            holders[term].append(kind)
    found = [[number] for number in kinds.pop(frozenset(), ())]  # without terms they are like nothing
    grouped: set[Kind] = set()
    for leader in kinds:
        if leader not in grouped:
            grouped.add(leader)
            alike = _alike(leader, idf, holders, grouped, least=least)
            grouped.update(alike)
            found.append(sorted(number for kind in (leader, *alike) for number in kinds[kind]))
    return sorted(found, key=lambda group: (-len(group), group[0]))


def _idf(kinds: Mapping[Kind, Sequence[int]], texts: int) -> dict[str, float]:
    df: Counter[str] = Counter()
    for kind, numbers in kinds.items():
        df.update(dict.fromkeys(kind, len(numbers)))
    return {term: math.log(1 + (texts - n + 0.5) / (n + 0.5)) for term, n in df.items()}


def _alike(
    leader: Kind,
    idf: Mapping[str, float],
    holders: dict[str, list[Kind]],
    grouped: set[Kind],
    *,
    least: float,
) -> list[Kind]:
    """Those that are similar enough to a leader, of those in no group; what is in one leaves `holders`."""
    own = sorted(leader)
    enough = least * _weight(own, idf)
    rarest_first = sorted(own, key=idf.__getitem__, reverse=True)
    fewest = _needed(rarest_first, idf, enough * _NEARLY)
    common = len(own) - _needed(reversed(rarest_first), idf, enough * _NEARLY) + 1
    perhaps: set[Kind] = set()
    for term in rarest_first[:common]:
        holders[term] = [kind for kind in holders[term] if kind not in grouped]
        perhaps.update(holders[term])
    return [
        kind
        for kind in perhaps
        if len(shared := leader & kind) >= fewest and _weight(sorted(shared), idf) >= enough
    ]


def _weight(terms: Iterable[str], idf: Mapping[str, float]) -> float:
    return sum(idf[term] for term in terms)


def _needed(terms: Iterable[str], idf: Mapping[str, float], enough: float) -> int:
    """How many of these, from the first on, come to enough."""
    total = 0.0
    for count, term in enumerate(terms, 1):
        total += idf[term]
        if total >= enough:
            return count
    raise AssertionError("all of them come to enough, since `least` is at most 1")
