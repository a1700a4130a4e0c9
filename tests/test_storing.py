"""Documents that wait to be encoded with others: stored as if each had been by itself, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents import Document
from retrieval.intake import searchable
from retrieval.store import Store
from retrieval.storing import AT_ONCE, Storing
from tests.ingesting import texts
from tests.stores import CUT, FailingEncoder, LetterEncoder, documents, put, source, written

LONG = " ".join(f"Station {number} measures the tide and tells it to Bristol." for number in range(80))
"""A document of about forty passages."""


def vectors(store: Store) -> list[tuple[str, int, bytes]]:
    """Of every passage: its document, where it begins, its vector."""
    with store.database.reading() as db:
        return db.execute(
            "SELECT d.path, p.start, v.vector FROM passages p JOIN documents d ON d.id = p.document_id "
            "LEFT JOIN vectors v ON v.passage_id = p.id ORDER BY 1, 2"
        ).fetchall()


@settings(max_examples=20)
@given(several=st.lists(st.tuples(st.sampled_from("abc"), documents()), max_size=6))
def test_together_is_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, several: list[tuple[str, Document]]
) -> None:
    """The same documents, passages and vectors, the last of each name."""
    folder = tmp_path_factory.mktemp("stores")
    with Store(folder / "one.db") as alone, Store(folder / "two.db") as store:
        for name, document in several:
            put(alone, name, document, encoder=LetterEncoder())
        with Storing(store, LetterEncoder()) as storing:
            for name, document in several:
                storing.put(document, source(name), searchable(document, CUT))
        assert texts(store) == texts(alone)
        assert vectors(store) == vectors(alone)


def test_many_are_encoded_at_once(tmp_path: Path) -> None:
    """As soon as there are enough; and what is settled is stored."""
    encoder = LetterEncoder()
    document = written(LONG)
    cut = searchable(document, CUT)
    with Store(tmp_path / "store.db") as store, Storing(store, encoder) as storing:
        for number in range(10):
            storing.put(document, source(f"{number}.md"), cut)
            assert len(store.documents()) <= number
        storing.settle()
        assert len(store.documents()) == 10
        assert encoder.batches <= 10 * len(cut) // AT_ONCE + 1
        storing.settle()


def test_without_an_encoder_nothing_waits(tmp_path: Path) -> None:
    with Store(tmp_path / "store.db") as store, Storing(store, None) as storing:
        storing.put(written("Leave."), source("a.md"), [])
        assert len(store.documents()) == 1


def test_a_failure_is_told_and_what_waits_is_not_stored(tmp_path: Path) -> None:
    """By the next document or at the end, once; those that were stored before stay whole."""
    document = written(LONG)
    cut = searchable(document, CUT)

    def twenty() -> None:
        with Storing(store, FailingEncoder(after=1)) as storing:
            for number in range(20):
                storing.put(document, source(f"{number}.md"), cut)

    with Store(tmp_path / "store.db") as store:
        with pytest.raises(OSError, match="no space"):
            twenty()
        assert 0 < len(store.documents()) * len(cut) < 2 * AT_ONCE
        assert store.database.check() == []


def test_an_interruption_leaves_whole_documents(tmp_path: Path) -> None:
    """What waits is given up."""

    def interrupted() -> None:
        with Storing(store, LetterEncoder()) as storing:
            storing.put(written(LONG), source("a.md"), searchable(written(LONG), CUT))
            raise KeyboardInterrupt

    with Store(tmp_path / "store.db") as store:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert store.documents() == []
