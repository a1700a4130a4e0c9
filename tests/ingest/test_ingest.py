"""The ingest: every path ends as one row, and only what has changed is touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.demo import DATA, sample_questions
from retrieval.files import page_url
from retrieval.store import Store
from tests.ingesting import (
    SETTINGS,
    Counting,
    everything,
    later,
    report,
    run,
    texts,
    write,
)
from tests.stores import passage_ids


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
