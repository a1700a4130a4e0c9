"""Homes, stores and models that cannot be used: one line from every command, exit code 1, nothing lost.

Each table reads: what it is called, how it is made, what becomes of it, and words of the line that tells.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_engine.models import EMBEDDED
from tests.command_line import call
from tests.damaged_stores import garbage, of_a_newer_version, of_another_program, truncated

# what, how the store is made, words of the one line
STORES: list[tuple[str, Callable[[Path], object], str]] = [
    ("garbage", garbage, "is damaged or no SQLite file"),
    ("truncated", truncated, "is damaged or no SQLite file"),
    ("of another program", of_another_program, "no store of Quoth's; name another folder with --home"),
    ("of a newer version", of_a_newer_version, "was written by a newer Quoth"),
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


def test_doctor_ends_its_checks_with_collections_named(
    handbook_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which of them there are cannot be told of a damaged store, and everything else can."""
    garbage(tmp_path / "store.db")
    (tmp_path / "cache").symlink_to(handbook_home / "cache")
    monkeypatch.setenv("QUOTH_SLACK_COLLECTIONS", "handbook")
    said = call("doctor", "--json", home=tmp_path)
    assert (said.code, said.err) == (1, "")
    assert {check["name"] for check in said.json} >= {"store", "reader", "audience"}


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
