"""Books, archives and exports: their words, their members, and what is refused."""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from benchmarks.fuzz_readers import end_of, mutants
from retrieval.documents import Document
from retrieval.errors import ReaderKilled, ReadError, UnsupportedFormat
from retrieval.ingest import ingest
from retrieval.intake import PassageSettings
from retrieval.passages import estimate
from retrieval.readers import zip_guard
from retrieval.readers.pool import Limits, ReaderPool
from retrieval.readers.registry import OpenArchive, read
from retrieval.store import Store
from tests.document_parts import blocks
from tests.made_files import STORY, docx, epub, zipped

SETTINGS = PassageSettings(measure=estimate)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool() as opened:
        yield opened


def test_a_book_is_read_in_the_order_of_its_spine() -> None:
    """Chapters with their headings, in the reading order and not in that of the files."""
    document = read(epub(["<h1>Begin</h1><p>It was late.</p>", "<h1>End</h1><p>All is well.</p>"]), "a.epub")
    assert document.title == "The book"
    assert [text for _, text in blocks(document)] == ["Begin", "It was late.", "End", "All is well."]


def test_each_file_of_an_archive_is_a_document(pool: ReaderPool, tmp_path: Path) -> None:
    """Read in place, again only what changed, and gone with the archive's next version."""
    notion = "Leave policy 0123456789abcdef0123456789abcdef.md"
    members: dict[str, str | bytes] = {
        notion: "# Leave\n\n25 days.", "sub/travel.docx": docx(STORY), "../../slip.txt": "Slipped.",
        "__MACOSX/x.txt": "x", "logo.png": b"x", "in.zip": zipped({"a.txt": "x"}), "bad.pdf": b"%PDF-1.4",
    }  # fmt: skip
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs" / "all.zip"
    path.write_bytes(zipped(members))

    def run() -> dict[str, str]:
        report = ingest([tmp_path / "docs"], store=store, reader=pool, settings=SETTINGS, prune=True)
        return {row.path: row.status for row in report.rows}

    with Store(tmp_path / "store.db") as store:
        first = run()
        assert first == {
            "all.zip/Leave policy.md": "added", "all.zip/sub/travel.docx": "added", "all.zip/slip.txt": "added",
            "all.zip/logo.png": "skipped", "all.zip/in.zip": "skipped", "all.zip/bad.pdf": "failed",
        }  # fmt: skip
        assert set(tmp_path.rglob("*")) == {tmp_path / "docs", path, *tmp_path.glob("store.db*")}
        members["slip.txt"] = members.pop("../../slip.txt")
        members[notion] = "# Leave\n\n30 days."
        del members["sub/travel.docx"]
        path.write_bytes(zipped(members))
        assert run() == first | {
            "all.zip/Leave policy.md": "changed", "all.zip/slip.txt": "unchanged", "all.zip/sub/travel.docx": "removed",
        }  # fmt: skip
        path.write_bytes(b"PK\x03\x04 broken")
        assert run() == {"all.zip": "failed"}
        assert len(store.documents()) == 2
        path.unlink()
        (path.parent / "other.md").write_text("Hi.")  # an empty folder may be away
        assert run().pop("other.md") == "added"
        assert [record.path for record in store.documents()] == ["other.md"]


def test_members_are_as_old_as_the_archive_says(pool: ReaderPool, tmp_path: Path) -> None:
    """So the newest of two versions is known, also when the archive is packed anew; 1980 says nothing."""
    rules = "\n".join(f"Office {number} has {number * 3} desks near the window." for number in range(30))
    members = {
        "leave-current.txt": f"{rules}\n30 days of leave.", "leave-old.txt": f"{rules}\n20 days of leave.", "a.txt": "Hi.",
    }  # fmt: skip

    def run(*days: date) -> set[str]:
        (tmp_path / "h.zip").write_bytes(zipped(members, dict(zip(members, days, strict=True))))
        report = ingest([tmp_path / "h.zip"], store=store, reader=pool, settings=SETTINGS)
        return {row.status for row in report.rows}

    def ages() -> list[date | None]:
        return [record.changed for record in sorted(store.documents(), key=lambda each: each.id)]

    with Store(tmp_path / "store.db") as store:
        assert run(date(2026, 9, 1), date(2019, 1, 1), date(1980, 1, 1)) == {"added"}
        assert ages() == [date(2026, 9, 1), date(2019, 1, 1), None]
        current, old, _ = sorted(record.id for record in store.documents())
        assert store.superseded([current, old]) == {old: current}
        assert run(date(2018, 9, 1), date(2019, 1, 1), date(1980, 1, 1)) == {"unchanged"}
        assert ages() == [date(2018, 9, 1), date(2019, 1, 1), None]


def test_links_of_members_follow_the_address(pool: ReaderPool, tmp_path: Path) -> None:
    """As those of plain files do; told no address, a member keeps its link."""
    (tmp_path / "h.zip").write_bytes(zipped({"a.txt": "Hi."}))
    with Store(tmp_path / "store.db") as store:
        for host, status in (("one", "added"), ("two", "changed"), ("two", "unchanged"), (None, "unchanged")):
            base_url = host and f"https://{host}.example"
            (row,) = ingest(
                [tmp_path / "h.zip"], store=store, reader=pool, settings=SETTINGS, base_url=base_url
            ).rows
            assert row.status == status
        assert store.documents()[0].url == "https://two.example/h.zip/a.txt"


def test_a_member_without_a_day_that_there_is(pool: ReaderPool) -> None:
    """Its month is 0, as some write: nobody knows, and nothing breaks."""
    data = zipped({"a.txt": "x"}, {"a.txt": date(2024, 1, 1)})
    stamp = struct.pack("<H", (2024 - 1980) << 9 | 1 << 5 | 1)
    assert data.count(stamp) == 2
    (member,) = pool.members(data.replace(stamp, struct.pack("<H", (2024 - 1980) << 9)), "a.zip")
    assert member.mtime_ns == 0


def test_a_member_that_kills_its_reader_leaves_the_others(tmp_path: Path) -> None:
    """The next member has a fresh child, which gets the archive again."""
    data = zipped({"a.md": "fine", "deep.html": "<div>" * 200_000, "z.md": "fine, too"})
    with ReaderPool(limits=Limits(wall_seconds=1.5)) as pool:
        names = [member.name for member in pool.members(data, "x.zip")]
        with pytest.raises(ReaderKilled):
            pool.read_member(data, "x.zip", "deep.html")
        assert pool.read_member(data, "x.zip", names[-1]).text == "fine, too"


def test_a_slack_export_is_a_document_a_channel_and_day(pool: ReaderPool) -> None:
    """With names for ids, replies that went to the channel too, and without joins."""
    users = [{"id": "U1", "profile": {"real_name": "Ana"}}, {"id": "U2", "name": "bo"}]
    day = [
        {
            "type": "message",
            "user": "U1",
            "text": "Ask <@U2> about &lt;it&gt;, see <https://x.example|the page>",
        },
        {"type": "message", "subtype": "channel_join", "user": "U2", "text": "joined"},
        {
            "type": "message",
            "user": "U1",
            "text": "~20~ 25 days, ~5 hours or ~6, type `cd ~a~`, not ~this one~.",
        },
        {"type": "message", "subtype": "thread_broadcast", "user": "U2", "text": "I did."},
    ]
    data = zipped({
        "users.json": json.dumps(users), "channels.json": "[]", "general/2024-03-04.json": json.dumps(day),
    })  # fmt: skip
    (member,) = pool.members(data, "export.zip")
    document: Document = pool.read_member(data, "export.zip", member.name)
    assert document.title == "#general, 2024-03-04"
    assert document.dated == date(2024, 3, 4)
    assert document.text.splitlines() == [
        "Ana: Ask @bo about <it>, see the page",
        "Ana: 25 days, ~5 hours or ~6, type `cd ~a~`, not .",
        "bo: I did.",
    ]


def test_bombs_are_refused_before_they_unpack(pool: ReaderPool) -> None:
    """By their directory, or at the bound where it lies; never by filling memory."""
    bomb = zipped({"a.txt": bytes(120 << 20)})
    for name in ("a.zip", "a.docx", "a.epub"):
        with pytest.raises(ReadError, match="unpacks to"):
            pool.members(bomb, name) if name.endswith("zip") else pool.read(bomb, name)
    lying = bytearray(zipped({"a.txt": bytes(3 << 20)}))
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    with pytest.raises(ReadError, match=r"is damaged|unpacks"):
        pool.members(bytes(lying), "a.zip")
    with pytest.raises(UnsupportedFormat):
        pool.read_member(zipped({"a.exe": b"MZ"}), "a.zip", "a.exe")


def test_an_archive_is_listed_and_read_each_time_within_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the listing has unpacked is not missing when the members are read, nor what was read before them."""
    monkeypatch.setattr(zip_guard, "MOST_BYTES", 4_000)
    texts = {f"{number}.txt": f"{number} word" * 150 for number in range(4)}
    archive = OpenArchive(zipped(texts), "a.zip")
    for _ in range(2):
        names = [name for name, *_ in archive.members()]
        assert {name: archive.read(name).text for name in names} == texts


def test_a_pass_over_an_archive_has_one_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is asked for again and again uses it up; the next pass has it anew."""
    monkeypatch.setattr(zip_guard, "MOST_BYTES", 2_500)
    archive = zip_guard.GuardedZip(zipped({"a.txt": "x" * 1_000}))
    for _ in range(2):
        archive.begin_pass()
        assert [len(archive.read("a.txt")) for _ in range(2)] == [1_000, 1_000]
        with pytest.raises(ReadError, match="unpacks to more than"):
            archive.read("a.txt")


def test_a_member_is_never_more_than_it_says() -> None:
    """Also where the checksum is that of as much of it as the directory tells of."""
    lying = bytearray(zipped({"a.txt": b"word " * 600_000}))
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 16 : at + 20] = zlib.crc32(b"word " * 200).to_bytes(4, "little")
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    assert len(OpenArchive(bytes(lying), "a.zip").read("a.txt").text) < 1000


def test_who_writes_in_an_export_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many days it has."""
    day = json.dumps([{"type": "message", "user": "U1", "text": "Hello."}])
    days = {f"general/2024-03-{number:02}.json": day for number in range(1, 9)}
    users = json.dumps([{"id": "U1", "name": "ana"}])
    archive = OpenArchive(zipped({"users.json": users, "channels.json": "[]"} | days), "export.zip")
    parts = list[str]()
    read_part = zip_guard.GuardedZip.read

    def reading(guarded: zip_guard.GuardedZip, name: str) -> bytes:
        parts.append(name)
        return read_part(guarded, name)

    monkeypatch.setattr(zip_guard.GuardedZip, "read", reading)
    assert {archive.read(name).text for name in days} == {"ana: Hello."}
    assert sorted(parts) == [*sorted(days), "users.json"]


def test_a_moved_file_keeps_its_document(pool: ReaderPool, tmp_path: Path) -> None:
    """The same id under the new path, so that what cites it stays right."""
    (tmp_path / "docs").mkdir()
    old = tmp_path / "docs" / "old.md"
    old.write_text("# Leave\n\n25 days.")
    with Store(tmp_path / "store.db") as store:
        ingest([tmp_path / "docs"], store=store, reader=pool, settings=SETTINGS)
        (before,) = store.documents()
        old.rename(tmp_path / "docs" / "new.md")
        report = ingest([tmp_path / "docs"], store=store, reader=pool, settings=SETTINGS, prune=True)
        assert [(row.status, row.path, row.reason) for row in report.rows] == [
            ("moved", "new.md", "was old.md")
        ]
        (after,) = store.documents()
        assert (after.id, after.path) == (before.id, "new.md")
        assert report.types == {".md": {"moved": 1}}


def test_mutated_files_end_as_a_document_or_one_line(pool: ReaderPool) -> None:
    """A few of the 2,000 of `python -m benchmarks.fuzz_readers`."""
    for name, data in mutants(60, random.Random(7)):
        assert end_of(pool, name, data)
