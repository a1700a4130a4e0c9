"""Archives read in again and again: each member is a document of its own, and stays the same one."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.store import Store
from tests.ingesting import Counting, everything, run, texts, write
from tests.made_files import zipped

ID = "0123456789abcdef0123456789abcdef"
OTHER = ID[::-1]
FIRST, SECOND = f"Leave {ID}.md", f"Leave {OTHER}.md"


def as_before(store: Store, source: Path, former: Path, path: str) -> None:
    """Let a document be known as earlier versions of Quoth knew it."""
    with store.database.writing() as db:
        db.execute(
            "UPDATE documents SET source = ?, path = ? WHERE source = ?", (str(former), path, str(source))
        )


def ids(store: Store) -> dict[str, int]:
    return {record.path: record.id for record in store.documents()}


def test_two_pages_of_one_title_are_two_documents(store: Store, reader: Counting, tmp_path: Path) -> None:
    """Notion's pages often have the same title; neither takes the other's place."""
    archive = write(
        tmp_path / "all.zip", zipped({FIRST: "25 days.", SECOND: "No days.", f"Pay {ID}.md": "Pay."})
    )
    assert set(run(archive, store, reader).values()) == {"added"}
    assert texts(store) == {
        f"all.zip/{FIRST}": "25 days.", f"all.zip/{SECOND}": "No days.", "all.zip/Pay.md": "Pay.",
    }  # fmt: skip
    assert {record.title for record in store.documents()} == {"Leave", "Pay"}
    before = everything(store)
    assert set(run(archive, store, reader, prune=True).values()) == {"unchanged"}
    assert everything(store) == before


@pytest.mark.parametrize("root", ["//", "/", "../", ""])
def test_a_member_takes_no_other_files_place(root: str, store: Store, reader: Counting, docs: Path) -> None:
    """By whatever name it goes; the file of that name stays the document that it was."""
    run(docs, store, reader)
    before = ids(store)
    archive = write(docs / "all.zip", zipped({f"{root}{str(docs).lstrip('/')}/a.md": "Stolen."}))
    told = run(docs, store, reader, prune=True)
    assert list(told.values()).count("added") == 1
    assert {path: number for path, number in ids(store).items() if path in before} == before
    assert texts(store)["a.md"] == "Leave\nYou get 25 days."
    sources = [record.source for record in store.documents() if record.path not in before]
    assert sources == [f"{archive}{docs}/a.md"]


def test_members_that_an_earlier_version_knew_stay_quiet(
    store: Store, reader: Counting, tmp_path: Path
) -> None:
    """By their names for people: the archive has not changed, so nothing is read, lost or doubled."""
    archive = write(
        tmp_path / "all.zip", zipped({FIRST: "25 days.", "C:/pay.md": "Pay.", "plain.md": "Plain."})
    )
    run(archive, store, reader)
    as_before(store, archive / FIRST, archive / "Leave.md", "all.zip/Leave.md")
    as_before(store, archive / "pay.md", archive / "C:/pay.md", "all.zip/C:/pay.md")
    known, before = sorted(ids(store).values()), texts(store)
    for _ in range(2):
        assert set(run(archive, store, reader, prune=True).values()) == {"unchanged"}
        assert reader.names == []
    assert sorted(ids(store).values()) == known
    assert sorted(texts(store).values()) == sorted(before.values())
    assert {Path(record.source) for record in store.documents()} == {
        archive / FIRST, archive / "pay.md", archive / "plain.md",
    }  # fmt: skip


@pytest.mark.parametrize("survivor", [FIRST, SECOND])
def test_the_page_that_had_taken_the_place_of_another_keeps_it(
    survivor: str, store: Store, reader: Counting, tmp_path: Path
) -> None:
    """What was made of it stays its own; the one that was lost comes in."""
    pages = {FIRST: "25 days.", SECOND: "No days."}
    run(write(tmp_path / "all.zip", zipped({survivor: pages[survivor]})), store, reader)
    archive = write(tmp_path / "all.zip", zipped(pages))
    as_before(store, archive / survivor, archive / "Leave.md", "all.zip/Leave.md")
    (known,) = ids(store).values()
    told = run(archive, store, reader, prune=True)
    assert told == {f"all.zip/{each}": "unchanged" if each == survivor else "added" for each in pages}
    assert ids(store)[f"all.zip/{survivor}"] == known
    assert sorted(texts(store).values()) == sorted(pages.values())


def test_what_cannot_be_read_any_more_keeps_what_an_earlier_version_made_of_it(
    store: Store, reader: Counting, tmp_path: Path
) -> None:
    """A page that is now damaged fails alone; its document stays, also with `prune`, and comes back changed."""
    archive = write(tmp_path / "all.zip", zipped({FIRST: "25 days."}))
    run(archive, store, reader)
    as_before(store, archive / FIRST, archive / "Leave.md", "all.zip/Leave.md")
    (known,) = ids(store).values()
    for content, status in (("", "failed"), ("", "failed"), ("30 days.", "changed")):
        write(archive, zipped({FIRST: content}))
        assert run(archive, store, reader, prune=True) == {"all.zip/Leave.md": status}
        assert ids(store) == {"all.zip/Leave.md": known}
    assert texts(store) == {"all.zip/Leave.md": "30 days."}


def test_a_rehearsal_takes_nothing_over(store: Store, reader: Counting, tmp_path: Path) -> None:
    """`--dry-run` tells what would be and changes no source."""
    archive = write(tmp_path / "all.zip", zipped({FIRST: "25 days."}))
    run(archive, store, reader)
    as_before(store, archive / FIRST, archive / "Leave.md", "all.zip/Leave.md")
    before = everything(store)
    assert run(archive, store, reader, dry_run=True, prune=True) == {"all.zip/Leave.md": "unchanged"}
    assert everything(store) == before
