"""Bad input of every kind: one clear line, the right exit code, never a traceback, and the rest goes on.

Each table reads: what it is called, how it is made, what becomes of it, and words of the line that tells.
Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 some files failed.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import random
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa_engine.models import EMBEDDED
from retrieval.store import Store
from tests.command_line import Said, call
from tests.stores import put

GIB = 1 << 30
Row = dict[str, Any]


def zipped() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "text")
    return archive.getvalue()


def yaml_bomb() -> bytes:
    """Nine aliases of nine aliases of ...: 9 to the power of 16 values."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for one, two in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True):
        lines.append(f"{two}: &{two} [{','.join([f'*{one}'] * 9)}]")
    return "\n".join(["---", *lines, "title: *p", "---", "Text behind the bomb."]).encode()


def xml_bomb() -> bytes:
    """A billion laughs."""
    entities = [
        f'<!ENTITY {two} "{f"&{one};" * 10}">' for one, two in zip("abcdefghi", "bcdefghij", strict=True)
    ]
    return f'<!DOCTYPE x [<!ENTITY a "ha">{"".join(entities)}]><html><p>Laugh: &j;</p></html>'.encode()


# name, content, what becomes of it, words of the reason (if it is not read) or of the text (if it is)
FILES: list[tuple[str, bytes, str, str]] = [
    ("empty.md", b"", "failed", "the file is empty"),
    ("blanks.md", b" \n\t\r\n ", "failed", "the file is empty"),
    ("only-a-mark.txt", b"\xef\xbb\xbf", "failed", "the file is empty"),
    ("nuls.txt", b"\0" * 1000, "failed", "the file is empty"),
    ("nuls-inside.txt", b"Text\0with\0nuls in it.", "failed", "looks binary"),
    ("binary.md", random.Random(0).randbytes(20_000), "failed", "looks binary"),
    ("pdf.md", b"%PDF-1.7\n1 0 obj", "failed", "looks like a PDF, not like Markdown"),
    ("zip.txt", zipped(), "failed", "looks like a zip archive"),
    ("utf16-without-mark.txt", "Über Löwen.".encode("utf-16-le"), "failed", "looks binary"),
    ("name\nwith \x1b[31mmarks.md", b"", "failed", "the file is empty"),
    ("image.png", b"\x89PNG\r\n\x1a\n", "skipped", ".png is not supported"),
    ("letter.docx", zipped(), "failed", "is no Word document, or a part of it is missing"),
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
    ("xml-bomb.xhtml", xml_bomb(), "added", "Laugh"),
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
    return home, call("ingest", bad_folder, "--json", home=home)


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
    said = call("ingest", bad_folder, home=ingested[0])
    failed = [name for name, _, status, _ in FILES if status == "failed"]
    assert said.code == 3
    assert len(said.err.splitlines()) == len(failed) + 2
    assert all(line.startswith("   failed  ") for line in said.err.splitlines())
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


# what, the question, exit code, words of standard output (code 0) or of the one line on standard error
QUESTIONS: list[tuple[str, str, int, str]] = [
    ("empty", "", 2, "Ask a question in words"),
    ("blanks", " \t\n ", 2, "Ask a question in words"),
    ("a mark only", "?", 2, "Ask a question in words"),
    ("nuls only", "\0\0", 2, "Ask a question in words"),
    ("surrogates only", "\udcff\ud800", 2, "Ask a question in words"),
    ("emoji only", "🦑👋🏽", 2, "Ask a question in words"),
    ("10,000 characters", "When are laptops replaced? " * 400, 0, "after four years"),
    ("one word of 10,000 letters", "x" * 10_000, 0, "I don't know"),
    ("syntax of a full text search", 'laptop "a" OR NEAR(b *', 0, "Equipment"),
    ("SQL", "'; DROP TABLE documents;--", 0, "I don't know"),
    ("a nul inside", "When are laptops\0 replaced?", 0, "after four years"),
    ("bytes that are no UTF-8", "When are laptops replaced\udcff?", 0, "after four years"),
    ("half a surrogate pair", "\ud83d When are laptops replaced?", 0, "after four years"),
    ("overrides", "\u202eWhen are laptops replaced?\u202c", 0, "after four years"),
    ("emoji inside", "When are 💻 laptops replaced? 🙏", 0, "after four years"),
    ("Chinese", "笔记本电脑什么时候更换？", 0, "I don't know"),
    ("an escape sequence", "\x1b[31m\x1b]0;title\x07When are laptops replaced?", 0, "after four years"),
    ("line breaks", "When are\nlaptops\r\nreplaced?", 0, "after four years"),
    ("a format string", "%s{0}{question}${HOME}`id`", 0, "I don't know"),
]


@pytest.fixture(scope="module")
def answering_home(tmp_path_factory: pytest.TempPathFactory, handbook_home: Path) -> Path:
    """The handbook again, so that what a hostile question might do stays here."""
    home = tmp_path_factory.mktemp("answering")
    shutil.copy(handbook_home / "store.db", home)
    (home / "cache").symlink_to(handbook_home / "cache")
    return home


@pytest.mark.parametrize(
    ("question", "code", "words"), [q[1:] for q in QUESTIONS], ids=[q[0] for q in QUESTIONS]
)
def test_questions(answering_home: Path, question: str, code: int, words: str) -> None:
    """Whatever the characters: an answer, an honest "I don't know", or a hint how to ask; nothing is harmed."""
    said = call("ask", question, "-k", "5", home=answering_home)
    assert said.code == code
    unmarked = said.out.replace("«", "").replace("»", "")  # where the span begins is the reader's business
    assert words in (said.complaint if code else unmarked)
    assert (said.out if code else said.err) == ""
    assert "\x1b" not in said.out
    with Store(answering_home / "store.db") as store:
        assert len(store.documents()) == 40


def test_questions_as_json_and_to_search(answering_home: Path) -> None:
    """The same questions to `search`, and one as JSON, which stays JSON."""
    for _, question, _, _ in QUESTIONS:
        said = call("search", question, "-k", "3", "--json", home=answering_home)
        assert said.code == 0
        assert isinstance(said.json, list)
    said = call("ask", "laptops \udcff\x1b[31m\u202e?", "--json", home=answering_home)
    assert said.code == 0
    assert said.json["question"].startswith("laptops")
    said = call("ask", "???", "--json", home=answering_home)
    assert (said.code, said.json["reason"]) == (2, "no question")
    assert said.complaint.startswith("quoth: Ask a question in words")


def test_a_chat_survives_every_question(answering_home: Path) -> None:
    """All of them in one conversation, bytes that are no UTF-8 among them; then a plain one is answered."""
    lines = [
        line.encode("utf-8", "surrogatepass")
        for _, question, _, _ in QUESTIONS
        for line in [question.replace("\n", " ").replace("\r", " ").strip()]
        if line
    ]
    said = call(
        "chat",
        "-k",
        "3",
        home=answering_home,
        stdin=b"\n".join([*lines, b"\xff\xfe\xfd", b"When are laptops replaced?"]),
    )
    assert (said.code, said.err) == (0, "")
    assert said.out.count("\n\n") == len(lines) + 2
    assert "after four years" in said.out.rstrip().rpartition("\n\n")[2]


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)


def _truncated(path: Path) -> None:
    with Store(path) as store:
        for number in range(30):
            put(store, f"{number}.md", f"Page {number}. " * 50)
    os.truncate(path, path.stat().st_size // 2)


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE songs (name TEXT)")
    db.close()


def _newer(path: Path) -> None:
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('quoth', 'moons', '')"
        )
    db.close()


# what, how the store is made, words of the one line
STORES: list[tuple[str, Callable[[Path], object], str]] = [
    ("garbage", _garbage, "is damaged or no SQLite file"),
    ("truncated", _truncated, "is damaged or no SQLite file"),
    ("of another program", _foreign, "no store of Quoth's; name another folder with --home"),
    ("of a newer version", _newer, "was written by a newer Quoth"),
    ("a folder", Path.mkdir, "it must be a file"),
]


@pytest.mark.parametrize(("make", "words"), [s[1:] for s in STORES], ids=[s[0] for s in STORES])
def test_stores(handbook_home: Path, tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    """A store that cannot be used is one line from every command, and doctor names it."""
    make(tmp_path / "store.db")
    (tmp_path / "cache").symlink_to(handbook_home / "cache")
    page = tmp_path / "page.md"
    page.write_text("Text.")
    for arguments in (
        ["ls"],
        ["ask", "laptops?"],
        ["search", "laptops"],
        ["ingest", page],
        ["show", "1"],
        ["rm", "1"],
    ):
        said = call(*arguments, home=tmp_path)
        assert said.code == 1
        assert said.out == ""
        assert words in said.complaint
        assert str(tmp_path) in said.complaint
    said = call("doctor", "--json", home=tmp_path)
    assert (said.code, said.err) == (1, "")
    (check,) = [check for check in said.json if check["name"] == "store"]
    assert check["state"] == "failed"
    assert words in check["detail"]


# what, the home below a folder that holds "file", words of the one line
HOMES = [("a file", "file", "is a file; expected a folder"), ("below a file", "file/home", "Not a directory")]


@pytest.mark.parametrize(("home", "words"), [h[1:] for h in HOMES], ids=[h[0] for h in HOMES])
def test_homes(tmp_path: Path, home: str, words: str) -> None:
    """A home that can be none is one line, by environment and by flag, and doctor goes on to the end."""
    (tmp_path / "file").write_text("")
    said = call("ls", home=tmp_path / home)
    assert said.code == 1
    assert words in said.complaint
    assert call("ls", "--home", tmp_path / home).code in (1, 2)
    said = call("doctor", "--json", home=tmp_path / home)
    assert said.code == 1
    states = {check["name"]: check["state"] for check in said.json}
    assert states["home"] == "failed"
    assert states["reader"] == "ok"


def _cut(name: str) -> Callable[[Path], object]:
    return lambda folder: os.truncate(folder / name, (folder / name).stat().st_size // 2)


def _one_bit(folder: Path) -> None:
    with (folder / "reader.bin").open("r+b") as file:
        file.seek(5_000_000)
        byte = file.read(1)[0]
        file.seek(5_000_000)
        file.write(bytes([byte ^ 1]))


def _without(key: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text())
        del manifest[key]
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return change


def _swapped_vocabulary(folder: Path) -> None:
    lines = (folder / "vocab.txt").read_text().split("\n")
    lines[1000:30_000] = lines[30_000:999:-1][: len(lines[1000:30_000])]
    (folder / "vocab.txt").write_text("\n".join(lines))


def _bare(change: Callable[[Path], object]) -> Callable[[Path], object]:
    """The same in a model without a manifest, whose files nothing vouches for."""

    def bare(folder: Path) -> None:
        (folder / "manifest.json").unlink()
        change(folder)

    return bare


# what, what was done to a copy of the embedded reader, words of the one line
MODELS: list[tuple[str, Callable[[Path], object], str]] = [
    ("structure cut", _cut("reader.xml"), "reader.xml of"),
    ("weights cut", _cut("reader.bin"), "reader.bin of"),
    ("one bit of the weights", _one_bit, "reader.bin of"),
    ("vocabulary missing", lambda folder: (folder / "vocab.txt").unlink(), "vocab.txt of"),
    ("vocabulary swapped", _swapped_vocabulary, "vocab.txt of"),
    ("manifest without files", _without("files"), "is no manifest of format 1"),
    ("manifest without a name", _without("name"), "is no manifest of format 1"),
    ("manifest that is no JSON", lambda folder: (folder / "manifest.json").write_text("{"), "is no manifest"),
    ("no structure", _bare(lambda folder: (folder / "reader.xml").unlink()), "is no model"),
    ("no weights, no manifest", _bare(lambda folder: (folder / "reader.bin").unlink()), "reader.bin"),
    ("structure cut, no manifest", _bare(_cut("reader.xml")), "reader.xml"),
    ("weights cut, no manifest", _bare(_cut("reader.bin")), "reader"),
    ("vocabulary cut, no manifest", _bare(_cut("vocab.txt")), "vocab.txt"),
    ("vocabulary swapped, no manifest", _bare(_swapped_vocabulary), "fails its golden question"),
]


@pytest.mark.parametrize(("spoil", "words"), [m[1:] for m in MODELS], ids=[m[0] for m in MODELS])
def test_models(handbook_home: Path, tmp_path: Path, spoil: Callable[[Path], object], words: str) -> None:
    """A damaged reader never answers: it is refused with one line that says what was found."""
    folder = tmp_path / "reader"
    shutil.copytree(EMBEDDED, folder)
    spoil(folder)
    said = call("ask", "When are laptops replaced?", "--model", folder, home=handbook_home)
    shutil.rmtree(folder)  # 23 MB, and pytest keeps what lies here
    assert said.code == 1
    assert said.out == ""
    assert words in said.complaint


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bert-small-uncased-whole-word-masking-squad-01", "Did you mean bert-small-uncased"),
        ("nonsense", 'No model is called "nonsense"'),
        ("./nowhere", "expected a folder or an .xml file that is there"),
        ("/etc/passwd", "expected a folder or an .xml file that is there"),
        ("embeded", "See `quoth model ls`"),
        ("bert-small-uncased-whole-word-masking-squad-0001", "quoth model pull bert-small-uncased"),
        ("bert-small-uncased-whole-word-masking-squad-0001@FP8", "FP8"),
        ("\x1b[31m", "No model is called"),
    ],
)
def test_names_of_models(handbook_home: Path, name: str, words: str) -> None:
    """A wrong name says which there are or what to type."""
    said = call("ask", "When are laptops replaced?", "--model", name, home=handbook_home)
    assert said.code == 1
    assert words in said.complaint
    assert "\x1b" not in said.complaint


# variable or flags, words of the one line
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("QUOTH_THREADS", "abc", "QUOTH_THREADS is 'abc'; expected a whole number from 1 to 1024"),
        ("QUOTH_THREADS", "0", "expected a whole number"),
        ("QUOTH_THREADS", "-1", "expected a whole number"),
        ("QUOTH_THREADS", "9" * 5000, "expected a whole number"),
        (
            "QUOTH_THREAD",
            "2",
            "QUOTH_THREAD: no such setting; expected QUOTH_HOME, QUOTH_MODEL, QUOTH_THREADS",
        ),
    ],
)
def test_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    """A wrong variable is wrong usage, told before anything is opened."""
    monkeypatch.setenv(name, value)
    said = call("ls", home=tmp_path / "home")
    assert said.code == 2
    assert words in said.complaint
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["ask"], "Missing argument 'QUESTION'"),
        (["ask", "a", "b"], "unexpected extra argument"),
        (["ask", "--threshold", "2", "x"], "2.0 is not in the range 0<=x<=1"),
        (["ask", "--threshold", "abc", "x"], "'abc' is not a valid float"),
        (["ask", "--threshold", "nan", "x"], "nan"),
        (["ask", "-k", "0", "x"], "0 is not in the range 1<=x<=200"),
        (["ask", "-k", "many", "x"], "'many' is not a valid integer"),
        (["ask", "--threads", "0", "x"], "0 is not in the range"),
        (["ask", "--tresh", "1", "x"], "--threshold"),
        (["ask", "-c", "board", "laptops?"], "There is no collection board; there are handbook"),
        (["search", "-c", "\x1b[31m", "laptops?"], "There is no collection \ufffd[31m"),
        (["show", "999"], "There is no document 999"),
        (["show", "nowhere.md"], "There is no document nowhere.md; quoth ls lists them"),
        (["rm", "9" * 30], "There is no document 999"),
        (["ingest"], "Missing argument 'PATH|URL|-...'"),
        (["ingest", ".", "--base-url", "ftp://x"], "--base-url is ftp://x; expected an address with http"),
        (["ingest", ".", "-c", " "], "--collection needs a name of printable characters"),
        (["ingest", ".", "-c", "a\x1bb"], "--collection needs a name of printable characters"),
        (["model", "pull"], "Missing argument 'NAME'"),
        (["model", "pull", "bert-small-uncased-whole-word-masking-squad-0001", "--precision", "FP8"], "'FP8' is not one"),
        (["eval", "squad", "/nowhere.json"], "'/nowhere.json' does not exist"),
        (["eval", "retrieval", "/"], "is a directory"),
        (["calibrate"], "Name a file of questions, or --reset"),
        (["ask", "--max-wrong", "half", "x"], "'half' is no share; expected one like 10% or 0.1"),
        (["ask", "--max-wrong", "101%", "x"], "'101%' is no share"),
        (["ask", "--seconds", "0", "x"], "0.0 is not in the range"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)  # fmt: skip
def test_usage(handbook_home: Path, arguments: list[str], words: str) -> None:
    """Wrong flags and arguments are exit code 2 and one line that says what was expected."""
    said = call(*arguments, home=handbook_home)
    assert said.code == 2
    assert said.out == ""
    assert words in said.complaint


# name, content, words of the one line, exit code
EVAL_FILES: list[tuple[str, bytes, int, str]] = [
    ("no-json.json", b"this is no JSON", 1, "is not SQuAD data"),
    ("binary.json", b"\xff\xfe\x00", 1, "is not SQuAD data"),
    ("other-keys.json", b'{"rows": []}', 1, "is not SQuAD data (KeyError)"),
    ("a-list.json", b"[1, 2]", 1, "is not SQuAD data"),
    ("other-keys.jsonl", b'{"id": 1}\n', 1, "is not SQuAD data"),
    ("cut.jsonl", b'{"id": 1, "title": "a", "cont', 1, "is not SQuAD data"),
    ("cut.jsonl.xz", lzma.compress(b'{"id": 1}\n' * 1000)[:-20], 1, "is not SQuAD data"),
    ("no-xz.jsonl.xz", b"not compressed", 1, "is not SQuAD data (LZMAError)"),
    ("empty.jsonl", b"", 2, "has no questions"),
    ("empty.json", b'{"data": []}', 2, "has no questions"),
]


@pytest.mark.parametrize(("name", "content", "code", "words"), EVAL_FILES, ids=[e[0] for e in EVAL_FILES])
def test_eval_files(tmp_path: Path, name: str, content: bytes, code: int, words: str) -> None:
    """A file that is no question set is one line from every evaluation."""
    path = tmp_path / name
    path.write_bytes(content)
    for kind in ("squad", "retrieval", "open"):
        said = call("eval", kind, path, home=tmp_path / "home")
        own = kind == "retrieval" and name in ("other-keys.jsonl", "cut.jsonl")  # it also takes one's own
        assert said.code == (2 if own else code)
        assert said.out == ""
        assert ("or SQuAD's rows" if own else words) in said.complaint
        assert str(path) in said.complaint
