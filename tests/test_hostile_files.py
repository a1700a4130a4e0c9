"""Files that mean harm take the place of good ones: each is contained, told in one line, and loses nothing.

A folder is read in, every file in it is replaced by a bomb or a locked one of the same name, and the folder is
read in again: each fails by itself, the version of before stays and is quoted as ever, the exit code is 3.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from retrieval.readers.pool import Limits, ReaderPool
from retrieval.store import Store
from tests import bombs, made_files, made_workbooks
from tests.command_line import Said, call
from tests.made_files import STORY

KEPT = "The allowance is 42 euros a day."
LIMITS = Limits(cpu_seconds=1, wall_seconds=60, memory_mb=400, output_mb=4)

TEXT = "\n\n".join(text for _, text in STORY).encode()
SHEET = made_workbooks.xlsx({"Rules": [["Clause", "Rule"], ["Two", KEPT]]})
SLIDES = made_files.pptx([("Travel", [KEPT])])
BOOK = made_files.epub([f"<h1>Travel</h1><p>{KEPT}</p>"])
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_of(inside: str, before: str = "") -> bytes:
    return bombs.docx_with(f"{before}<w:document {WORD}><w:body>{inside}</w:body></w:document>")


def book_of(**parts: str) -> bytes:
    return made_files.zipped(
        {
            "META-INF/container.xml": '<c><rootfile full-path="b.opf"/></c>',
            "b.opf": '<p><item id="a" href="a.xhtml"/><itemref idref="a"/></p>',
            "a.xhtml": "<p>x</p>",
            **{
                {"container": "META-INF/container.xml", "package": "b.opf"}[name]: part
                for name, part in parts.items()
            },
        }
    )


SLOW_OR_LARGE = "longer than 1 s of processor time | needed more than 400 MB"
"""Which of the two limits is met first is the machine's."""

# name, the good file, the one that takes its place, words of the one line
HOSTILE: list[tuple[str, bytes, Callable[[], bytes], str]] = [
    ("flate-bomb.pdf", made_files.pdf(STORY), bombs.pdf_flate_bomb, "needing more than 400 MB"),
    ("one-page-4000-times.pdf", made_files.pdf(STORY), bombs.pdf_of_one_page_often, "longer than 1 s of processor time"),
    ("locked.pdf", made_files.pdf(STORY), lambda: made_files.pdf(STORY, password="x"), "is protected by a password"),
    ("pictures.pdf", made_files.pdf(STORY), made_files.pdf_picture, "has no text layer"),
    ("cut.pdf", made_files.pdf(STORY), lambda: made_files.pdf(STORY)[:300], "is damaged or no PDF"),
    ("locked.docx", made_files.docx(STORY), bombs.locked_office_file, "is protected by a password"),
    ("laughs.docx", made_files.docx(STORY), lambda: word_of("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", bombs.LAUGHS), "declares XML entities"),
    ("tables-in-tables.docx", made_files.docx(STORY), lambda: word_of("<w:tbl><w:tr><w:tc>" * 5_000 + "</w:tc></w:tr></w:tbl>" * 5_000), "is nested too deep"),
    ("zip-bomb.docx", made_files.docx(STORY), lambda: word_of(" " * (40 << 20)), "unpacks to more than 200 times its size"),
    ("cut.docx", made_files.docx(STORY), lambda: made_files.docx(STORY)[:500], "is damaged or no zip archive"),
    ("far-cell.xlsx", SHEET, bombs.xlsx_with_a_far_cell, "reaches to cell XFD1048576"),
    ("far-cell-untold.xlsx", SHEET, partial(bombs.xlsx_with_a_far_cell, tells=False), "needing more than 400 MB"),
    ("locked.xlsx", SHEET, bombs.locked_office_file, "is protected by a password"),
    ("laughs.xlsx", SHEET, lambda: made_files.zipped({"xl/workbook.xml": f"{bombs.LAUGHS}<workbook>&j;</workbook>"}), "declares XML entities"),
    ("locked.pptx", SLIDES, bombs.locked_office_file, "is protected by a password"),
    ("laughs.pptx", SLIDES, lambda: made_files.zipped({"ppt/presentation.xml": f"{bombs.LAUGHS}<p>&j;</p>"}), "declares XML entities"),
    ("laughs.epub", BOOK, lambda: book_of(container=f"{bombs.LAUGHS}<c>&j;</c>"), "declares XML entities"),
    ("one-chapter-for-ever.epub", BOOK, lambda: book_of(package='<p><item id="a" href="a.xhtml"/>' + "".join(f'<itemref idref="a" n="{n * 7919 % 99991}"/>' for n in range(200_000)) + "</p>"), "longer than 1 s of processor time"),
    ("deep.html", made_files.html(STORY), lambda: b"<div>" * 200_000, "longer than 1 s of processor time"),
    ("attributes.html", made_files.html(STORY), lambda: b"<p " + b" ".join(b"a%d" % n for n in range(300_000)) + b">", "longer than 1 s of processor time"),
    ("many-rows.csv", f"Clause;Rule\nTwo;{KEPT}\n".encode(), lambda: b"a,b\n" + b"1,2\n" * 2_000_000, SLOW_OR_LARGE),
    ("wide-field.csv", f"Clause;Rule\nTwo;{KEPT}\n".encode(), lambda: b'a;"' + b"x;" * 2_000_000, "is no table of values"),
    ("much-text.txt", TEXT, lambda: b"word " * 1_000_000, "gave more than 4 MB of text"),
    ("binary.txt", TEXT, lambda: bytes(range(256)) * 100, "looks binary"),
    ("empty.md", TEXT, lambda: b"", "the file is empty"),
    ("multiparts.eml", made_files.mail(TEXT.decode()), lambda: b"Subject: x\n" + b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3_000)), "too many messages within messages"),
    ("other.eml", made_files.mail(TEXT.decode()), lambda: b"Just words.", "is no mail"),
]  # fmt: skip

ARCHIVES: list[tuple[str, Callable[[], bytes], str]] = [
    ("locked.zip", bombs.locked_zip, "is protected by a password"),
    ("bomb.zip", lambda: made_files.zipped({"a.txt": bytes(120 << 20)}), "unpacks to 120 MB"),
    ("overlapping.zip", bombs.zip_of_overlapping_members, "unpacks to"),
    ("many.zip", lambda: made_files.zipped(dict.fromkeys(map(str, range(10_001)), "")), "holds 10,001 files"),
    ("cut.zip", lambda: made_files.zipped({"a.md": KEPT})[:40], "is damaged"),
]


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """A home, and what the second ingest said."""
    folder = tmp_path_factory.mktemp("hostile") / "docs"
    folder.mkdir()
    home = folder.parent / "home"
    for name, good, _, _ in HOSTILE:
        (folder / name).write_bytes(good)
    for name, _, _ in ARCHIVES:
        (folder / name).write_bytes(made_files.zipped({"travel.md": KEPT}))
    (folder / "fine.md").write_text("Fine before.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.composition.ReaderPool", partial(ReaderPool, limits=LIMITS))
        said = call("ingest", folder, "--no-vectors", "--json", home=home)
        assert (said.code, {row["status"] for row in said.json["rows"]}) == (0, {"added"})
        for name, _, hostile, _ in HOSTILE:
            (folder / name).write_bytes(hostile())
        for name, make, _ in ARCHIVES:
            (folder / name).write_bytes(make())
        (folder / "fine.md").write_text("Fine after.")
        return home, call("ingest", folder, "--no-vectors", "--json", "--prune", home=home)


@pytest.fixture(scope="module")
def rows(again: tuple[Path, Said]) -> dict[str, dict[str, Any]]:
    said = again[1]
    assert (said.code, said.err) == (3, "")
    return {row["path"]: row for row in said.json["rows"]}


def text_of(home: Path, path: str) -> str:
    with Store(home / "store.db") as store:
        (record,) = [record for record in store.documents() if record.path == path]
        document = store.content(record.id)
    assert document is not None
    return document.text


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, _, _, words in HOSTILE])
def test_it_fails_in_one_line_and_the_old_version_stays(
    rows: dict[str, dict[str, Any]], again: tuple[Path, Said], name: str, words: str
) -> None:
    """Refused, or killed within its limits."""
    row = rows[name]
    assert row["status"] == "failed", row
    assert any(each in row["reason"] for each in words.split(" | ")), row["reason"]
    assert "; the version of 20" in row["reason"]
    assert "\n" not in row["reason"]
    assert KEPT in text_of(again[0], name)


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, _, words in ARCHIVES])
def test_an_archive_fails_as_a_whole(
    rows: dict[str, dict[str, Any]], again: tuple[Path, Said], name: str, words: str
) -> None:
    """What was read from it before stays, also where whatever is gone shall be removed."""
    assert rows[name]["status"] == "failed"
    assert words in rows[name]["reason"]
    assert text_of(again[0], f"{name}/travel.md") == KEPT


def test_the_others_go_on(rows: dict[str, dict[str, Any]], again: tuple[Path, Said]) -> None:
    """One file is fine and is read; nothing else has become of any."""
    assert rows["fine.md"]["status"] == "changed"
    assert text_of(again[0], "fine.md") == "Fine after."
    assert len(rows) == len(HOSTILE) + len(ARCHIVES) + 1
