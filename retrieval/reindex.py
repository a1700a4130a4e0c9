"""Vectors for passages that have none of the encoder at hand: stored without one, or with another.

Each document in one transaction, so that it can be stopped and gone on with at any moment, beside a bot that
answers and an ingest that writes.

But: which encoder it is, and who watches the progress, is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.store import Store
from retrieval.stored import StoredPassage
from retrieval.vectors import Encoded, Encoder, encoded, passage_text

AT_ONCE = 128
"""Passages that are encoded in one go, at least: their lengths then differ little within a batch."""


@dataclass(frozen=True, slots=True)
class Reindexed:
    """How many documents and passages got their vectors; `overtaken`: documents that changed meanwhile."""

    documents: int
    passages: int
    overtaken: int


def reindex(
    store: Store,
    encoder: Encoder,
    *,
    only: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Reindexed:
    """Encode the passages of documents that lack a vector of the encoder, or of those with the ids `only`.

    `stopped` is asked now and then, and ends it early.
    """
    waiting = store.without_vectors(encoder.id) if only is None else only
    documents = passages = overtaken = 0
    for batch in _batches(store, waiting):
        if stopped():
            break
        texts = [
            passage_text(p.title, p.heading_path, f"{p.lead} {p.text}".lstrip())
            for _, found in batch
            for p in found
        ]
        vectors = encoded(texts, encoder).vectors  # before the transactions, which others wait for
        start = 0
        for document_id, found in batch:
            own = Encoded(encoder.id, vectors[start : start + len(found)])
            start += len(found)
            if store.put_vectors(document_id, [passage.id for passage in found], own):
                documents, passages = documents + 1, passages + len(found)
            else:
                overtaken += 1
        if progress is not None:
            progress(documents + overtaken, len(waiting))
    return Reindexed(documents, passages, overtaken)


def _batches(store: Store, waiting: Iterable[int]) -> Iterator[list[tuple[int, list[StoredPassage]]]]:
    """Documents with their passages, as many as make `AT_ONCE` of these."""
    batch: list[tuple[int, list[StoredPassage]]] = []
    for document_id in waiting:
        batch.append((document_id, store.passages_of(document_id)))
        if sum(len(found) for _, found in batch) >= AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
