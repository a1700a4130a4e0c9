"""Mail, books, archives and exports: their words, their members, and what is refused."""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
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
from tests.document_parts import blocks, share_in_order
from tests.made_files import STORY, docx, epub, mail, zipped

SETTINGS = PassageSettings(measure=estimate)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool() as opened:
        yield opened


def test_a_mail_has_its_facts_and_its_words() -> None:
    """Subject, sender and date can be quoted; what a reply repeats is left out, and said to be."""
    story = "\n\n".join(text for _, text in STORY)
    document = read(mail(f"{story}\n\nOn Monday Ana wrote:\n> an old line\n"), "a.eml")
    assert document.title == "Größe of the rooms"
    assert document.text.startswith("From: Ana <ana@x.example>. To: bo@x.example. Date: Mon, 04 Mar 2024")
    assert share_in_order(story, document.text) == 1
    assert "old line" not in document.text
    assert document.notes == ("quoted text of earlier mails left out",)


def test_a_mail_of_html_alone_and_its_attachments() -> None:
    """The HTML is read as a page; attachments are named."""
    message = EmailMessage()
    message["Subject"] = "Plans"
    message.set_content("<p>Hello <b>there</b></p><p hidden>x</p>", subtype="html")
    message.add_attachment(b"abc", maintype="application", subtype="pdf", filename="plan.pdf")
    document = read(bytes(message), "a.eml")
    assert (document.text, document.notes) == ("Hello there", ("attachments not read: plan.pdf",))


def test_a_mail_whose_plain_text_is_blank_is_read_as_html() -> None:
    """Some programs send both and fill only one."""
    message = EmailMessage()
    message["Subject"] = "Plans"
    message.set_content("\n")
    message.add_alternative("<p>The fee is 20.</p>", subtype="html")
    assert read(bytes(message), "a.eml").text == "The fee is 20."


def test_a_mail_goes_on_behind_its_attachment() -> None:
    """Apple Mail puts a picture where it was dropped, amid the text; a text with a name is a file."""
    message = EmailMessage()
    message["Subject"] = "Plans"
    message.set_content("Hello all, see the chart.\n> an old line")
    message.add_attachment(b"abc", maintype="image", subtype="png", filename="a.png", disposition="inline")
    for text, name in (("The budget is 4000.", None), ("x", "notes.txt")):
        message.add_attachment(text, filename=name, disposition="inline")
    document = read(bytes(message), "a.eml")
    assert document.text == "Hello all, see the chart.\nThe budget is 4000."
    assert document.notes == (
        "attachments not read: a.png, notes.txt",
        "quoted text of earlier mails left out",
    )
    bare = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nOne.\n--b\n\nTwo.\n--b--\n"
    assert read(bare, "a.eml").text == "One.\nTwo."


OUTLOOK = (
    "From: Bo <bo@x.example>\nSent: Friday, 1 May 2020 09:00\nTo: All\nSubject: Limit\n\nThe limit is 40."
)
SAID = "The limit is 60."
QUOTES_LEFT_OUT = ("quoted text of earlier mails left out",)


@pytest.mark.parametrize(
    "earlier",
    [
        f"{'_' * 32}\n{OUTLOOK}",
        OUTLOOK,
        "Von: Bo\nGesendet: Freitag, 1. Mai 2020\nAn: Alle\nBetreff: Limit\n\nThe limit is 40.",
        "-----Original Message-----\nThe limit is 40.",
        "On Mon, Nov 2, 2026 at 9:12 AM Bernard Featherstonehaugh <\nbernard@x.example> wrote:\n\n> The limit is 40.",
        "On Mon, Nov 2, 2026 at 9:12 AM Bo <bo@x.example> wrote:\n\nThe limit is 40.",
    ],
)
def test_what_stands_below_an_earlier_mails_header_is_not_the_senders(earlier: str) -> None:
    """However its program writes it, with marks or without."""
    document = read(mail(f"{SAID}\n\n{earlier}\n", subject="Re: Limit"), "a.eml")
    assert [text for _, text in blocks(document)][1:] == [SAID]
    assert document.notes == QUOTES_LEFT_OUT


def test_words_that_only_look_like_an_earlier_mails_stay() -> None:
    """A form with some of the words, a sentence about who wrote what, answers between quoted lines."""
    said = ["From: Oslo", "Bring a coat.", "On page 3 the lawyer wrote:", "It is 60."]
    assert [text for _, text in blocks(read(mail("\n\n".join(said)), "a.eml"))][1:] == said
    answers = "On Monday Ana wrote:\n> How much?\n\nIt is 60.\n\n> Until when?\n\nMay."
    assert [text for _, text in blocks(read(mail(answers), "a.eml"))][1:] == ["It is 60.", "May."]


@pytest.mark.parametrize(
    "earlier",
    [
        "<div class=gmail_quote><div class=gmail_attr>On Fri Bo wrote:</div><blockquote class=gmail_quote>40</blockquote></div>",
        "<blockquote type=cite>The limit is 40.</blockquote>",
        "<div id=appendonsend></div><hr><div id=divRplyFwdMsg>From: Bo</div><div>The limit is 40.</div>",
        "<p><b>From:</b> Bo<br><b>Sent:</b> Friday<br><b>To:</b> All<br><b>Subject:</b> x</p><p>The limit is 40.</p>",
    ],
)
def test_what_a_mail_of_html_repeats_is_not_the_senders(earlier: str) -> None:
    """The marks of Gmail, Apple Mail and Outlook; the header that desktop Outlook does not mark."""
    page = f"<div>{SAID}</div>{earlier}"
    document = read(mail(page, subject="Re: Limit", subtype="html"), "a.eml")
    assert [text for _, text in blocks(document)][1:] == [SAID]
    assert document.notes == QUOTES_LEFT_OUT


def test_answers_between_the_parts_of_a_quote_stay() -> None:
    """Gmail puts all of them into what it marks as the quote."""
    part = "<blockquote class=gmail_quote>How much?</blockquote>"
    page = f"<div class=gmail_quote>{part}<div>{SAID}</div>{part}</div>"
    document = read(mail(page, subject="Re: Limit", subtype="html"), "a.eml")
    assert [text for _, text in blocks(document)][1:] == [SAID]


@pytest.mark.parametrize(
    ("text", "subtype"),
    [
        (OUTLOOK, "plain"),
        (f"{OUTLOOK}\n\n{OUTLOOK.replace('40', '30')}", "plain"),
        ("Begin forwarded message:\n\n> From: Bo\n> \n> The limit is 40.\n>> It is 30.", "plain"),
        ("---------- Forwarded message ---------\nFrom: Bo\nDate: 1 May\nSubject: x\nTo: y\n\nThe limit is 40.", "plain"),
        ("<div class=gmail_quote>The limit is 40.<blockquote class=gmail_quote>It is 30.</blockquote></div>", "html"),
        ("<div id=divRplyFwdMsg>From: Bo</div><div>The limit is 40.</div>", "html"),
    ],
)  # fmt: skip
def test_a_mail_that_passes_another_one_on_keeps_it(text: str, subtype: str) -> None:
    """Since it says nothing else; what that one repeats goes."""
    document = read(mail(text, subject="Fwd: Limit", subtype=subtype), "a.eml")
    assert "The limit is 40." in document.text
    assert "30" not in document.text


def test_a_mail_that_crosses_something_out_is_read_as_html() -> None:
    """Its plain text holds both, and says nothing of it."""
    message = EmailMessage()
    message["Subject"] = "Limit"
    message.set_content("The limit is 40 60 euro.")
    message.add_alternative("<p>The limit is <s>40</s> 60 euro.</p>", subtype="html")
    assert read(bytes(message), "a.eml").text == "The limit is 60 euro."


def test_the_first_line_of_a_mail_is_no_heading_where_it_has_a_subject() -> None:
    """A heading cannot be quoted."""
    text = "The office is closed on Friday\n\nWork from home."
    assert blocks(read(mail(text), "a.eml"))[1] == ("paragraph", "The office is closed on Friday")


def test_a_mail_in_a_character_set_that_nobody_knows() -> None:
    """Its words are found out as those of any file."""
    data = mail("We met.").replace(b"utf-8", b"unknown-8bit").replace(b"7bit", b"8bit")
    assert b"unknown-8bit" in data
    document = read(data.replace(b"We met.", "Grüße aus Köln.".encode("latin-1")), "a.eml")
    assert document.text.endswith("Grüße aus Köln.")


@pytest.mark.parametrize("charset", [b"iso-8859-1", b"us-ascii", b"windows-1252"])
def test_a_mail_in_a_charset_that_is_too_small_for_it(charset: bytes) -> None:
    """Dashes and the euro sign stay, as in a page."""
    data = mail("We met.").replace(b"utf-8", charset).replace(b"7bit", b"8bit")
    assert charset in data
    for written in (b"9\x9617 for \x8050", "9–17 for €50".encode()):
        assert read(data.replace(b"We met", written), "a.eml").text.endswith("9–17 for €50.")


def test_a_mail_within_a_mail_without_end_is_refused() -> None:
    """The parser's recursion is not the reader's end."""
    nested = b"Subject: x\n" + b"Content-Type: message/rfc822\n\n" * 5000
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000))
    for data in (nested, b"Subject: x\n" + deep):
        try:
            document = read(data, "a.eml")
        except ReadError:
            continue
        assert len(document.text) < len(data)


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
        assert set(run().values()) == {"removed"}


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
