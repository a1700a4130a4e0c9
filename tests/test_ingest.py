"""The ingest: every path ends as one row, only what has changed is touched, and nothing is lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.commands.demo import DATA, sample_questions
from retrieval import files as files_module
from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.files import page_url
from retrieval.ingest import ingest
from retrieval.intake import PassageSettings
from retrieval.passages import estimate
from retrieval.readers.pool import Addresses, Member, ReaderPool
from retrieval.report import Report
from retrieval.store import Store
from tests.stores import passage_ids

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


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool() as opened:
        opened.read(b"Text.", "a.md")  # start its process while we have the right to
        yield opened


@pytest.fixture
def reader(pool: ReaderPool) -> Counting:
    return Counting(pool)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder of three pages."""
    folder = tmp_path / "docs"
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


def test_added_then_unchanged(store: Store, reader: Counting, docs: Path) -> None:
    """The first run adds, the second opens no file; a file and a folder may be named."""
    assert run(docs, store, reader) == {"a.md": "added", "b.txt": "added", "sub/c.html": "added"}
    before = everything(store)
    assert run(docs, store, reader) == dict.fromkeys(["a.md", "b.txt", "sub/c.html"], "unchanged")
    assert run(docs / "a.md", store, reader) == {"a.md": "unchanged"}
    assert reader.names == []
    assert everything(store) == before


def test_changed_keeps_the_id(store: Store, reader: Counting, docs: Path) -> None:
    """A new text takes the place of the old one, and only of that."""
    run(docs, store, reader)
    ids = {record.path: record.id for record in store.documents()}
    write(docs / "b.txt", "Laptops are old.\n")
    later(docs / "b.txt")
    assert run(docs, store, reader) == {"a.md": "unchanged", "b.txt": "changed", "sub/c.html": "unchanged"}
    assert reader.names == ["b.txt"]
    assert texts(store)["b.txt"] == "Laptops are old."
    assert {record.path: record.id for record in store.documents()} == ids


def test_a_new_time_stamp_alone_is_no_change(store: Store, reader: Counting, docs: Path) -> None:
    """The same content is not read again, and is not even opened the next time."""
    run(docs, store, reader)
    newest = [row for row in everything(store) if row]
    later(docs / "a.md")
    assert run(docs, store, reader)["a.md"] == "unchanged"
    assert reader.names == []
    record = next(r for r in store.documents() if r.path == "a.md")
    assert record.mtime_ns == (docs / "a.md").stat().st_mtime_ns
    assert len(everything(store)) == len(newest)  # no row in the log of changes either


def test_the_same_size_and_time_is_taken_for_the_same_unless_forced(
    store: Store, reader: Counting, docs: Path
) -> None:
    """What `--force` is for: a tool that restores time stamps."""
    run(docs, store, reader)
    facts = (docs / "b.txt").stat()
    write(docs / "b.txt", "Laptops are old.\n")
    os.utime(docs / "b.txt", ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert run(docs, store, reader)["b.txt"] == "unchanged"
    assert set(run(docs, store, reader, force=True).values()) == {"changed"}
    assert texts(store)["b.txt"] == "Laptops are old."


def test_another_way_of_cutting_reads_all_anew(store: Store, reader: Counting, docs: Path) -> None:
    """The recipe is part of what a document was made of."""
    run(docs, store, reader)
    assert set(run(docs, store, reader, settings=replace(SETTINGS, size=30)).values()) == {"changed"}
    assert set(run(docs, store, reader, settings=replace(SETTINGS, size=30)).values()) == {"unchanged"}


def test_missing_and_removed(store: Store, reader: Counting, docs: Path) -> None:
    """A document whose file is gone stays and is told, until `prune` removes it."""
    run(docs, store, reader)
    (docs / "a.md").unlink()
    shutil.rmtree(docs / "sub")
    missing = report(docs, store, reader)
    assert statuses(missing) == {"a.md": "missing", "b.txt": "unchanged", "sub/c.html": "missing"}
    assert all("--prune" in (row.reason or "") for row in missing.rows if row.status == "missing")
    assert len(store.documents()) == 3
    assert run(docs, store, reader, prune=True)["a.md"] == "removed"
    assert list(texts(store)) == ["b.txt"]
    assert run(docs, store, reader, prune=True) == {"b.txt": "unchanged"}


def test_prune_stays_in_the_named_folders(store: Store, reader: Counting, docs: Path, tmp_path: Path) -> None:
    """Documents from elsewhere, of other collections, or of a folder with a longer name are not touched."""
    elsewhere, longer = (
        write(tmp_path / "other" / "d.md", "Text."),
        write(tmp_path / "docs2" / "e.md", "Text."),
    )
    run([docs, elsewhere, longer], store, reader)
    run(docs, store, reader, collection="board")
    for path in (docs / "a.md", elsewhere, longer):
        path.unlink()
    assert run(docs / "sub", store, reader, prune=True) == {"c.html": "unchanged"}
    assert run(docs, store, reader, prune=True)["a.md"] == "removed"
    assert store.collections() == {"board": 3, "default": 4}


def test_prune_knows_a_folder_by_any_path(
    store: Store, reader: Counting, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by a relative path with `..` in it."""
    run(docs, store, reader)
    (docs / "a.md").unlink()
    monkeypatch.chdir(docs / "sub")
    assert run(Path("../../docs"), store, reader, prune=True)["a.md"] == "removed"
    assert run(Path(".."), store, reader)["b.txt"] == "unchanged"


def test_prune_spares_what_is_there_and_was_not_entered(store: Store, reader: Counting, docs: Path) -> None:
    """A hidden folder and a linked one were named once; a run over the folder above does not undo that."""
    write(docs / ".drafts" / "d.md", "Text.")
    (docs / "link").symlink_to(docs / "sub")
    run([docs / ".drafts", docs / "link"], store, reader)
    run(docs, store, reader, prune=True)
    assert len(store.documents()) == 5


def test_a_folder_that_is_gone_is_a_failure_and_not_pruned(
    store: Store, reader: Counting, docs: Path
) -> None:
    """A share that is not mounted must not cost the documents."""
    run(docs, store, reader)
    shutil.rmtree(docs)
    assert run(docs, store, reader, prune=True) == {"docs": "failed"}
    assert len(store.documents()) == 3


def test_a_folder_that_cannot_be_opened_is_not_pruned(reader: Counting, without_rights: Path) -> None:
    """Nothing is known of what lies in it."""
    folder = without_rights / "docs"
    for name in ("open/a.md", "shut/b.md", "shut/deep/c.md"):
        write(folder / name, "Text.")
    with Store(without_rights / "store.db") as store:
        run(folder, store, reader)
        (folder / "open" / "a.md").unlink()
        (folder / "shut").chmod(0)
        told = run(folder, store, reader, prune=True)
        assert told == {"open/a.md": "removed", "shut": "failed"}
        assert sorted(texts(store)) == ["shut/b.md", "shut/deep/c.md"]


def test_dry_run_stores_nothing(store: Store, reader: Counting, docs: Path) -> None:
    """It tells what would be: the rows are those of the run that then follows."""
    assert run(docs, store, reader, dry_run=True) == run(docs, store, reader)
    (docs / "a.md").unlink()
    write(docs / "b.txt", "Laptops are old.")
    later(docs / "sub" / "c.html")
    write(docs / "d.md", "")
    before = everything(store)
    promised = run(docs, store, reader, dry_run=True, prune=True)
    assert everything(store) == before
    assert promised == run(docs, store, reader, prune=True)
    assert promised == {"a.md": "removed", "b.txt": "changed", "sub/c.html": "unchanged", "d.md": "failed"}


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


@pytest.mark.parametrize(
    ("base", "shown", "url"),
    [
        ("https://a.example", "people/leave.md", "https://a.example/people/leave.md"),
        ("https://a.example/wiki/", "leave.md", "https://a.example/wiki/leave.md"),
        ("https://a.example/{stem}/", "people/leave.md", "https://a.example/people/leave/"),
        ("https://a.example/view?f={path}#x", "a/b.html", "https://a.example/view?f=a/b.html#x"),
        ("https://a.example/{stem}.html?from={path}", "a.md", "https://a.example/a.html?from=a.md"),
        ("https://a.example", "a b/ü?#%.md", "https://a.example/a%20b/%C3%BC%3F%23%25.md"),
        ("https://a.example/{other}", "a.md", "https://a.example/{other}/a.md"),
        ("https://a.example/{stem}", "{path}.md", "https://a.example/%7Bpath%7D"),
        ("https://a.example/{stem}", "v1.2/notes.v3.md", "https://a.example/v1.2/notes.v3"),
    ],
)
def test_page_url(base: str, shown: str, url: str) -> None:
    """`{path}` and `{stem}` stand for the file, else the path comes behind; names are quoted as URLs are."""
    assert page_url(base, shown) == url


def test_addresses_come_and_stay(store: Store, reader: Counting, docs: Path) -> None:
    """The page's own address comes first, then --base-url, then what an earlier run was told."""
    own = write(docs / "own.md", "---\nurl: https://own.example/x\n---\nText.\n")

    def urls() -> dict[str, str | None]:
        return {record.path: record.url for record in store.documents()}

    run(docs, store, reader)
    assert urls() == {"a.md": None, "b.txt": None, "own.md": "https://own.example/x", "sub/c.html": None}
    first = run(docs, store, reader, base_url="https://one.example")
    assert first == {"a.md": "changed", "b.txt": "changed", "own.md": "unchanged", "sub/c.html": "changed"}
    assert urls()["a.md"] == "https://one.example/a.md"
    assert set(run(docs, store, reader, base_url="https://one.example").values()) == {"unchanged"}
    write(docs / "a.md", "New text.")
    run(docs, store, reader)
    assert urls()["a.md"] == "https://one.example/a.md"
    run(docs, store, reader, base_url="https://two.example/{stem}")
    assert urls()["sub/c.html"] == "https://two.example/sub/c"
    assert urls()["own.md"] == "https://own.example/x"
    write(own, "---\nurl: https://own.example/y\n---\nText.\n")
    run(docs, store, reader, base_url="https://two.example/{stem}")
    assert urls()["own.md"] == "https://own.example/y"


def test_the_same_file_in_two_collections(store: Store, reader: Counting, docs: Path) -> None:
    """Audiences are apart: each has its own document."""
    run(docs, store, reader, collection="staff")
    run(docs / "a.md", store, reader, collection="board")
    assert store.collections() == {"board": 1, "staff": 3}


def test_progress_tells_every_path(store: Store, reader: Counting, docs: Path) -> None:
    """In order, with how many there are; the last one ends the bar."""
    seen = list[tuple[int, int, str]]()
    report(docs, store, reader, progress=lambda done, total, row: seen.append((done, total, row.path)))
    assert seen == [(1, 3, "a.md"), (2, 3, "b.txt"), (3, 3, "sub/c.html")]


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


@pytest.fixture(scope="module")
def handbook(handbook_home: Path) -> Iterator[Store]:
    with Store(handbook_home / "store.db") as opened:
        yield opened


def test_every_stored_passage_is_a_slice_of_its_document(handbook: Store) -> None:
    """document.text[start:end] for every passage and sentence of the sample handbook."""
    passages = handbook.passages(passage_ids(handbook))
    assert len(passages) > 200
    for record in handbook.documents():
        content = handbook.content(record.id)
        assert content is not None
        mine = [passage for passage in passages if passage.document_id == record.id]
        assert len(mine) == record.passages > 0
        for passage in mine:
            assert passage.text == content.text[passage.start : passage.end]
            assert (passage.sentences[0][0], passage.sentences[-1][1]) == (passage.start, passage.end)


def test_every_sample_answer_is_in_a_stored_passage(handbook: Store) -> None:
    """An answer that no passage holds could never be quoted; the page's own address is stored, too."""
    by_path = {record.path: record for record in handbook.documents()}
    passages = handbook.passages(passage_ids(handbook))
    lost = [
        sample.answer
        for sample in sample_questions()
        if sample.answer is not None
        and not any(
            sample.answer in p.text for p in passages if sample.document == by_path[p.path].path == p.path
        )
    ]
    assert lost == []
    assert len(by_path) == sum(1 for path in (DATA / "handbook").rglob("*.*") if path.is_file())
    assert sum(record.url is not None for record in by_path.values()) > 20


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
