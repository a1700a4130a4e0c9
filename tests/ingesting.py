"""Files and folders for the ingest's tests, the real readers that are counted, and what became of each path.

But: what should become of it is for the tests to say.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from retrieval.documents import Document
from retrieval.ingest import ingest
from retrieval.intake import PassageSettings
from retrieval.passages import estimate
from retrieval.readers.pool import Addresses, Member, ReaderPool
from retrieval.report import Report
from retrieval.store import Store

SETTINGS = PassageSettings(measure=estimate, size=60)


class Counting:
    """The real readers, and how often they were asked."""

    def __init__(self, pool: ReaderPool) -> None:
        self.pool = pool
        self.names = list[str]()

    def read(self, data: bytes, name: str) -> Document:
        self.names.append(name)
        return self.pool.read(data, name)

    def addresses(self, data: bytes, name: str) -> Addresses:
        return self.pool.addresses(data, name)

    def members(self, data: bytes, name: str) -> Sequence[Member]:
        return self.pool.members(data, name)

    def read_member(self, data: bytes, name: str, member: str) -> Document:
        self.names.append(member)
        return self.pool.read_member(data, name, member)


@contextmanager
def started_pool() -> Iterator[ReaderPool]:
    """Readers with their process, started while we have the right to."""
    with ReaderPool() as opened:
        opened.read(b"Text.", "a.md")
        yield opened


def three_pages(folder: Path) -> Path:
    """A folder of three pages."""
    write(folder / "a.md", "# Leave\n\nYou get 25 days.\n")
    write(folder / "b.txt", "Laptops are new.\n")
    write(folder / "sub" / "c.html", "<title>Pay</title><p>Pay day is the 25th.</p>")
    return folder


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def run(paths: Path | Sequence[Path], store: Store, reader: Counting, **options: Any) -> dict[str, str]:
    """Ingest; the status of each path as shown."""
    return statuses(report(paths, store, reader, **options))


def report(paths: Path | Sequence[Path], store: Store, reader: Counting, **options: Any) -> Report:
    reader.names.clear()
    several = [paths] if isinstance(paths, Path) else paths
    return ingest(several, store=store, reader=reader, **({"settings": SETTINGS} | options))


def statuses(report: Report) -> dict[str, str]:
    assert sum(report.counts.values()) == len(report.rows)
    return {row.path: row.status for row in report.rows}


def everything(store: Store) -> list[tuple[Any, ...]]:
    with store.database.reading() as db:
        tables = [
            row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
        ]
        return [row for table in tables for row in db.execute(f"SELECT * FROM {table}")]


def texts(store: Store) -> dict[str, str]:
    found = {}
    for record in store.documents():
        content = store.content(record.id)
        assert content is not None
        found[record.path] = content.text
    return found


def later(path: Path) -> None:
    """Give a file a new time stamp."""
    facts = path.stat()
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1_000_000_000))
