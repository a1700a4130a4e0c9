"""Intake: how one document, once read, gets into the store; the same for files, web pages and standard input.

What has the same source as before takes its place; what has the same bytes is only noted.  What cannot be
read fails alone and its old version stays.

But: where bytes come from is not known here, and whether a source has changed at all is for those who do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from retrieval.documents import Document
from retrieval.errors import PageForbidden, PageGone, ReadError, UnsupportedFormat
from retrieval.passages import passages, with_leads
from retrieval.readers.pool import Member
from retrieval.report import Row, Status
from retrieval.store import Store
from retrieval.stored import DocumentRecord, PassageTerms, Source
from retrieval.storing import Storing
from retrieval.terms import terms

RECIPE = 11
"""Raise this when readers, passages or terms change so that stored documents should be made anew."""

MAX_BYTES = 64 << 20
DEFAULT_COLLECTION = "default"


class DocumentReader(Protocol):
    """Whatever turns a file's bytes into a document; raises ReadError with one clear line."""

    def read(self, data: bytes, name: str) -> Document: ...

    def members(self, data: bytes, name: str) -> Sequence[Member]: ...

    def read_member(self, data: bytes, name: str, member: str) -> Document: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageSettings:
    """How passages are cut: `size` in units of `measure`, `overlap` in sentences."""

    measure: Callable[[str], int]
    size: int = 220
    overlap: int = 1

    @property
    def recipe(self) -> str:
        return json.dumps([RECIPE, self.size, self.overlap])


def searchable(document: Document, settings: PassageSettings) -> list[PassageTerms]:
    """The passages of a document with the terms of their fields."""
    title = terms(document.title)
    headings = [terms(" ".join(section.heading_path)) for section in document.sections]
    cut = passages(document, measure=settings.measure, size=settings.size, overlap=settings.overlap)
    return [
        PassageTerms(
            passage=passage,
            body=terms(with_leads(document, passage)),
            heading=headings[passage.section],
            title=title,
        )
        for passage in cut
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that may become a document.

    `source`: what it is known by from run to run.  `shown`: its name for people.  `mtime_ns`: 0 where
    nobody knows.  `named`: it was asked for by itself.  `url`: where it can be seen.
    """

    source: str
    shown: str
    size: int
    mtime_ns: int
    named: bool
    url: str | None = None

    def row(self, status: Status, record: DocumentRecord, reason: str | None = None) -> Row:
        """The row for an item whose document stays what it is."""
        return Row(
            status=status,
            path=self.shown,
            source=self.source,
            title=record.title,
            passages=record.passages,
            reason=reason,
        )


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where something belongs that a run comes upon: to another `place`, which fills that collection."""

    place: str
    collection: str


Belonging = Callable[[str], Elsewhere | None]
"""Says of a source where else it belongs; None: it is the run's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One run into one collection.  `known`: its documents by source, as the run found them.

    `dry_run`: store nothing.  `force`: make documents anew that seem unchanged.  `prune`: remove the
    documents of what is gone.  `elsewhere`: what is not the run's to read.
    """

    store: Store
    storing: Storing
    settings: PassageSettings
    collection: str
    prune: bool
    dry_run: bool
    force: bool
    known: Mapping[str, DocumentRecord]
    elsewhere: Belonging = lambda _: None

    def guarded(self, item: Item, work: Callable[[], Row]) -> Row:
        """The row that `work` makes, or the one that says why it cannot."""
        try:
            return work()
        except ReadError as error:
            return self.refused(item, error)

    def refused(self, item: Item, error: ReadError) -> Row:
        """The row for what could not be had; its old version stays."""
        record = self.known.get(item.source)
        # In a folder, pictures and the like are no failure; a file asked for by name is.
        skipped = isinstance(error, UnsupportedFormat | PageForbidden | PageGone) and not item.named
        return Row(
            status="skipped" if skipped else "failed",
            path=item.shown,
            source=item.source,
            reason=str(error) + (f"; the version of {record.ingested_at} stays" if record else ""),
        )

    def is_current(self, record: DocumentRecord) -> bool:
        """Was the document made as one would be made now, and is it not to be made anew anyway?"""
        return record.recipe == self.settings.recipe and not self.force

    def keep(self, item: Item, document: Document, sha256: str, before: DocumentRecord | None) -> Row:
        """Have a document stored, read from bytes with that SHA-256; `before`: the one in its place."""
        # Without an address this time, the one from an earlier time still holds.
        url = document.url or item.url or (before.url if before else None)
        if before and self.is_current(before) and (before.sha256, before.url) == (sha256, url):
            return item.row("unchanged", before)
        cut = searchable(document, self.settings)
        if not self.dry_run:
            self.storing.put(
                document,
                Source(
                    source=item.source,
                    path=item.shown,
                    collection=self.collection,
                    size=item.size,
                    mtime_ns=item.mtime_ns,
                    sha256=sha256,
                    recipe=self.settings.recipe,
                    url=url,
                ),
                cut,
            )
        notes = [*document.notes, *([] if cut else ["no text, only a title"])]
        return Row(
            status="changed" if before else "added",
            path=item.shown,
            source=item.source,
            title=document.title,
            passages=len(cut),
            reason="; ".join(notes) or None,
        )

    def handed_over(self, records: Iterable[DocumentRecord]) -> list[Row]:
        """Rows for those documents that belong to another collection, and their end, whatever `prune` says.

        That collection may be open to fewer people, and no run of its own would look after them here.
        """
        rows = list[Row]()
        for record in records:
            to = self.elsewhere(record.source)
            if to is not None and to.collection != self.collection:
                rows.append(self.hand_over(record, to))
        return rows

    def hand_over(self, record: DocumentRecord, to: Elsewhere, why: str = "") -> Row:
        """The end of a document that belongs to another collection, whatever `prune` says, and its row."""
        if not self.dry_run:
            self.store.remove(record.id)
        reason = f"{why}belongs to {to.place}, which is followed into {to.collection}"
        return _last_row("removed", record, reason)

    def absent(self, record: DocumentRecord, why: str = "the file is gone") -> Row:
        """The row for a document whose file is gone, and the end of the document if that is wished."""
        if not self.prune:
            return _last_row("missing", record, f"{why}; --prune removes the document")
        if not self.dry_run:
            self.store.remove(record.id)
        return _last_row("removed", record, why)

    def left(self, record: DocumentRecord, why: str) -> Row:
        """The row for a document of which nothing can be told, and which stays."""
        return _last_row("missing", record, f"{why}; the document stays")


def _last_row(status: Status, record: DocumentRecord, reason: str) -> Row:
    """The row for a document of which there is no file or page any more, as far as this run knows."""
    return Row(
        status=status,
        path=record.path,
        source=record.source,
        title=record.title,
        passages=record.passages,
        reason=reason,
    )
