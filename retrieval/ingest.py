"""Ingest: files, web pages and standard input become stored, searchable passages of a collection.

Again and again, touching only what has changed.  What cannot be read fails alone and its old version stays.

But: each way in has its module (`files.py`, `web/`), and how a document is stored is `intake.py`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from retrieval.errors import ReadError
from retrieval.files import ingest_files
from retrieval.intake import (
    DEFAULT_COLLECTION,
    MAX_BYTES,
    Belonging,
    DocumentReader,
    Intake,
    Item,
    PassageSettings,
)
from retrieval.report import Progress, Report, Row
from retrieval.store import Store
from retrieval.storing import Storing
from retrieval.vectors import Encoder
from retrieval.web.fetch import MANNERS, Manners
from retrieval.web.keeping import PageReader
from retrieval.web.pages import ingest_pages
from retrieval.web.start import Start

STDIN = "stdin:"
"""The sources of documents from standard input begin with it."""


def ingest(
    paths: Sequence[Path],
    *,
    store: Store,
    reader: PageReader,
    settings: PassageSettings,
    pages: Sequence[Start] = (),
    given: Mapping[str, bytes] = MappingProxyType({}),
    encoder: Encoder | None = None,
    collection: str = DEFAULT_COLLECTION,
    base_url: str | None = None,
    manners: Manners = MANNERS,
    prune: bool = False,
    dry_run: bool = False,
    force: bool = False,
    elsewhere: Belonging = lambda _: None,
    progress: Progress | None = None,
) -> Report:
    """Bring a collection up to date with files and folders, web pages, and bytes that have a name.

    `encoder`: gives each passage its vector; without one, documents are found by their words alone.
    `base_url`: where the files can be seen, see `page_url`.  `prune`: remove documents of the named folders
    and sites that are gone.  `dry_run`: read everything, store nothing.  `force`: read anew what seems
    unchanged.  `elsewhere`: what to leave alone, as another run reads it; what this collection has of another
    one's is removed.  A KeyboardInterrupt leaves whole documents only.
    """
    with Storing(store, encoder) as storing:
        intake = Intake(
            store=store,
            storing=storing,
            settings=settings,
            collection=collection,
            prune=prune,
            dry_run=dry_run,
            force=force,
            known={record.source: record for record in store.documents([collection])},
            elsewhere=elsewhere,
        )
        rows = ingest_files(paths, intake, reader, base_url=base_url, progress=progress)
        rows += ingest_pages(pages, intake, reader, manners=manners, progress=progress)
        rows += [ingest_bytes(data, name, intake, reader) for name, data in given.items()]
    if not dry_run and any(row.status in ("added", "changed", "moved", "removed") for row in rows):
        store.find_superseded()
    return Report(tuple(rows))


def ingest_bytes(data: bytes, name: str, intake: Intake, reader: DocumentReader) -> Row:
    """Bring in what came by standard input; `name` says what it is and which earlier one it replaces."""
    item = Item(source=f"{STDIN}{name}", shown=name, size=len(data), mtime_ns=0, named=True)
    before = intake.known.get(item.source)

    def work() -> Row:
        if len(data) > MAX_BYTES:
            raise ReadError(f"has more than {MAX_BYTES >> 20:,} MB, the most that is read")
        sha256 = hashlib.sha256(data).hexdigest()
        if before and intake.is_current(before) and before.sha256 == sha256:
            return item.row("unchanged", before)
        return intake.keep(item, reader.read(data, name), sha256, before)

    return intake.guarded(item, work)
