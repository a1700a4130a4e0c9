"""An SQLite file of ours: connections come and go with the threads that read, errors say what to do."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from retrieval.database import Database
from retrieval.errors import StoreCorrupt, StoreError


def test_connections_go_with_their_threads(tmp_path: Path) -> None:
    """However many threads have read, no more are open than threads that live, and the writer's."""
    database = Database(tmp_path / "store.db")

    def read() -> None:
        with database.reading() as db:
            assert db.execute("SELECT count(*) FROM documents").fetchone() == (0,)

    read()
    for _ in range(20):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert len(database._connections) <= 3
    read()
    database.close()


def test_what_is_wrong_with_the_caller_is_no_damage(tmp_path: Path) -> None:
    """A row that refers to nothing, a file that was closed: nobody is told to restore a backup."""
    database = Database(tmp_path / "store.db")
    with (
        pytest.raises(StoreError, match="does not take what was to be stored") as refused,
        database.writing() as db,
    ):
        db.execute("INSERT INTO sketches (document_id, hashes) VALUES (7, x'')")
    database.close()
    with pytest.raises(StoreError, match="cannot be used any more") as closed, database.writing():
        pass
    assert not any(isinstance(each.value, StoreCorrupt) for each in (refused, closed))
