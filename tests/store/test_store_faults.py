"""A store that cannot be used: damaged, foreign, full or not to be written; one clear line, nothing lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from retrieval.errors import StoreCorrupt, StoreError, StoreFull, StoreTooNew
from retrieval.store import Store
from tests.damaged_stores import damaged_page, garbage, of_a_newer_version, of_another_program, truncated
from tests.stores import put


def _a_folder(path: Path) -> None:
    path.mkdir()


def _below_a_file(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("a file where the home should be")


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (garbage, StoreCorrupt, "is damaged or no SQLite file"),
        (truncated, StoreCorrupt, "is damaged or no SQLite file"),
        (damaged_page, StoreCorrupt, "is damaged or no SQLite file"),
        (of_another_program, StoreCorrupt, "no store of Quoth's"),
        (of_a_newer_version, StoreTooNew, "written by a newer Quoth (found moons)"),
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
    assert before is None or make in (truncated, damaged_page) or path.read_bytes() == before


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
    with pytest.raises(StoreFull, match="is full; nothing of the last document was stored"):
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
