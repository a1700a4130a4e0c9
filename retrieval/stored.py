"""What the store holds, as plain values: where a document came from, its record, its passages.

But: how they are put in and read back is `store.py`'s to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from retrieval.dates import last_changed
from retrieval.passages import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a document comes from, and in which state it was read."""

    source: str
    path: str
    collection: str
    size: int
    mtime_ns: int
    sha256: str
    recipe: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """A stored document without its text."""

    id: int
    collection: str
    source: str
    path: str
    title: str
    url: str | None
    size: int
    mtime_ns: int
    dated: str | None
    sha256: str
    recipe: str
    ingested_at: str
    passages: int

    @property
    def changed(self) -> date | None:
        """The day on which it was last changed, as far as it is known."""
        return last_changed(self.dated, self.mtime_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage:
    """A passage with what a citation needs.  `start`, `end` and `sentences` are offsets in the document.

    `version`: the SHA-256 of the file that the document was read from.  `changed`: the day on which the
    document was last changed, as far as it is known.  `lead`: of one that begins amid a list the sentences
    that introduce that, by which it is found, too; they are not part of it.
    """

    id: int
    document_id: int
    collection: str
    title: str
    path: str
    url: str | None
    version: str
    heading_path: tuple[str, ...]
    anchor: str | None
    start: int
    end: int
    sentences: tuple[tuple[int, int], ...] = field(repr=False)
    text: str = field(repr=False)
    changed: date | None = None
    lead: str = field(default="", repr=False)

    @property
    def heading(self) -> str:
        """What it is about: the document's title and the nearest heading."""
        return f"{self.title} > {self.heading_path[-1]}" if self.heading_path else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageTerms:
    """A passage and the terms of its fields."""

    passage: Passage
    body: Sequence[str] = field(repr=False)
    heading: Sequence[str] = field(repr=False)
    title: Sequence[str] = field(repr=False)

    def all(self) -> Iterable[str]:
        """The terms of all fields."""
        return (*self.body, *self.heading, *self.title)
