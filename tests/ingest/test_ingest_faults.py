"""Files that cannot be read, change under our hands or stop an ingest: each is a row, and nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from retrieval import files as files_module
from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.ingest import ingest
from retrieval.readers.pool import ReaderPool
from retrieval.store import Store
from tests.ingesting import (
    SETTINGS,
    Counting,
    later,
    report,
    run,
    statuses,
    texts,
    write,
)


def test_skipped_in_a_folder_and_failed_by_name(store: Store, reader: Counting, docs: Path) -> None:
    """Pictures among pages are no failure; a picture that was asked for is."""
    picture = write(docs / "logo.png", b"\x89PNG\r\n\x1a\n")
    assert run(docs, store, reader)["logo.png"] == "skipped"
    (row,) = report(picture, store, reader).rows
    assert (row.status, row.path) == ("failed", "logo.png")
    assert row.reason is not None
    assert row.reason.startswith(".png is not supported; supported are .md")
    assert reader.names == []


def test_a_file_that_fails_keeps_its_old_version(store: Store, reader: Counting, docs: Path) -> None:
    """It fails alone, says which version stays, and is whole again when the file is."""
    run(docs, store, reader)
    old = texts(store)
    write(docs / "a.md", b"")
    write(docs / "sub" / "c.html", b"%PDF-1.7 not a page")
    failed = report(docs, store, reader, prune=True)
    assert statuses(failed) == {"a.md": "failed", "b.txt": "unchanged", "sub/c.html": "failed"}
    assert all("the version of 20" in (row.reason or "") for row in failed.rows if row.status == "failed")
    assert texts(store) == old
    write(docs / "a.md", "# Leave\n\nYou get 26 days.\n")
    assert run(docs, store, reader)["a.md"] == "changed"


def test_a_page_without_text_is_kept_with_a_note(store: Store, reader: Counting, docs: Path) -> None:
    """It has a title and nothing to quote: no failure, but not unsaid either."""
    write(docs / "bare.html", "<title>Bare</title><script>1</script>")
    row = next(row for row in report(docs, store, reader).rows if row.path == "bare.html")
    assert (row.status, row.passages, row.reason) == ("added", 0, "no text, only a title")


def test_an_interruption_leaves_whole_documents(store: Store, reader: Counting, docs: Path) -> None:
    """What was done before Ctrl-C stays, the rest comes with the next run."""

    def interrupt(done: int, total: int, row: object) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        report(docs, store, reader, progress=interrupt)
    assert sorted(texts(store)) == ["a.md", "b.txt"]
    assert run(docs, store, reader) == {"a.md": "unchanged", "b.txt": "unchanged", "sub/c.html": "added"}


class Meddling(Counting):
    """A reader in whose hands the file on disk changes."""

    def __init__(self, pool: ReaderPool, meddle: Any) -> None:
        super().__init__(pool)
        self.meddle = meddle

    def read(self, data: bytes, name: str) -> Document:
        self.meddle()
        return super().read(data, name)


def test_a_file_that_changes_after_it_was_read_is_read_next_time(
    store: Store, pool: ReaderPool, tmp_path: Path
) -> None:
    """What is noted is the state that was read, not the one on disk by then."""
    path = write(tmp_path / "a.md", "Old.")

    def change() -> None:
        write(path, "New.")
        later(path)

    assert run(path, store, Meddling(pool, change)) == {"a.md": "added"}
    assert texts(store) == {"a.md": "Old."}
    assert run(path, store, Counting(pool)) == {"a.md": "changed"}
    assert texts(store) == {"a.md": "New."}


def test_a_file_that_keeps_changing_or_vanishes_is_told(
    store: Store, reader: Counting, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a file is never stored."""
    real = Path.read_bytes

    def grows(path: Path) -> bytes:
        data = real(path)
        if path.name == "a.md":
            path.write_bytes(data + b"more ")
        if path.name == "b.txt":
            path.unlink()
            return real(path)
        return data

    monkeypatch.setattr(Path, "read_bytes", grows)
    rows = {row.path: (row.status, row.reason) for row in report(docs, store, reader).rows}
    assert rows["a.md"] == ("failed", "kept changing while it was being read; ingest it again later")
    assert rows["b.txt"] == ("failed", "vanished while it was being read")
    assert rows["sub/c.html"] == ("added", None)


def test_a_huge_file_is_not_even_read(
    store: Store, reader: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its size is looked at first."""
    monkeypatch.setattr(files_module, "MAX_BYTES", 1 << 20)
    path = tmp_path / "log.txt"
    with path.open("wb") as file:
        file.truncate(3 << 20)
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail("it was read"))
    (row,) = report(path, store, reader).rows
    assert (row.status, row.reason) == ("failed", "has 3 MB; at most 1 MB are read")


def test_a_file_without_rights_is_a_row(reader: Counting, without_rights: Path) -> None:
    """It fails alone."""
    folder = without_rights / "docs"
    for name in ("open.md", "shut.md"):
        write(folder / name, "Text.")
    (folder / "shut.md").chmod(0)
    with Store(without_rights / "store.db") as store:
        told = report(folder, store, reader).rows
    assert [(row.path, row.status, row.reason) for row in told] == [
        ("open.md", "added", None),
        ("shut.md", "failed", "cannot be read: Permission denied"),
    ]


def test_names_that_are_no_utf8_are_stored_and_found_again(
    store: Store, reader: Counting, tmp_path: Path
) -> None:
    """Neither SQLite nor the report trips over them."""
    folder = tmp_path / "docs"
    folder.mkdir()
    with open(os.fsencode(folder) + b"/caf\xe9.md", "w") as file:  # noqa: PTH123
        file.write("Text.")
    assert run(folder, store, reader) == {"caf?.md": "added"}
    assert run(folder, store, reader, prune=True) == {"caf?.md": "unchanged"}


def test_failures_of_readers_are_rows(store: Store, docs: Path) -> None:
    """Any ReadError is one row; whatever else goes wrong is not swallowed."""

    class Refusing(ReaderPool):
        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

        def read(self, data: bytes, name: str) -> Document:
            raise self.error

    told = ingest([docs], store=store, reader=Refusing(ReadError("is odd")), settings=SETTINGS)
    assert [(row.status, row.reason) for row in told.rows] == [("failed", "is odd")] * 3
    with pytest.raises(ZeroDivisionError):
        ingest([docs], store=store, reader=Refusing(ZeroDivisionError()), settings=SETTINGS)
