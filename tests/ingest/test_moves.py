"""Files that have another place or another name: the document stays the same one, and fits its new name."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.store import Store
from retrieval.stored import DocumentRecord
from retrieval.storing import Storing
from tests.ingesting import Counting, everything, report, run, texts, write


def the_document(store: Store) -> DocumentRecord:
    (record,) = store.documents()
    return record


def test_a_file_in_another_folder_is_not_read_again(store: Store, reader: Counting, tmp_path: Path) -> None:
    """Its name is the same, so all that was made of it is."""
    page = write(tmp_path / "docs" / "leave.txt", "25 days.")
    run(tmp_path / "docs", store, reader)
    before = the_document(store)
    write(tmp_path / "docs" / "people" / "leave.txt", page.read_bytes())
    page.unlink()
    assert run(tmp_path / "docs", store, reader, prune=True) == {"people/leave.txt": "moved"}
    assert reader.names == []
    after = the_document(store)
    assert (after.id, after.path, after.ingested_at) == (before.id, "people/leave.txt", before.ingested_at)


def test_a_renamed_file_has_a_new_title(store: Store, reader: Counting, tmp_path: Path) -> None:
    """Where the title is made of the name; the id stays, and later runs are quiet."""
    page = write(tmp_path / "docs" / "draft.txt", "25 days.")
    run(tmp_path / "docs", store, reader)
    before = the_document(store)
    page.rename(page.with_name("parental-leave.txt"))
    (row,) = report(tmp_path / "docs", store, reader, prune=True).rows
    assert (row.status, row.title, row.reason) == ("moved", "Parental leave", "was draft.txt")
    after = the_document(store)
    assert (before.title, after.title, after.id) == ("Draft", "Parental leave", before.id)
    assert run(tmp_path / "docs", store, reader, prune=True) == {"parental-leave.txt": "unchanged"}
    assert reader.names == []


def test_a_file_of_another_suffix_is_read_as_what_it_is_now(
    store: Store, reader: Counting, tmp_path: Path
) -> None:
    """The same bytes are another text in another format."""
    page = write(tmp_path / "docs" / "leave.txt", "**25** days.")
    run(tmp_path / "docs", store, reader)
    before = the_document(store)
    page.rename(page.with_suffix(".md"))
    assert run(tmp_path / "docs", store, reader, prune=True) == {"leave.md": "moved"}
    assert texts(store) == {"leave.md": "25 days."}
    assert the_document(store).id == before.id


def test_a_file_that_its_new_name_makes_unreadable_loses_nothing(
    store: Store, reader: Counting, tmp_path: Path
) -> None:
    """It fails, and the document of before is told as one whose file is gone."""
    page = write(tmp_path / "docs" / "leave.txt", "25 days.")
    run(tmp_path / "docs", store, reader)
    page.rename(page.with_suffix(".pdf"))
    assert run(tmp_path / "docs", store, reader) == {"leave.pdf": "failed", "leave.txt": "missing"}
    assert texts(store) == {"leave.txt": "25 days."}


@pytest.mark.parametrize(
    ("moved", "base_url"),
    [("holidays.md", None), ("people/leave.md", None), ("people/leave.md", "https://two.example")],
)
def test_a_link_does_not_outlive_the_path_of_which_it_was_made(
    moved: str, base_url: str | None, store: Store, reader: Counting, tmp_path: Path
) -> None:
    """It would lead nowhere; but what the page itself says stays, before what the command says."""
    contents = {"leave.md": "25 days.", "own.md": "---\nurl: https://own.example/x\n---\nText.\n"}
    for name, content in contents.items():
        write(tmp_path / "docs" / name, content)
    run(tmp_path / "docs", store, reader, base_url="https://one.example")
    ids = {record.id for record in store.documents()}
    for before, after in (("leave.md", moved), ("own.md", f"new/{moved}")):
        write(tmp_path / "docs" / after, contents[before])
        (tmp_path / "docs" / before).unlink()
    for status in ("moved", "unchanged"):
        told = run(tmp_path / "docs", store, reader, base_url=base_url, prune=True)
        assert set(told.values()) == {status}
    assert {record.path: record.url for record in store.documents()} == {
        moved: base_url and f"{base_url}/{moved}", f"new/{moved}": "https://own.example/x",
    }  # fmt: skip
    assert {record.id for record in store.documents()} == ids


def test_of_equal_files_each_keeps_its_own_document(store: Store, reader: Counting, docs: Path) -> None:
    """Two copies that go to another folder are told apart by their names."""
    for name in ("d.md", "e.md", "f.md"):
        write(docs / name, "The same.")
    run(docs, store, reader)
    ids = {Path(record.path).name: record.id for record in store.documents()}
    for name in ("f.md", "e.md", "d.md"):
        write(docs / "new" / name, "The same.")
        (docs / name).unlink()
    told = run(docs, store, reader, prune=True)
    assert [told[f"new/{name}"] for name in ("d.md", "e.md", "f.md")] == ["moved"] * 3
    assert reader.names == []
    assert {Path(record.path).name: record.id for record in store.documents()} == ids


def test_a_rename_that_is_interrupted_is_made_good(
    store: Store, reader: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document whose source is the new one, and which was not stored yet, is read again the next time."""
    page = write(tmp_path / "docs" / "draft.txt", "25 days.")
    run(tmp_path / "docs", store, reader)
    before = the_document(store)
    page.rename(page.with_name("leave.txt"))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Storing, "put", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "docs", store, reader)
    assert the_document(store).id == before.id
    assert run(tmp_path / "docs", store, reader, prune=True) == {"leave.txt": "moved"}
    assert (the_document(store).id, the_document(store).title) == (before.id, "Leave")
    assert run(tmp_path / "docs", store, reader, prune=True) == {"leave.txt": "unchanged"}


def test_a_rehearsal_of_a_rename_stores_nothing(store: Store, reader: Counting, tmp_path: Path) -> None:
    """`--dry-run` tells what would be."""
    page = write(tmp_path / "docs" / "draft.txt", "25 days.")
    run(tmp_path / "docs", store, reader)
    page.rename(page.with_name("leave.txt"))
    before = everything(store)
    assert run(tmp_path / "docs", store, reader, dry_run=True) == {"leave.txt": "moved"}
    assert everything(store) == before
