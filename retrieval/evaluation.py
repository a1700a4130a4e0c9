"""How often the passage with the answer is among the first k (recall@k), and its mean reciprocal rank.

But: whether the reader then finds the answer is not asked here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from retrieval.store import Store
from retrieval.stored import StoredPassage

DEPTHS = (1, 5, 10, 20, 50)
DEEPEST = max(DEPTHS)

Find = Callable[[str, int], Sequence[int]]
"""The ids of the best passages for a question, best first."""


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, the path of the document that answers it, and the answers that would do; none: it does not.

    `marks`: words by which the passage with the answer is known, where the answers are not.
    """

    question: str
    path: str
    answers: tuple[str, ...] = field(repr=False)
    marks: tuple[str, ...] = field(default=(), repr=False)

    def is_answered_by(self, passage: StoredPassage, normalise: Callable[[str], str]) -> bool:
        """Does a passage belong to the document and hold one of the answers (or marks), in whole words?

        Both as `normalise` makes them: the text was normalised at ingest, the answers were not.
        """
        # An answer of nothing but punctuation is empty after normalisation and would be in every passage.
        words = [word for word in map(normalise, self.marks or self.answers) if word]
        text = normalise(passage.text) if words and passage.path == self.path else ""
        return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in words)


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
    """Ask every question, and look for the first passage that answers it."""
    ranks = []
    seconds = 0.0
    for number, judged in enumerate(questions, 1):
        begun = time.perf_counter()
        found = find(judged.question, DEEPEST)
        seconds += time.perf_counter() - begun
        passages = enumerate(store.passages(found))
        ranks.append(next((n for n, each in passages if judged.is_answered_by(each, normalise)), None))
        if progress is not None:
            progress(number, len(questions))
    return Ranks(tuple(ranks), seconds)
