"""The store: what is put in comes out whole, and what is taken out is gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents import Document
from retrieval.errors import StoreError
from retrieval.intake import searchable
from retrieval.store import Store
from tests.stores import CUT, documents, passage_ids, put, source, written

TABLES_OF_A_DOCUMENT = ("passages", "blocks", "sections")


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
