"""Ingest: from files to stored, searchable passages; again and again, touching only what has changed.

A file whose size and time stamp are those of the last time is not even opened; one whose SHA-256 is
the same is only noted.  A file that cannot be read fails alone and its old version stays.  Every path
that was looked at ends as one row of the report.

But: how a kind of file is read is the readers' to know, how passages are cut `passages.py`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import quote

from retrieval.discovery import FoundFile, Obstacle, absolute, discover, is_folder
from retrieval.documents import Document
from retrieval.errors import ReadError, UnsupportedFormat
from retrieval.passages import passages
from retrieval.readers.formats import announced_format
from retrieval.store import DocumentRecord, PassageTerms, Source, Store
from retrieval.terms import terms
from retrieval.vectors import Encoded, Encoder, encoded, passage_text

Status = Literal["added", "changed", "unchanged", "removed", "missing", "skipped", "failed"]
STATUSES: tuple[Status, ...] = ("added", "changed", "unchanged", "removed", "missing", "skipped", "failed")

RECIPE = 1
"""Raise this when readers, passages or terms change so that stored documents should be made anew."""

MAX_BYTES = 64 << 20
DEFAULT_COLLECTION = "default"


class DocumentReader(Protocol):
    """Whatever turns a file's bytes into a document; raises ReadError with one clear line."""

    def read(self, data: bytes, name: str) -> Document: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageSettings:
    """How passages are cut: `size` in units of `measure`, `overlap` in sentences."""

    measure: Callable[[str], int]
    size: int = 220
    overlap: int = 1

    @property
    def recipe(self) -> str:
        return json.dumps([RECIPE, self.size, self.overlap])


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one path."""

    status: Status
    path: str
    source: str
    reason: str | None = None
    title: str | None = None
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What became of all of them."""

    rows: tuple[Row, ...] = field(repr=False)

    @property
    def counts(self) -> dict[Status, int]:
        """How many rows there are of each status."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in STATUSES}


Progress = Callable[[int, int, Row], None]
"""Called after each path with how many are done, how many there are, and what became of it."""


def ingest(
    paths: Sequence[Path],
    *,
    store: Store,
    reader: DocumentReader,
    settings: PassageSettings,
    encoder: Encoder | None = None,
    collection: str = DEFAULT_COLLECTION,
    base_url: str | None = None,
    prune: bool = False,
    dry_run: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Bring a collection up to date with files and folders.

    `encoder`: gives each passage its vector; without one, documents are found by their words alone.
    `base_url`: where the pages can be seen, see `page_url`.  `prune`: remove documents of the named
    folders whose files are gone.  `dry_run`: read everything, store nothing.  `force`: read files anew
    that seem unchanged.  A KeyboardInterrupt leaves whole documents only.
    """
    job = _Job(
        store=store,
        reader=reader,
        settings=settings,
        encoder=encoder,
        collection=collection,
        base_url=base_url,
        dry_run=dry_run,
        force=force,
        known={record.source: record for record in store.documents([collection])},
    )
    found = list(discover(paths))
    rows = list[Row]()
    for number, each in enumerate(found, 1):
        rows.append(job.obstacle(each) if isinstance(each, Obstacle) else job.file(each))
        if progress is not None:
            progress(number, len(found), rows[-1])
    rows += job.gone([root for root in map(absolute, paths) if is_folder(root)], found, prune)
    return Report(tuple(rows))


def page_url(base_url: str, shown: str) -> str:
    """Where a page can be seen: `{path}` and `{stem}` (the path without its suffix) stand for the file.

    Without either, the path is put behind the address.
    """
    path = quote(shown)
    stem = quote(str(Path(shown).with_suffix("")))
    if "{path}" in base_url or "{stem}" in base_url:
        return base_url.replace("{path}", path).replace("{stem}", stem)
    return f"{base_url.rstrip('/')}/{path}"


def searchable(document: Document, settings: PassageSettings) -> list[PassageTerms]:
    """The passages of a document with the terms of their fields."""
    title = terms(document.title)
    headings = [terms(" ".join(section.heading_path)) for section in document.sections]
    cut = passages(document, measure=settings.measure, size=settings.size, overlap=settings.overlap)
    return [
        PassageTerms(
            passage=passage,
            body=terms(document.text[passage.start : passage.end]),
            heading=headings[passage.section],
            title=title,
        )
        for passage in cut
    ]


def vectors_of(document: Document, cut: Sequence[PassageTerms], encoder: Encoder) -> Encoded:
    """The vectors of the passages that `searchable` cut."""
    return encoded(
        [
            passage_text(
                document.title,
                document.sections[each.passage.section].heading_path,
                document.text[each.passage.start : each.passage.end],
            )
            for each in cut
        ],
        encoder,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One run over one collection; each method makes rows of the report.  `known`: documents by source."""

    store: Store
    reader: DocumentReader
    settings: PassageSettings
    encoder: Encoder | None
    collection: str
    base_url: str | None
    dry_run: bool
    force: bool
    known: Mapping[str, DocumentRecord]

    def obstacle(self, found: Obstacle) -> Row:
        status: Status = "failed" if found.failed else "skipped"
        return Row(status=status, path=found.shown, source=_storable(found.path), reason=found.reason)

    def file(self, found: FoundFile) -> Row:
        source = _storable(found.path)
        record = self.known.get(source)
        try:
            return self._bring_up_to_date(found, source, record)
        except ReadError as error:
            # In a folder, pictures and the like are no failure; a file asked for by name is.
            skipped = isinstance(error, UnsupportedFormat) and not found.named
            return Row(
                status="skipped" if skipped else "failed",
                path=found.shown,
                source=source,
                reason=str(error) + (f"; the version of {record.ingested_at} stays" if record else ""),
            )

    def gone(self, roots: Sequence[Path], found: Sequence[FoundFile | Obstacle], prune: bool) -> list[Row]:
        """Rows for documents of the named folders, absolute, whose files were not seen."""
        seen = {_storable(each.path) for each in found}
        # Nothing is known of what lies in a folder that cannot be opened or was not entered.
        unknown = [each.path for each in found if isinstance(each, Obstacle)]
        rows = []
        for source, record in self.known.items():
            path = Path(source)
            under_root = any(path.is_relative_to(root) for root in roots)
            if source in seen or not under_root or any(path.is_relative_to(each) for each in unknown):
                continue
            if prune and not self.dry_run:
                self.store.remove(record.id)
            rows.append(
                Row(
                    status="removed" if prune else "missing",
                    path=record.path,
                    source=source,
                    title=record.title,
                    passages=record.passages,
                    reason="the file is gone" + ("" if prune else "; --prune removes the document"),
                )
            )
        return rows

    def _bring_up_to_date(self, found: FoundFile, source: str, record: DocumentRecord | None) -> Row:
        announced_format(found.path.name)  # before a film of gigabytes is opened
        row = _RowOf(found.shown, source)
        url = page_url(self.base_url, found.shown) if self.base_url else None
        settled_but_for_url = record and record.recipe == self.settings.recipe and not self.force
        settled = settled_but_for_url and record and url in (None, record.url)
        if settled and record and (record.size, record.mtime_ns) == (found.size, found.mtime_ns):
            return row("unchanged", record.title, record.passages)
        data, size, mtime_ns = _read_steadily(found.path)
        sha256 = hashlib.sha256(data).hexdigest()
        if settled and record and record.sha256 == sha256:
            if not self.dry_run:
                self.store.touch(record.id, size=size, mtime_ns=mtime_ns)
            return row("unchanged", record.title, record.passages)
        document = self.reader.read(data, found.path.name)
        # Without --base-url this time, the address from an earlier one still holds.
        url = document.url or url or (record.url if record else None)
        if settled_but_for_url and record and (record.sha256, record.url) == (sha256, url):
            return row("unchanged", record.title, record.passages)
        cut = searchable(document, self.settings)
        if not self.dry_run:
            self.store.put(
                document,
                Source(
                    source=source,
                    path=found.shown,
                    collection=self.collection,
                    size=size,
                    mtime_ns=mtime_ns,
                    sha256=sha256,
                    recipe=self.settings.recipe,
                    url=url,
                ),
                cut,
                None if self.encoder is None else vectors_of(document, cut, self.encoder),
            )
        note = None if cut else "no text, only a title"
        return row("changed" if record else "added", document.title, len(cut), note)


@dataclass(frozen=True, slots=True)
class _RowOf:
    """Rows about one file."""

    path: str
    source: str

    def __call__(self, status: Status, title: str, passages: int, reason: str | None = None) -> Row:
        return Row(
            status=status, path=self.path, source=self.source, title=title, passages=passages, reason=reason
        )


def _read_steadily(path: Path) -> tuple[bytes, int, int]:
    """A file's bytes, size and time stamp, all of one state; a file that changes meanwhile is read again."""
    try:
        for _ in range(3):
            before = path.stat()
            if before.st_size > MAX_BYTES:
                raise ReadError(f"has {before.st_size >> 20:,} MB; at most {MAX_BYTES >> 20:,} MB are read")
            data = path.read_bytes()
            after = path.stat()
            if (
                (before.st_size, before.st_mtime_ns)
                == (after.st_size, after.st_mtime_ns)
                == (
                    len(data),
                    before.st_mtime_ns,
                )
            ):
                return data, after.st_size, after.st_mtime_ns
    except FileNotFoundError as error:
        raise ReadError("vanished while it was being read") from error
    except OSError as error:
        raise ReadError(f"cannot be read: {error.strerror}") from error
    raise ReadError("kept changing while it was being read; ingest it again later")


def _storable(path: Path) -> str:
    # A name that is no UTF-8 has surrogates in it, which SQLite cannot store.
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
