"""Ingest: from files to stored, searchable passages; again and again, touching only what has changed.

A file whose size and time stamp are those of the last time is not even opened; one whose SHA-256 is
the same is only noted.  A file that cannot be read fails alone and its old version stays.  Every path
that was looked at ends as one row of the report.

But: how a kind of file is read is the readers' to know, how passages are cut `passages.py`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from retrieval.discovery import FoundFile, Obstacle, absolute, discover, is_folder
from retrieval.documents import Document
from retrieval.errors import ReadError, UnsupportedFormat
from retrieval.passages import passages
from retrieval.readers.formats import ARCHIVE, announced_format
from retrieval.readers.pool import Member
from retrieval.report import Progress, Report, Row, Status
from retrieval.store import DocumentRecord, PassageTerms, Source, Store
from retrieval.terms import terms
from retrieval.vectors import Encoded, Encoder, encoded, passage_text

RECIPE = 3
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
        prune=prune,
        dry_run=dry_run,
        force=force,
        known={record.source: record for record in store.documents([collection])},
    )
    found = list(discover(paths))
    rows = list[Row]()
    for number, each in enumerate(found, 1):
        rows += [job.obstacle(each)] if isinstance(each, Obstacle) else job.rows_of(each)
        if progress is not None and rows:
            progress(number, len(found), rows[-1])
    rows += job.gone([root for root in map(absolute, paths) if is_folder(root)], found)
    if not dry_run and any(row.status in ("added", "changed", "removed") for row in rows):
        store.find_superseded()
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
    prune: bool
    dry_run: bool
    force: bool
    known: Mapping[str, DocumentRecord]
    moved: set[str] = field(default_factory=set)  # sources whose documents have another one now

    def obstacle(self, found: Obstacle) -> Row:
        status: Status = "failed" if found.failed else "skipped"
        return Row(status=status, path=found.shown, source=_storable(found.path), reason=found.reason)

    def rows_of(self, found: FoundFile) -> list[Row]:
        """Rows for a file: one, or one for each file in an archive."""
        if found.path.suffix.lower() not in ARCHIVE.suffixes:
            return [self.file(found)]
        try:
            data, size, mtime_ns = _read_steadily(found.path)
            members = self.reader.members(data, found.path.name)
        except ReadError as error:
            return [Row(status="failed", path=found.shown, source=_storable(found.path), reason=str(error))]
        rows = []
        for member in members:
            inside = replace(
                found, path=found.path / member.shown, shown=f"{found.shown}/{member.shown}", size=size,
                mtime_ns=mtime_ns, named=False,
            )  # fmt: skip
            rows.append(self._guarded(inside, partial(self._member, data, member)))
        seen = {row.source for row in rows}
        inside_before = [source for source in self.known if Path(source).is_relative_to(found.path)]
        return rows + [self._absent(self.known[source]) for source in inside_before if source not in seen]

    def file(self, found: FoundFile) -> Row:
        """The row for a file that is one document."""
        return self._guarded(found, self._bring_up_to_date)

    def _guarded(self, found: FoundFile, work: Callable[[FoundFile, str, DocumentRecord | None], Row]) -> Row:
        source = _storable(found.path)
        record = self.known.get(source)
        try:
            return work(found, source, record)
        except ReadError as error:
            # In a folder, pictures and the like are no failure; a file asked for by name is.
            skipped = isinstance(error, UnsupportedFormat) and not found.named
            return Row(
                status="skipped" if skipped else "failed",
                path=found.shown,
                source=source,
                reason=str(error) + (f"; the version of {record.ingested_at} stays" if record else ""),
            )

    def gone(self, roots: Sequence[Path], found: Sequence[FoundFile | Obstacle]) -> list[Row]:
        """Rows for documents of the named folders, absolute, whose files were not seen."""
        seen = {_storable(each.path) for each in found}
        # Nothing is known of what lies in a folder that cannot be opened or was not entered.
        unknown = [each.path for each in found if isinstance(each, Obstacle)]
        archives = {each.path for each in found if each.path.suffix.lower() in ARCHIVE.suffixes}
        rows = []
        for source, record in self.known.items():
            path = Path(source)
            under_root = any(path.is_relative_to(root) for root in roots)
            if source in seen or source in self.moved or not under_root:
                continue
            if any(path.is_relative_to(each) for each in unknown) or not archives.isdisjoint(path.parents):
                continue
            rows.append(self._absent(record))
        return rows

    def _absent(self, record: DocumentRecord) -> Row:
        """The row for a document whose file is gone, and the end of the document if that is wished."""
        if self.prune and not self.dry_run:
            self.store.remove(record.id)
        return Row(
            status="removed" if self.prune else "missing",
            path=record.path,
            source=record.source,
            title=record.title,
            passages=record.passages,
            reason="the file is gone" + ("" if self.prune else "; --prune removes the document"),
        )

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
        before = record or self._moved_here(sha256)
        if before is not None and record is None and before.recipe == self.settings.recipe:
            if not self.dry_run:
                self.store.move(before.id, source=source, path=found.shown, url=url or before.url)
            return row("moved", before.title, before.passages, f"was {before.path}")
        document = self.reader.read(data, found.path.name)
        return self._store(replace(found, size=size, mtime_ns=mtime_ns), source, record, document, sha256)

    def _member(
        self, data: bytes, member: Member, found: FoundFile, source: str, record: DocumentRecord | None
    ) -> Row:
        """The row for a file in an archive, whose bytes are `data`."""
        if (
            record
            and (record.sha256, record.recipe) == (member.sha256, self.settings.recipe)
            and not self.force
        ):
            return _RowOf(found.shown, source)("unchanged", record.title, record.passages)
        document = self.reader.read_member(data, found.path.name, member.name)
        return self._store(found, source, record, document, member.sha256)

    def _store(
        self, found: FoundFile, source: str, record: DocumentRecord | None, document: Document, sha256: str
    ) -> Row:
        row = _RowOf(found.shown, source)
        url = page_url(self.base_url, found.shown) if self.base_url else None
        # Without --base-url this time, the address from an earlier one still holds.
        url = document.url or url or (record.url if record else None)
        settled = record and record.recipe == self.settings.recipe and not self.force
        if settled and record and (record.sha256, record.url) == (sha256, url):
            return row("unchanged", record.title, record.passages)
        cut = searchable(document, self.settings)
        if not self.dry_run:
            self.store.put(
                document,
                Source(
                    source=source,
                    path=found.shown,
                    collection=self.collection,
                    size=found.size,
                    mtime_ns=found.mtime_ns,
                    sha256=sha256,
                    recipe=self.settings.recipe,
                    url=url,
                ),
                cut,
                None if self.encoder is None else vectors_of(document, cut, self.encoder),
            )
        notes = [*document.notes, *([] if cut else ["no text, only a title"])]
        return row("changed" if record else "added", document.title, len(cut), "; ".join(notes) or None)

    def _moved_here(self, sha256: str) -> DocumentRecord | None:
        """The document of a file that has gone, with the very bytes of one that is new."""
        for record in self.known.values():
            if record.sha256 == sha256 and record.source not in self.moved and _is_gone(Path(record.source)):
                self.moved.add(record.source)
                return record
        return None


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


def _is_gone(path: Path) -> bool:
    """Is there no such file, nor an archive that it could be in?"""
    return not path.exists() and not any(parent.is_file() for parent in path.parents)


def _storable(path: Path) -> str:
    # A name that is no UTF-8 has surrogates in it, which SQLite cannot store.
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
