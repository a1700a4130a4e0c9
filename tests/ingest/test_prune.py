"""What is gone from a folder: told by an ingest, removed with `prune`, and only where that is known."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from retrieval.store import Store
from tests.ingesting import Counting, report, run, statuses, texts, write


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


def test_moved_while_another_version_came(store: Store, reader: Counting, docs: Path) -> None:
    """What an older Quoth had made is read anew at its new place; the document at the old one is told, and goes."""
    run(docs, store, reader)
    with store.database.writing() as db:
        db.execute("UPDATE documents SET recipe = 'older'")
    (docs / "a.md").rename(docs / "moved.md")
    told = run(docs, store, reader)
    assert (told["moved.md"], told["a.md"]) == ("added", "missing")
    assert run(docs, store, reader, prune=True)["a.md"] == "removed"
    assert sorted(texts(store)) == ["b.txt", "moved.md", "sub/c.html"]


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


def test_a_folder_that_is_empty_is_not_pruned(store: Store, reader: Counting, docs: Path) -> None:
    """So does a share look that is not mounted; what hides there may be the mount point's own."""
    run(docs, store, reader)
    shutil.rmtree(docs)
    write(docs / ".DS_Store", "")
    told = report(docs, store, reader, prune=True)
    assert statuses(told) == dict.fromkeys(["a.md", "b.txt", "sub/c.html"], "missing") | {
        ".DS_Store": "skipped"
    }
    assert told.rows[-1].reason == "its folder is empty; the document stays"
    write(docs / "a.md", "# Leave\n\nYou get 25 days.\n")
    assert run(docs, store, reader, prune=True)["b.txt"] == "removed"
    assert list(texts(store)) == ["a.md"]


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
