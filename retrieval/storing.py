"""Documents on their way into the store: encoded several at a time, while the next ones are being read.

A document by itself seldom has as many passages of one length as keep all processors busy, and each one's end
leaves some of them idle.  So documents wait until there are passages enough; then they are encoded in one go,
in a thread, and stored, each whole and in a transaction of its own.

But: what is stored for sure is only known after `settle`; whoever notes it elsewhere must settle first.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

from retrieval.documents import Document
from retrieval.passages import with_leads
from retrieval.store import Store
from retrieval.stored import PassageTerms, Source
from retrieval.vectors import Encoded, Encoder, encoded, passage_text

AT_ONCE = 128
"""Passages that are encoded in one go, at least: their lengths then differ little within a batch."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    document: Document
    source: Source
    passages: Sequence[PassageTerms]


def texts_of(document: Document, cut: Sequence[PassageTerms]) -> list[str]:
    """What an encoder reads of the passages of a document."""
    return [
        passage_text(
            document.title,
            document.sections[each.passage.section].heading_path,
            with_leads(document, each.passage),
        )
        for each in cut
    ]


class Storing:
    """Takes documents in the order in which they are to be stored; to be used as a context.

    Without an `encoder` each is stored at once, to be found by its words alone.  What still waits when an
    exception leaves the context is not stored.
    """

    def __init__(self, store: Store, encoder: Encoder | None) -> None:
        self._store = store
        self._encoder = encoder
        self._waiting: list[_Waiting] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoding")
        self._under_way: Future[None] | None = None

    def __enter__(self) -> Storing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.settle()
        finally:
            self._thread.shutdown()

    def put(self, document: Document, source: Source, passages: Sequence[PassageTerms]) -> None:
        """Store a document soon, in place of the one from the same source.

        Raises what encoding and storing raise, also of documents that came before.
        """
        if self._encoder is None:
            self._store.put(document, source, passages)
            return
        self._waiting.append(_Waiting(document, source, passages))
        if sum(len(each.passages) for each in self._waiting) >= AT_ONCE:
            self._hand_over(self._encoder)

    def settle(self) -> None:
        """Store all that waits.  Raises as `put` does."""
        if self._encoder is not None and self._waiting:
            self._hand_over(self._encoder)
        self._wait()

    def _hand_over(self, encoder: Encoder) -> None:
        """Give what waits to the thread, as soon as it is through with what it was given before."""
        self._wait()
        batch, self._waiting = self._waiting, []
        self._under_way = self._thread.submit(self._encode_and_store, batch, encoder)

    def _wait(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def _encode_and_store(self, batch: Sequence[_Waiting], encoder: Encoder) -> None:
        # Before the transactions, which others wait for.
        texts = [text for each in batch for text in texts_of(each.document, each.passages)]
        vectors = encoded(texts, encoder).vectors
        start = 0
        for each in batch:
            own = Encoded(encoder.id, vectors[start : start + len(each.passages)])
            start += len(each.passages)
            self._store.put(each.document, each.source, each.passages, own)
