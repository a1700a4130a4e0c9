"""Sources and sync: what is followed, what changes with it, what stays when a disk is away."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.command_line import call, run, start


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text("# Leave\n\n25 days.")
    (folder / "pay.csv").write_text("Level;Euro\nA;10\nB;20\n")
    return folder


def test_a_followed_folder_is_kept_in_step(docs: Path, tmp_path: Path) -> None:
    """Added, changed, moved and removed, each said once; then nothing more to do."""
    home = tmp_path / "home"
    assert "quoth source add" in call("sync", home=home).complaint
    assert (
        call("source", "add", docs, "-c", "staff", "--base-url", "https://x.example/{path}", home=home).code
        == 0
    )
    assert call("source", "ls", "--json", home=home).json == [
        {"path": str(docs), "collection": "staff", "base_url": "https://x.example/{path}"}
    ]
    assert call("sync", "--json", home=home).json["types"] == {".csv": {"added": 1}, ".md": {"added": 1}}
    (docs / "leave.md").rename(docs / "holidays.md")
    (docs / "pay.csv").unlink()
    (docs / "new.txt").write_text("New words.")
    rows = call("sync", "--json", home=home).json["rows"]
    assert {(row["status"], row["path"]) for row in rows} == {
        ("moved", "holidays.md"), ("removed", "pay.csv"), ("added", "new.txt"),
    }  # fmt: skip
    counts = call("sync", "--json", home=home).json["counts"]
    assert {status: count for status, count in counts.items() if count} == {"unchanged": 2}


def test_a_disk_that_is_away_takes_nothing_with_it(docs: Path, tmp_path: Path) -> None:
    """Neither an empty folder nor a missing one removes what was read."""
    home = tmp_path / "home"
    call("source", "add", docs, home=home)
    call("sync", home=home)
    for path in docs.iterdir():
        path.unlink()
    assert "is empty; its documents stay" in call("sync", home=home).err
    docs.rmdir()
    assert call("sync", home=home).code == 3
    assert len(call("ls", "--json", home=home).json) == 2
    assert call("source", "rm", docs, home=home).code == 0
    assert call("source", "rm", docs, home=home).complaint.endswith(
        "is no source; quoth source ls lists them."
    )
    assert len(call("ls", "--json", home=home).json) == 2


def test_a_bad_sources_file_is_one_line(tmp_path: Path) -> None:
    """A person may edit it, so it is checked."""
    (tmp_path / "sources.toml").write_text("[[source]]\npath = 3\n")
    assert call("sync", home=tmp_path).complaint.endswith("[[source]] 1 needs a path.")


def test_a_pattern_is_expanded_where_no_shell_did_it(docs: Path, tmp_path: Path) -> None:
    """`docs/**/*.md` in quotes; without a match it is a file that does not exist."""
    said = call("ingest", str(docs / "**" / "*.md"), "--json", home=tmp_path / "home")
    assert [row["path"] for row in said.json["rows"]] == ["leave.md"]
    assert call("ingest", str(docs / "*.pdf"), home=tmp_path / "home").code == 3


def test_inspect_shows_what_is_seen(docs: Path, tmp_path: Path) -> None:
    """Blocks with their lines; bad input is one line."""
    said = call("inspect", docs / "pay.csv", home=tmp_path)
    assert "    3  | Level: B. Euro: 20." in said.out.splitlines()
    (docs / "bad.pdf").write_bytes(b"%PDF-1.4")
    assert call("inspect", docs / "bad.pdf", home=tmp_path).complaint == "quoth: is damaged or no PDF"


def test_watching_ends_with_an_interrupt(docs: Path, tmp_path: Path) -> None:
    """A look, a wait, another look; Ctrl-C is no failure of the documents."""
    home = tmp_path / "home"
    call("source", "add", docs, home=home)
    process = start("sync", "--watch", "--every", "1", home=home)
    assert process.stdout is not None
    while b"2 added" not in process.stdout.readline():
        pass
    (docs / "late.txt").write_text("Late words.")
    while b"1 added" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    assert len(run("ls", "--json", home=home).json) == 3
