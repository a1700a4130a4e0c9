"""How often the passage with the answer is among the first k (recall@k), and its mean reciprocal rank.

But: whether the reader then finds the answer is not asked here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from retrieval.store import Store
from retrieval.stored import StoredPassage

DEPTHS = (1, 5, 10, 20, 50)
DEEPEST = max(DEPTHS)

Find = Callable[[str, int], Sequence[int]]
"""The ids of the best passages for a question, best first."""


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, the path of the document that answers it, and the answers that would do."""

    question: str
    path: str
    answers: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where the first passage with the answer stood for each question, from 0; None: not among `DEEPEST`.

    `seconds`: wall time of the searches alone.
    """

    ranks: tuple[int | None, ...] = field(repr=False)
    seconds: float

    def recall(self, depth: int) -> float:
        """The share of questions whose answer is among the first `depth` passages."""
        return sum(rank is not None and rank < depth for rank in self.ranks) / max(1, len(self.ranks))

    @property
    def reciprocal(self) -> float:
        """The mean of 1 / rank, counted from 1; 0 for what was not found (MRR)."""
        return sum(0.0 if rank is None else 1 / (rank + 1) for rank in self.ranks) / max(1, len(self.ranks))


def rank_all(
    questions: Sequence[JudgedQuestion],
    store: Store,
    find: Find,
    *,
    normalise: Callable[[str], str],
    progress: Callable[[int, int], None] | None = None,
) -> Ranks:
    """Ask every question.

    A passage counts if it belongs to the judged document and holds one of the answers, both as
    `normalise` makes them: the text was normalised at ingest, the answers were not.
    """
    ranks = []
    seconds = 0.0
    for number, judged in enumerate(questions, 1):
        begun = time.perf_counter()
        found = find(judged.question, DEEPEST)
        seconds += time.perf_counter() - begun
        ranks.append(_rank(judged, store.passages(found), normalise))
        if progress is not None:
            progress(number, len(questions))
    return Ranks(tuple(ranks), seconds)


def _rank(
    judged: JudgedQuestion, found: Sequence[StoredPassage], normalise: Callable[[str], str]
) -> int | None:
    answers = _meaningful(map(normalise, judged.answers))
    for rank, passage in enumerate(found):
        if passage.path == judged.path and any(answer in normalise(passage.text) for answer in answers):
            return rank
    return None


def _meaningful(answers: Iterable[str]) -> list[str]:
    # An answer of nothing but punctuation is empty after normalisation and would be in every passage.
    return [answer for answer in answers if answer]
