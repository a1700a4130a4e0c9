"""How often the passage with the answer is among the first k: recall@k of the retriever.

But: whether the reader then finds the answer is not asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from retrieval.live_index import LiveIndex
from retrieval.store import Store

DEPTHS = (1, 5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, the source of the document that answers it, and the answers that would do."""

    question: str
    source: str
    answers: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recall:
    """The share of questions whose answer is among the first k passages, by k."""

    questions: int
    at: dict[int, float]


def recall(
    questions: Sequence[JudgedQuestion],
    store: Store,
    index: LiveIndex,
    *,
    normalise: Callable[[str], str],
    progress: Callable[[int, int], None] | None = None,
) -> Recall:
    """Ask the index every question.

    A passage counts if it belongs to the judged document and holds one of the answers, both as
    `normalise` makes them: the text was normalised at ingest, the answers were not.
    """
    sources = {document.source: document.id for document in store.documents()}
    found = dict.fromkeys(DEPTHS, 0)
    for number, judged in enumerate(questions, 1):
        rank = _rank(judged, sources[judged.source], store, index, normalise)
        for depth in DEPTHS:
            found[depth] += rank is not None and rank < depth
        if progress is not None:
            progress(number, len(questions))
    return Recall(len(questions), {depth: count / max(1, len(questions)) for depth, count in found.items()})


def _rank(
    judged: JudgedQuestion, document_id: int, store: Store, index: LiveIndex, normalise: Callable[[str], str]
) -> int | None:
    hits = [hit.passage_id for hit in index.search(judged.question, max(DEPTHS))]
    answers = _meaningful(map(normalise, judged.answers))
    for rank, passage in enumerate(store.passages(hits)):
        if passage.document_id == document_id and any(a in normalise(passage.text) for a in answers):
            return rank
    return None


def _meaningful(answers: Iterable[str]) -> list[str]:
    # An answer of nothing but punctuation is empty after normalisation and would be in every passage.
    return [answer for answer in answers if answer]
