"""Wrong settings, flags and files of questions: exit code 2 and one line that says what was expected.

Each table reads: what it is called, how it is made, what becomes of it, and words of the line that tells.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from tests.command_line import call


# variable or flags, words of the one line
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("QUOTH_THREADS", "abc", "QUOTH_THREADS is 'abc'; expected a whole number from 1 to 1024"),
        ("QUOTH_THREADS", "0", "expected a whole number"),
        ("QUOTH_THREADS", "-1", "expected a whole number"),
        ("QUOTH_THREADS", "9" * 5000, "expected a whole number"),
        ("QUOTH_THREAD", "2", "QUOTH_THREAD: no such setting. Did you mean QUOTH_THREADS?"),
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
        (["ask", "How", "many", "days?"], 'Put the question in quotes: quoth ask "How many'),
        (["ls", "a", "b"], "unexpected extra argument"),
        (["--model", "embedded", "ask", "a"], "--model stands behind the command"),
        (["--bogus", "ask", "a"], "No such option '--bogus'"),
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
        (["ingest", "ftp://wiki.example/"], "only http:// and https:// are"),
        (["source", "add", "file:///srv/wiki"], "is named by its path"),
        (["ingest"], "Missing argument 'PATH|URL|-...'"),
        (["ingest", ".", "--base-url", "ftp://x"], "--base-url is ftp://x; expected an address with http"),
        (["ingest", ".", "--base-url", "https://x/a\udcff"], "--base-url is https://x/a\ufffd; expected an address"),
        (["ingest", ".", "--base-url", "https://"], "--base-url is https://; expected an address with http"),
        (["source", "add", ".", "--base-url", "https://x/\x1b"], "--base-url is https://x/\ufffd; expected"),
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
        (["ask", "--seconds", "nan", "x"], "nan is no number"),
        (["sync", "--watch", "--every", "nan"], "nan is no number"),
        (["sync", "--watch", "--every", "1e10"], "10000000000.0 is not in the range 1<=x<=86400"),
        (["pins", "rm", "9" * 23], "is not in the range 1<=x<="),
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
        own = kind != "squad" and name in ("other-keys.jsonl", "cut.jsonl")  # they also take one's own
        assert said.code == (2 if own else code)
        assert said.out == ""
        assert ("Or SQuAD's rows" if own else words) in said.complaint
        assert str(path) in said.complaint


def test_nothing_to_ask(tmp_path: Path) -> None:
    """Questions without an answer only, and those are to be left out."""
    file = tmp_path / "rows.jsonl"
    row = {"id": "1", "title": "T", "context": "Text.", "question": "When?", "answers": []}
    file.write_text(json.dumps(row) + "\n")
    for kind in ("open", "squad"):
        said = call("eval", kind, file, "--answerable", home=tmp_path / "home")
        assert (said.code, said.complaint) == (2, f"quoth: {file} has no question that has an answer.")
