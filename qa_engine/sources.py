"""What the engine needs from whoever keeps the documents: Protocols, met by `retrieval` in `bot`.

But: nothing is implemented here, so that the engine knows no store and the store no engine.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Passage(Protocol):
    """A stored passage: `text` is its document's text from `start` on; `sentences` are document offsets.

    `heading` says in a few words what it is about: the document's title and the nearest heading.
    """

    @property
    def id(self) -> int: ...
    @property
    def document_id(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def sentences(self) -> Sequence[tuple[int, int]]: ...


P_co = TypeVar("P_co", bound=Passage, covariant=True)


@dataclass(frozen=True, slots=True)
class Found(Generic[P_co]):
    """A passage that was retrieved, and its score, to be compared with those of the same question only.

    `bm25`: its score by words alone, where that is another one.
    """

    passage: P_co
    score: float
    bm25: float | None = None


class Library(Protocol[P_co]):
    """Where passages come from and quotes are checked."""

    def spelled_out(self, question: str) -> str:
        """The question with what its words mean here, for a reader that does not know them."""

    def is_strange(self, question: str, *, collections: Collection[str] | None) -> bool:
        """Whether it asks of nothing but names that stand nowhere: what is near is about something else."""

    def search(self, question: str, k: int, *, collections: Collection[str] | None) -> Sequence[Found[P_co]]:
        """The best `k` passages of the collections (None: all) for a question as it was typed, best first."""

    def text(self, document_id: int, start: int, end: int) -> str | None:
        """A document's text between two offsets as it stands now; None if the document is gone."""
