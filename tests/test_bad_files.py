"""Bad files: one clear line each, exit code 3, and the rest goes on.

Each table reads: what it is called, how it is made, what becomes of it, and words of the line that tells.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retrieval.store import Store
from tests.bombs import LAUGHS
from tests.command_line import Said, call
from tests.made_files import zipped

GIB = 1 << 30
Row = dict[str, Any]


def yaml_bomb() -> bytes:
    """Nine aliases of nine aliases of ...: 9 to the power of 16 values."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for one, two in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True):
        lines.append(f"{two}: &{two} [{','.join([f'*{one}'] * 9)}]")
    return "\n".join(["---", *lines, "title: *p", "---", "Text behind the bomb."]).encode()


# name, content, what becomes of it, words of the reason (if it is not read) or of the text (if it is)
FILES: list[tuple[str, bytes, str, str]] = [
    ("empty.md", b"", "failed", "the file is empty"),
    ("blanks.md", b" \n\t\r\n ", "failed", "the file is empty"),
    ("only-a-mark.txt", b"\xef\xbb\xbf", "failed", "the file is empty"),
    ("nuls.txt", b"\0" * 1000, "failed", "the file is empty"),
    ("nuls-inside.txt", b"Text\0with\0nuls in it.", "failed", "looks binary"),
    ("binary.md", random.Random(0).randbytes(20_000), "failed", "looks binary"),
    ("pdf.md", b"%PDF-1.7\n1 0 obj", "failed", "looks like a PDF, not like Markdown"),
    ("zip.txt", zipped({"a.txt": "text"}), "failed", "looks like a zip archive"),
    ("utf16-without-mark.txt", "Über Löwen.".encode("utf-16-le"), "failed", "looks binary"),
    ("name\nwith \x1b[31mmarks.md", b"", "failed", "the file is empty"),
    ("image.png", b"\x89PNG\r\n\x1a\n", "skipped", ".png is not supported"),
    ("letter.docx", zipped({"a.txt": "text"}), "failed", "is no Word document, or a part of it is missing"),
    ("without-suffix", b"Text.", "skipped", "a name without a suffix is not supported"),
    ("utf8-cut.md", "Grüße aus Köl".encode() + b"\xc3", "added", "aus K"),
    ("utf16.txt", "Über Löwen.".encode("utf-16"), "added", "Über Löwen."),
    ("latin1.txt", "Über Löwen.".encode("latin-1"), "added", "Über Löwen."),
    ("surrogates.txt", b"A face \xed\xa0\xbd\xed\xb8\x80 here.", "added", "A face"),
    ("overrides.md", "Pay \u202e001\u202c euros.".encode(), "added", "Pay 001 euros."),
    ("zero-width.md", "pass\u200bword".encode(), "added", "password"),
    ("escapes.md", b"Red \x1b[31mtext\x07.", "added", "Red [31mtext."),
    ("one-line.txt", (b"donaudampfschiff" * 3 + b" ") * 102_500, "added", "donaudampfschiff"),
    ("one-word.txt", b"x" * 1_000_000, "added", "xxx"),
    ("quotes.md", b"Before.\n\n" + b">" * 10_000 + b" deep", "added", "Before."),
    ("lists.md", b"Before.\n\n" + b"- " * 10_000 + b"deep", "added", "Before."),
    ("brackets.md", b"[" * 10_000, "added", "[[["),
    ("stars.md", b"*a_" * 20_000, "added", "a"),
    ("links.md", b"[a](<b" * 10_000, "added", "[a]"),
    ("divs.html", b"<div>" * 10_000 + b"deep", "added", "deep"),
    ("brackets.html", b"before " + b"<" * 100_000, "added", "before"),
    ("attributes.html", b"<p " + b"a=b " * 100_000 + b">after</p>", "added", "after"),
    ("open-table.html", b"<table><tr><td>open cell", "added", "open cell"),
    ("open-comment.html", b"<p>before</p><!-- never closed <p>after</p>", "added", "before"),
    ("only-scripts.html", b"<style>p{}</style><script>1</script>", "added", ""),
    ("entities.html", b"<p>" + b"&amp;" * 100_000, "added", "&&&"),
    ("xml-bomb.xhtml", f"{LAUGHS}<html><p>Laugh: &j;</p></html>".encode(), "added", "Laugh"),
    ("front-matter.md", b"---\ntitle: [\n---\nText behind it.\n", "added", "Text behind it."),
    ("front-matter-types.md", b"---\ntitle: 2020-01-01\nurl: [1]\n---\nText behind it.", "added", "Text behind it."),
    ("front-matter-surrogate.md", b'---\ntitle: "a\\uD800b"\n---\nText behind it.\n', "added", "Text behind it."),
    ("front-matter-open.md", b"---\ntitle: x\n", "added", "title: x"),
    ("yaml-bomb.md", yaml_bomb(), "added", "Text behind the bomb."),
]  # fmt: skip


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(GIB)


# name, how it is made, what becomes of it, words of the reason
OTHER_ENTRIES: list[tuple[str, Callable[[Path], object], str, str]] = [
    ("huge.txt", _huge, "failed", "has 1,024 MB; at most 64 MB are read"),
    ("loop.md", lambda path: path.symlink_to(path.name), "failed", "symbolic links"),
    ("pipe.md", os.mkfifo, "skipped", "no regular file"),
    ("out.md", lambda path: path.symlink_to("/etc/passwd"), "skipped", "leads out of the folder"),
    ("nowhere.md", lambda path: path.symlink_to("gone.md"), "skipped", "leads nowhere"),
    ("link", lambda path: path.symlink_to("."), "skipped", "a link to a folder"),
    (".hidden.md", lambda path: path.write_text("Text."), "skipped", "hidden"),
]


@pytest.fixture(scope="module")
def bad_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of these in one folder, and a folder that is called like a page."""
    folder = tmp_path_factory.mktemp("bad") / "docs"
    folder.mkdir()
    for name, content, _, _ in FILES:
        (folder / name).write_bytes(content)
    for name, make, _, _ in OTHER_ENTRIES:
        make(folder / name)
    (folder / "folder.md").mkdir()
    (folder / "folder.md" / "inside.md").write_text("A page inside.")
    return folder


@pytest.fixture(scope="module")
def ingested(bad_folder: Path) -> tuple[Path, Said]:
    """A home, and what the ingest of that folder said."""
    home = bad_folder.parent / "home"
    return home, call("ingest", bad_folder, "--no-vectors", "--json", home=home)


@pytest.fixture(scope="module")
def rows(ingested: tuple[Path, Said]) -> dict[str, Row]:
    said = ingested[1]
    assert (said.code, said.err) == (3, "")
    return {row["path"].rstrip("/"): row for row in said.json["rows"]}


@pytest.mark.parametrize(
    ("name", "status", "words"), [(n, s, w) for n, _, s, w in FILES], ids=lambda x: repr(x)[:40]
)
def test_files(rows: dict[str, Row], ingested: tuple[Path, Said], name: str, status: str, words: str) -> None:
    """A hostile file is read for what it holds, or is one row with a reason; it stops no other."""
    row = rows[name]
    assert row["status"] == status, row["reason"]
    if status != "added":
        assert words in row["reason"]
        assert "\n" not in row["reason"]
        return
    with Store(ingested[0] / "store.db") as store:
        record = next(record for record in store.documents() if record.path == name)
        content = store.content(record.id)
    assert content is not None
    assert words in content.text
    assert content.text == content.text.encode("utf-8", "strict").decode()
    assert row["reason"] == (None if row["passages"] else "no text, only a title")


@pytest.mark.parametrize(("name", "status", "words"), [(n, s, w) for n, _, s, w in OTHER_ENTRIES])
def test_what_is_no_plain_file(rows: dict[str, Row], name: str, status: str, words: str) -> None:
    """Links, pipes and giants are named with a reason and never opened."""
    assert rows[name]["status"] == status
    assert words in rows[name]["reason"]


def test_a_folder_called_like_a_page(rows: dict[str, Row]) -> None:
    """Is a folder."""
    assert rows["folder.md/inside.md"]["status"] == "added"


def test_the_report_for_people(bad_folder: Path, ingested: tuple[Path, Said]) -> None:
    """What failed is one line each on standard error, what was left out on standard output; then the counts."""
    said = call("ingest", bad_folder, "--no-vectors", home=ingested[0])
    failed = [name for name, _, status, _ in FILES if status == "failed"]
    assert said.code == 3
    *lines, about_vectors = said.err.splitlines()
    assert "have no vectors" in about_vectors
    assert len(lines) == len(failed) + 2
    assert all(line.startswith("   failed  ") for line in lines)
    assert "\x1b" not in said.err + said.out
    assert "name with \ufffd[31mmarks.md: the file is empty" in said.err
    assert f"{len(failed) + 2} failed" in said.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("gone.md", "gone.md: does not exist"),
        ("x" * 300, "File name too long"),
        ("image.png", "image.png: .png is not supported"),
        ("pipe.md", "pipe.md: no regular file"),
        ("loop.md", "loop.md: cannot be opened: Too many levels of symbolic links"),
        ("huge.txt", "huge.txt: has 1,024 MB; at most 64 MB are read"),
    ],
)
def test_paths_that_were_asked_for(bad_folder: Path, tmp_path: Path, path: str, words: str) -> None:
    """What a person names and cannot be read is a failure: exit code 3 and one line."""
    said = call("ingest", bad_folder / path, home=tmp_path)
    assert said.code == 3
    assert words in said.complaint
