"""Which files are looked at: all that was pointed at, nothing else, each once, and every other is named."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from retrieval.discovery import FoundFile, Obstacle, discover


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


def page(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("text")
    return path


def looked_at(*paths: Path) -> list[str]:
    return [each.shown for each in discover(paths) if isinstance(each, FoundFile)]


def left_alone(*paths: Path) -> dict[str, tuple[str, bool]]:
    return {each.shown: (each.reason, each.failed) for each in discover(paths) if isinstance(each, Obstacle)}


def test_folders_are_walked_by_name(root: Path) -> None:
    """The order is that of names, files before folders, so that two runs give the same report."""
    for name in ("b/2.md", "b/1.md", "a/z.md", "z.md", "A.md"):
        page(root / name)
    assert looked_at(root) == ["A.md", "z.md", "a/z.md", "b/1.md", "b/2.md"]


def test_facts_are_those_of_the_file(root: Path) -> None:
    """Size and time stamp are the file's; `named` tells what was asked for itself."""
    path = page(root / "a.md")
    (inside,) = discover([root])
    (itself,) = discover([path])
    facts = path.stat()
    assert inside == FoundFile(path, "a.md", facts.st_size, facts.st_mtime_ns, named=False)
    assert itself == FoundFile(path, "a.md", facts.st_size, facts.st_mtime_ns, named=True)


def test_every_file_comes_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often and by whatever path a file is named."""
    page(root / "sub" / "a.md")
    monkeypatch.chdir(root)
    several = [root, Path(), Path("sub"), Path("sub/../sub/a.md"), root / "sub" / "a.md", Path("./sub/a.md")]
    assert looked_at(*several) == ["sub/a.md"]


def test_hidden_files_and_folders_are_left_out(root: Path) -> None:
    """What begins with a dot is named in the report and not opened; asked for by name it is read."""
    page(root / ".secret.md")
    page(root / ".git" / "config.md")
    page(root / "a.md")
    assert looked_at(root) == ["a.md"]
    assert left_alone(root) == {".git/": ("hidden", False), ".secret.md": ("hidden", False)}
    assert looked_at(root / ".secret.md", root / ".git") == [".secret.md", "config.md"]


def test_links_stay_inside(root: Path, tmp_path: Path) -> None:
    """A link to a file inside is read; one that leads out, in whatever way, is not."""
    page(root / "a.md")
    page(tmp_path / "outside" / "secret.md")
    (root / "in.md").symlink_to("a.md")
    (root / "absolute.md").symlink_to(tmp_path / "outside" / "secret.md")
    (root / "relative.md").symlink_to("../outside/secret.md")
    (root / "by-way-of.md").symlink_to("relative.md")
    (root / "folder").symlink_to("../outside")
    (root / "nowhere.md").symlink_to("gone.md")
    assert looked_at(root) == ["a.md", "in.md"]
    out = ("a link that leads out of the folder", False)
    assert left_alone(root) == {
        "folder/": ("a link to a folder", False),
        "absolute.md": out,
        "by-way-of.md": out,
        "nowhere.md": ("a link that leads nowhere", False),
        "relative.md": out,
    }


def test_loops_of_links_end(root: Path) -> None:
    """A link to itself, to another and back, or to a folder above is one row each."""
    page(root / "a.md")
    (root / "self.md").symlink_to("self.md")
    (root / "one.md").symlink_to("two.md")
    (root / "two.md").symlink_to("one.md")
    (root / "above").symlink_to("..")
    assert looked_at(root) == ["a.md"]
    told = left_alone(root)
    assert set(told) == {"self.md", "one.md", "two.md", "above/"}
    assert "symbolic links" in told["self.md"][0]


def test_a_named_link_to_a_folder_is_followed(root: Path, tmp_path: Path) -> None:
    """What a person names is meant, also by a link; it keeps the name that the person knows."""
    page(root / "a.md")
    link = tmp_path / "link"
    link.symlink_to(root)
    assert [each.path for each in discover([link])] == [link / "a.md"]


def test_what_is_no_regular_file_is_not_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe would block for ever; by name it is a failure, in a folder a row."""
    os.mkfifo(root / "pipe.md")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket.md")
        assert looked_at(root) == []
        assert left_alone(root) == dict.fromkeys(["pipe.md", "socket.md"], ("no regular file", False))
        assert left_alone(root / "pipe.md") == {"pipe.md": ("no regular file", True)}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow UTF-8 names only")
def test_names_that_are_no_utf8_can_be_shown(root: Path) -> None:
    """Such a file is read like any other, under a name that can be stored and printed."""
    with open(os.fsencode(root) + b"/caf\xe9.md", "w") as file:  # noqa: PTH123
        file.write("text")
    (found,) = discover([root])
    assert isinstance(found, FoundFile)
    assert found.path.stat().st_size == 4
    assert found.shown.encode() == b"caf?.md"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("gone.md", "does not exist"),
        ("a.md/below.md", "cannot be opened: Not a directory"),
        ("x" * 300 + ".md", "cannot be opened: File name too long"),
        ("nul\0.md", "cannot be opened: embedded null byte"),
    ],
)
def test_a_named_path_that_cannot_be_looked_at_is_a_failure(root: Path, path: str, reason: str) -> None:
    """Whatever is wrong with what was asked for, it is one row and the others go on."""
    page(root / "a.md")
    assert list(left_alone(root / path).values()) == [(reason, True)]
    assert looked_at(root / path, root) == ["a.md"]


def test_a_folder_without_rights_is_a_failure(without_rights: Path) -> None:
    """What cannot be looked into was asked for: it is told, and the rest is read."""
    page(without_rights / "open" / "a.md")
    page(without_rights / "shut" / "b.md")
    (without_rights / "shut").chmod(0)
    assert looked_at(without_rights) == ["open/a.md"]
    assert left_alone(without_rights) == {"shut": ("cannot be opened: Permission denied", True)}
    assert left_alone(without_rights / "shut" / "b.md") == {
        "b.md": ("cannot be opened: Permission denied", True)
    }
