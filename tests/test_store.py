"""The store: what is put in comes out whole, and what is taken out is gone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents import Document
from retrieval.errors import StoreBusy, StoreCorrupt, StoreError, StoreTooNew
from retrieval.intake import searchable
from retrieval.store import Store
from tests.stores import CUT, documents, passage_ids, put, source, written

TABLES_OF_A_DOCUMENT = ("passages", "blocks", "sections")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for many hypothesis examples."""
    with Store(tmp_path_factory.mktemp("shared") / "store.db") as opened:
        yield opened


def count(store: Store, table: str, document_id: int) -> int:
    with store.database.reading() as db:
        row = db.execute(f"SELECT count(*) FROM {table} WHERE document_id = ?", (document_id,)).fetchone()
    return int(row[0])


@settings(max_examples=40, deadline=None)
@given(documents(), documents())
def test_what_is_put_in_comes_out(shared: Store, first: Document, second: Document) -> None:
    """`content` is the document that was put last; its id is that of the first; passages are its slices."""
    before = put(shared, "a.md", first)
    assert shared.content(before) == first
    assert put(shared, "a.md", second) == before
    assert shared.content(before) == second
    cut = [each.passage for each in searchable(second, CUT)]
    stored = shared.passages(passage_ids(shared, [before]))
    assert [(p.start, p.end, p.sentences) for p in stored] == [(p.start, p.end, p.sentences) for p in cut]
    for passage in stored:
        assert passage.text == second.text[passage.start : passage.end]
        assert passage.text == shared.text(before, passage.start, passage.end)
        assert passage.title == second.title
        block = next(b for b in second.blocks if b.start <= passage.start < b.end)
        assert passage.heading_path == second.sections[block.section].heading_path
        assert passage.anchor == second.sections[block.section].anchor


@settings(max_examples=30, deadline=None)
@given(documents(), st.data())
def test_text_and_line_at_are_those_of_the_document(
    shared: Store, document: Document, data: st.DataObject
) -> None:
    """`text` is Python's slice, also beyond the ASCII plane; `line_at` is that of the block."""
    document_id = put(shared, "lines.md", document)
    start = data.draw(st.integers(0, len(document.text)))
    end = data.draw(st.integers(start, len(document.text) + 3))
    assert shared.text(document_id, start, end) == document.text[start:end]
    for block in document.blocks:
        for offset in (block.start, (block.start + block.end) // 2, block.end - 1):
            assert shared.line_at(document_id, offset) == block.line_at(offset)


def test_records_tell_where_a_document_is_from(store: Store) -> None:
    """Every fact of the source is kept, and `touch` changes size and time only."""
    document_id = put(store, "a.md", written("One sentence.", title="T", url="https://a.example"))
    record = store.document(document_id)
    assert record is not None
    assert (record.source, record.path, record.title, record.url) == (
        "/docs/a.md",
        "a.md",
        "T",
        "https://a.example",
    )
    assert (record.sha256, record.recipe, record.passages) == (source("a.md").sha256, CUT.recipe, 1)
    store.touch(document_id, size=7, mtime_ns=8)
    touched = store.document(document_id)
    assert touched is not None
    assert (touched.size, touched.mtime_ns, touched.sha256) == (7, 8, record.sha256)
    assert store.documents() == [touched]


def test_remove_leaves_nothing(store: Store) -> None:
    """Of a removed document there is no passage, block, section, text or record; others are untouched."""
    gone, kept = put(store, "a.md", "Tide gauges. More."), put(store, "b.md", "Laptops. More.")
    passages = passage_ids(store, [gone])
    store.remove(gone)
    assert [count(store, table, gone) for table in TABLES_OF_A_DOCUMENT] == [0, 0, 0]
    assert store.passages(passages) == []
    assert (store.document(gone), store.content(gone), store.text(gone, 0, 3), store.line_at(gone, 0)) == (
        None,
    ) * 4
    assert [record.id for record in store.documents()] == [kept]
    assert store.collections() == {"default": 1}
    store.remove(gone)
    assert put(store, "a.md", "Back again.") not in (gone, kept)  # an old citation cannot point to a new text


def test_a_replaced_document_leaves_no_old_passage(store: Store) -> None:
    """Ids of passages are never given out twice."""
    document_id = put(store, "a.md", "One. Two. Three.")
    old = passage_ids(store)
    put(store, "a.md", "Four.")
    assert store.passages(old) == []
    assert not set(old) & set(passage_ids(store))
    assert count(store, "passages", document_id) == len(passage_ids(store)) == 1


def test_passages_come_in_the_asked_order(store: Store) -> None:
    """Best first stays best first, whatever the order on disk; ids that are gone are left out."""
    for name in "abc":
        put(
            store,
            f"{name}.md",
            f"About {name}. And more of it, much more, so that there are two passages here.",
        )
    ids = passage_ids(store)
    asked = [ids[-1], 99_999, ids[0], ids[2]]
    assert [passage.id for passage in store.passages(asked)] == [ids[-1], ids[0], ids[2]]
    assert [passage.id for passage in store.passages(list(range(5_000, 0, -1)))] == sorted(ids, reverse=True)
    assert store.passages([]) == []


def test_hidden_collections_show_nothing(store: Store) -> None:
    """What is asked of some collections holds nothing of any other; the same path may be in both."""
    put(store, "pay.md", "Salaries of all.", collection="board")
    public = put(store, "pay.md", "Pay day is the 25th.", collection="staff")
    ids = passage_ids(store)
    assert [p.collection for p in store.passages(ids, collections=["staff"])] == ["staff"]
    assert store.passages(ids, collections=[]) == []
    assert store.passages(ids, collections=["' OR 1=1 --"]) == []
    assert [record.id for record in store.documents(["staff"])] == [public]
    assert store.documents([]) == []
    assert len(store.passages(ids)) == len(store.documents()) == 2
    assert store.collections() == {"board": 1, "staff": 1}


def test_a_failed_put_changes_nothing(store: Store) -> None:
    """All of a document or nothing of it: an error half-way takes new terms and the collection back, too."""
    document_id = put(store, "a.md", "Tide gauges.")
    document = written("Laptops are new.")
    cut = searchable(document, CUT)
    object.__setattr__(cut[-1].passage, "section", None)  # NOT NULL: fails at the very end
    with pytest.raises(StoreError, match="NOT NULL"):
        store.put(document, source("a.md"), cut)
    with pytest.raises(StoreError, match="NOT NULL"):
        store.put(document, source("b.md", collection="new"), cut)
    kept = store.content(document_id)
    assert kept is not None
    assert kept.text == "Tide gauges."
    assert store.collections() == {"default": 1}
    with store.database.reading() as db:
        assert not db.execute("SELECT * FROM terms WHERE term LIKE 'laptop%'").fetchall()
        assert not db.execute("SELECT * FROM collections WHERE name = 'new'").fetchall()


def test_threads_read_while_one_writes(store: Store) -> None:
    """Every thread has a connection of its own, and sees the old document or the new one, never half."""
    texts = [" ".join(f"Version {number} says {number}." for _ in range(20)) for number in range(20)]
    document_id = put(store, "a.md", texts[0])
    done = threading.Event()

    def look() -> int:
        looks = 0
        while not done.is_set() or not looks:
            content = store.content(document_id)
            assert content is not None
            assert content.text in texts
            passages = store.passages(passage_ids(store))
            assert len({p.text.split()[1] for p in passages}) <= 1
            looks += 1
        return looks

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(look) for _ in range(4)]
        for text in texts:
            put(store, "a.md", text)
        done.set()
        assert all(reader.result() for reader in readers)


def test_threads_that_write_wait_for_one_another(store: Store) -> None:
    """No put is lost and none fails, whichever thread it comes from."""
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda number: put(store, f"{number}.md", f"Page {number}."), range(24)))
    assert sorted(record.id for record in store.documents()) == sorted(ids)


def test_two_stores_on_one_file_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One writer at a time: the other waits, then says StoreBusy; reading goes on meanwhile."""
    monkeypatch.setattr("retrieval.database.BUSY_SECONDS", 0.05)
    path = tmp_path / "store.db"
    with Store(path) as one, Store(path) as two:
        put(one, "a.md", "First.")
        with one.database.writing():
            with pytest.raises(StoreBusy, match="Another process is writing"):
                put(two, "b.md", "Second.")
            assert [record.path for record in two.documents()] == ["a.md"]
        put(two, "b.md", "Second.")
        assert [record.path for record in one.documents()] == ["a.md", "b.md"]


def test_many_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    """The tables are made once, whoever comes first."""
    path = tmp_path / "new" / "store.db"

    def opened(number: int) -> int:
        with Store(path) as store:
            return put(store, f"{number}.md", "Text.")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(opened, range(8)))) == 8


def test_a_new_file_that_another_is_writing_to_is_waited_for(tmp_path: Path) -> None:
    """SQLite refuses at once, whatever the timeout, to turn the journal of such a file to WAL."""
    path = tmp_path / "store.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.execute, ["ROLLBACK"])
    release.start()
    with Store(path) as store:
        put(store, "a.md", "Text.")
    release.join()
    other.close()


def test_two_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    """The same between processes, where no lock of ours helps."""
    program = (
        "import sys; from pathlib import Path; from retrieval.store import Store\n"
        "sys.stdin.readline()\n"
        "with Store(Path(sys.argv[1])) as store: store.documents()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "store.db")]
    several = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for each in several:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    complaints = [each.communicate()[1] for each in several]
    assert [each.returncode for each in several] == [0, 0, 0], complaints


def _garbage(path: Path) -> None:
    path.write_bytes(b"This is no database at all. " * 400)


def _truncated(path: Path) -> None:
    with Store(path) as store:
        for number in range(30):
            put(store, f"{number}.md", f"Page {number}. " * 50)
    os.truncate(path, path.stat().st_size // 2)


def _damaged_page(path: Path) -> None:
    with Store(path) as store:
        for number in range(30):
            put(store, f"{number}.md", f"Page {number}. " * 50)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


def _of_another_program(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE songs (name TEXT)")
    db.close()


def _of_a_newer_version(path: Path) -> None:
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('quoth', 'moons', '')"
        )
    db.close()


def _a_folder(path: Path) -> None:
    path.mkdir()


def _below_a_file(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("a file where the home should be")


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (_garbage, StoreCorrupt, "is damaged or no SQLite file"),
        (_truncated, StoreCorrupt, "is damaged or no SQLite file"),
        (_damaged_page, StoreCorrupt, "is damaged or no SQLite file"),
        (_of_another_program, StoreCorrupt, "no store of Quoth's"),
        (_of_a_newer_version, StoreTooNew, "written by a newer Quoth (found moons)"),
        (_a_folder, StoreError, "it must be a file"),
        (_below_a_file, StoreError, "is a file; expected a folder"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_sound_store_is_one_clear_line(
    tmp_path: Path, make: object, error: type[StoreError], words: str
) -> None:
    """Never a foreign exception; the line names the file, and nothing is written over what is there."""
    path = tmp_path / "home" / "store.db"
    path.parent.mkdir()
    assert callable(make)
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError) as caught:
        _use(path)
    assert type(caught.value) is error
    assert words in str(caught.value)
    assert str(path.parent) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert before is None or make in (_truncated, _damaged_page) or path.read_bytes() == before


def _use(path: Path) -> None:
    with Store(path) as store:
        store.documents()
        store.database.check()


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    """That is what SQLite leaves behind when it is killed at its first step."""
    (tmp_path / "store.db").touch()
    with Store(tmp_path / "store.db") as store:
        assert store.documents() == []


def test_a_folder_that_may_not_be_written_is_told(without_rights: Path) -> None:
    """Read-only folders and files are one clear line, too."""
    home = without_rights / "home"
    with Store(home / "store.db") as store:
        put(store, "a.md", "Text.")
    (home / "store.db").chmod(0o400)
    home.chmod(0o500)
    with (
        pytest.raises(StoreError, match=r"read-only|cannot be opened") as caught,
        Store(home / "store.db") as store,
    ):
        put(store, "b.md", "Text.")
    assert type(caught.value) is StoreError
    with pytest.raises(StoreError, match="Permission denied; name another folder with --home"):
        Store(home / "deeper" / "store.db")


def test_a_full_disk_keeps_what_is_there(store: Store) -> None:
    """A document that does not fit leaves the old one; after making room all goes on."""
    document_id = put(store, "a.md", "The old text.")
    with store.database.writing() as db:
        full = db.execute("PRAGMA page_count").fetchone()[0] + 2
        db.execute(f"PRAGMA max_page_count = {full}")
    with pytest.raises(StoreError, match="is full; nothing of the last document was stored"):
        put(store, "a.md", "A new text of many words. " * 4_000)
    content = store.content(document_id)
    assert content is not None
    assert content.text == "The old text."
    assert store.database.check() == []
    with store.database.writing() as db:
        db.execute("PRAGMA max_page_count = 1000000")
    assert put(store, "a.md", "A new text of many words. " * 4_000) == document_id


def test_check_names_what_is_wrong(store: Store) -> None:
    """A sound store has nothing to say; a row that refers to nothing is found."""
    document_id = put(store, "a.md", "Text.")
    assert store.database.check() == []
    with sqlite3.connect(store.database.path) as db:  # foreign keys are off by default
        db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
    db.close()
    assert any("refers to nothing" in line for line in store.database.check())
