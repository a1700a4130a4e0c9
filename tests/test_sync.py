"""Sources and sync: what is followed, what changes with it, what stays when a disk is away."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from bot import __version__
from bot.__main__ import quoth
from bot.commands import sync as sync_command
from bot.composition import Workplace
from bot.settings import Settings
from bot.sources import FollowedSource, write_sources
from retrieval.errors import StoreBusy, StoreFull
from retrieval.report import Report, Row, Status
from retrieval.store import Store
from retrieval.web.start import Start
from tests.command_line import call, run, start
from tests.model_server import status
from tests.web_site import site


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
    """Neither an empty folder, nor one of hidden files, nor a missing one removes what was read."""
    home = tmp_path / "home"
    call("source", "add", docs, home=home)
    call("sync", home=home)
    for path in docs.iterdir():
        path.unlink()
    assert "is empty; its documents stay" in call("sync", home=home).err
    (docs / ".DS_Store").write_bytes(b"\0")
    (docs / ".Trashes").mkdir()
    (docs / ".Trashes" / "old.md").write_text("Old.")
    assert "is empty; its documents stay" in call("sync", home=home).err
    shutil.rmtree(docs)
    assert call("sync", home=home).code == 3
    assert len(call("ls", "--json", home=home).json) == 2
    assert call("source", "rm", docs, home=home).code == 0
    assert call("source", "rm", docs, home=home).complaint.endswith(
        "is no source; quoth source ls lists them."
    )
    assert len(call("ls", "--json", home=home).json) == 2


def test_another_collection_takes_the_documents_along(docs: Path, tmp_path: Path) -> None:
    """What the source brought leaves the collection before, which may be open to more people; nothing else does."""
    home = tmp_path / "home"
    with site() as web:
        for path in ("/docs/", "/docs/a", "/other"):
            web.put(path, f"<p>Page {path}. <a href=a>A</a>")
        (docs / "sub").mkdir()
        (docs / "sub" / "own.md").write_text("Followed by itself.")
        (tmp_path / "docs-too.md").write_text("Beside it.")
        call("source", "add", docs, docs / "sub", tmp_path / "docs-too.md", web.url("/other"), home=home)
        call("source", "add", web.url("/docs/"), "--depth", "1", home=home)
        call("sync", home=home)
        assert "removed" not in call("source", "add", docs, "--base-url", "https://x.example", home=home).err
        said = call("source", "add", docs, web.url("/docs/"), "--depth", "1", "-c", "pay", home=home)
        assert said.err.count("removed 2 documents from default; quoth sync reads them into pay") == 2
        left = [each["source"] for each in call("ls", "--json", home=home).json]
        assert sorted(left) == sorted(
            [str(docs / "sub" / "own.md"), str(tmp_path / "docs-too.md"), web.url("/other")]
        )
        call("sync", home=home)
        found = [each["collection"] for each in call("ls", "--json", home=home).json]
    assert (found.count("default"), found.count("pay")) == (3, 4)


def test_what_is_removed_and_still_followed_is_told(docs: Path, tmp_path: Path) -> None:
    """The next sync reads it again: a document, and a whole collection; what nothing follows is simply gone."""
    home = tmp_path / "home"
    (tmp_path / "once.md").write_text("Read once.")
    with site() as web:
        web.put("/leave", "<p>25 days.")
        call("source", "add", docs, web.url("/leave"), home=home)
        call("sync", home=home)
        call("ingest", tmp_path / "once.md", home=home)
        again = "is followed: what still lies there, quoth sync reads into default again."
        assert "followed" not in call("rm", "once.md", home=home).err
        said = call("rm", docs / "leave.md", docs / "pay.csv", web.url("/leave"), home=home)
        for name in (str(docs), web.url("/leave")):
            assert f"{name} {again} To end that: quoth source rm {name}" in said.err
        assert len(said.err.splitlines()) == 5
        assert call("sync", "--json", home=home).json["counts"]["added"] == 3
    assert f"{docs} {again}" in call("collection", "rm", "default", home=home).err


def test_versions_that_stay_when_the_newest_gets_another_collection(tmp_path: Path) -> None:
    """The second newest is the newest of its collection then, not the oldest."""
    docs, home = tmp_path / "docs", tmp_path / "home"
    docs.mkdir()
    shared = " ".join(f"word{number}" for number in range(200))
    files = [docs / f"v{number}.md" for number in (1, 2, 3)]
    for number, file in enumerate(files, 1):
        file.write_text(f"# Leave\n\n{shared}\n\nThere are {number} days.\n")
        os.utime(file, (number, number))
    call("source", "add", *files, home=home)
    call("sync", home=home)
    call("source", "add", files[-1], "-c", "pay", home=home)
    with Store(home / "store.db") as store:
        one, two = (record.id for record in store.documents())
        assert store.superseded([one, two]) == {one: two}


def test_a_bad_sources_file_is_one_line(tmp_path: Path) -> None:
    """A person may edit it, so it is checked."""
    for entry, complaint in (
        ("collection = 'x'", "[[source]] 1 needs a path or a url."),
        (
            "path = 3",
            "[[source]] 1 may have path, url, collection, base_url, all text, and depth and limit, numbers.",
        ),
        ("url = 'ftp://x'", "[[source]] 1: url is no address; expected one like https://host/path."),
        ("url = 'https://x'\ndepth = true", "all text, and depth and limit, numbers."),
    ):
        (tmp_path / "sources.toml").write_text(f"[[source]]\n{entry}\n")
        assert call("sync", home=tmp_path).complaint.endswith(complaint)


def test_a_path_in_the_sources_file_may_begin_at_home(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a person writes it there; of a user that is none, it is one line."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    (home / "sources.toml").write_text('[[source]]\npath = "~/docs"\n')
    assert [each["path"] for each in call("source", "ls", "--json", home=home).json] == [str(docs)]
    (home / "sources.toml").write_text('[[source]]\npath = "~nobody-at-all/docs"\n')
    said = call("sync", home=home)
    assert (said.code, said.complaint) == (
        2, f"quoth: {home}/sources.toml: [[source]] 1: ~nobody-at-all/docs: there is no such user here."
    )  # fmt: skip


def test_what_cannot_stand_in_the_sources_file(tmp_path: Path) -> None:
    """A name that is no UTF-8 is refused and nothing is left behind; an odd one that is comes back."""
    bad, odd = (tmp_path / os.fsdecode(name) for name in (b"bad\xff", b'odd\x7f"\n'))
    for folder in (bad, odd):
        folder.mkdir()
    home = tmp_path / "home"
    said = call("source", "add", bad, home=home)
    assert said.code == 2
    assert f"{tmp_path}/bad\ufffd is no name in UTF-8" in said.complaint
    assert not list(home.glob("sources.toml*"))
    assert call("source", "add", odd, home=home).code == 0
    assert [each["path"] for each in call("source", "ls", "--json", home=home).json] == [str(odd)]


def test_a_pattern_is_expanded_where_no_shell_did_it(docs: Path, tmp_path: Path) -> None:
    """`docs/**/*.md` in quotes; without a match it is a file that does not exist."""
    said = call("ingest", str(docs / "**" / "*.md"), "--json", home=tmp_path / "home")
    assert [row["path"] for row in said.json["rows"]] == ["leave.md"]
    assert call("ingest", str(docs / "*.pdf"), home=tmp_path / "home").code == 3


def test_a_site_is_kept_in_step(tmp_path: Path) -> None:
    """Followed by its address, with how far; added, unchanged, removed; a bad day is exit code 3."""
    home = tmp_path / "home"
    with site() as web:
        web.put("/docs/", "<h1>Start</h1><p>Words. <a href=leave>Leave</a>", etag='"1"')
        web.put("/docs/leave", "<h1>Leave</h1><p>You get 25 days.", etag='"1"')
        url = web.url("/docs/")
        assert call("source", "add", f"{url}#top", "--depth", "1", "-c", "staff", home=home).code == 0
        assert call("source", "ls", "--json", home=home).json == [
            {"url": url, "collection": "staff", "depth": 1, "limit": 500}
        ]
        assert call("sync", "--json", home=home).json["types"] == {"web page": {"added": 2}}
        assert call("sync", "--json", home=home).json["counts"]["unchanged"] == 2
        assert {headers["If-None-Match"] for _, headers in web.requests[-2:]} == {'"1"'}
        assert web.headers("/docs/")["User-Agent"] == f"Quoth/{__version__}"
        web.behave("/docs/leave", status(500))
        bad = call("sync", home=home)
        assert bad.code == 3
        assert "the server answered 500 Internal Server Error; the version of" in bad.err
        del web.pages["/docs/leave"]
        assert "removed" in call("sync", home=home).out
        assert "Start" in call("show", url, home=home).out
        (left,) = call("ls", "--json", home=home).json
        assert left["url"] == url
        assert call("source", "rm", url, home=home).code == 0
        assert call("source", "ls", "--json", home=home).json == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["ingest", "https://user:secret@docs.example/"],
            "is no address; expected one like https://host/path.",
        ),
        (["ingest", "http:///x"], "http:///x is no address"),
        (["ingest", "docs", "--depth", "1"], "--depth and --limit go with http:// and https:// addresses."),
        (
            ["ingest", "https://docs.example", "--base-url", "https://x.example"],
            "--base-url says where files",
        ),
        (["ingest", "https://docs.example", "--name", "x.md"], "--name and --type go with -"),
        (["ingest", "-"], "- needs --name"),
        (["ingest", "-", "--name", "hand\nbook.md"], "- needs --name"),
        (["ingest", "-", "--name", "handbook"], "handbook does not say what it is; give it a suffix"),
        (["ingest", "-", "--name", "x.zip"], "x.zip does not say what it is"),
        (["source", "add", "nowhere"], "Path 'nowhere' does not exist."),
    ],
)
def test_bad_places_are_one_line(arguments: list[str], words: str, tmp_path: Path) -> None:
    """Nothing is fetched, read or stored."""
    said = call(*arguments, home=tmp_path)
    assert said.code == 2
    assert words in said.complaint
    assert not (tmp_path / "store.db").exists()


def test_standard_input_is_a_document(tmp_path: Path) -> None:
    """Known by its name: added, unchanged, changed; the type by the suffix or as said; a bad one fails."""

    def piped(data: str | bytes, name: str, *more: str) -> list[tuple[str, str]]:
        rows = call("ingest", "-", "--name", name, "--json", *more, home=tmp_path, stdin=data).json["rows"]
        return [(row["status"], row["path"]) for row in rows]

    assert piped("# Leave\n\n25 days.", "handbook.md") == [("added", "handbook.md")]
    assert piped("# Leave\n\n25 days.", "handbook.md") == [("unchanged", "handbook.md")]
    assert piped("# Leave\n\n26 days.", "handbook.md") == [("changed", "handbook.md")]
    assert piped("<title>Pay</title><p>On the 25th.", "pay", "--type", "html") == [("added", "pay.html")]
    assert [each["title"] for each in call("ls", "--json", home=tmp_path).json] == ["Leave", "Pay"]
    bad = call("ingest", "-", "--name", "x.pdf", home=tmp_path, stdin=b"no PDF")
    assert bad.code == 3
    assert "x.pdf: is damaged or not PDF" in bad.err


def test_inspect_shows_what_is_seen(docs: Path, tmp_path: Path) -> None:
    """Blocks with their lines; bad input is one line."""
    said = call("inspect", docs / "pay.csv", home=tmp_path)
    assert "    3  | Level: B. Euro: 20." in said.out.splitlines()
    (docs / "bad.pdf").write_bytes(b"%PDF-1.4")
    assert call("inspect", docs / "bad.pdf", home=tmp_path).complaint == "quoth: is damaged or no PDF"


def test_a_folder_with_one_that_may_not_be_looked_into(
    without_rights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no reason to leave the rest alone: the ingest is called, and tells."""
    shut = without_rights / "docs" / "shut"
    shut.mkdir(parents=True)
    (shut / "pay.md").write_text("Text.")
    (shut.parent / "leave.md").write_text("The rest.")
    shut.chmod(0o400)
    pruned = list[bool]()

    def ingest(*_: object, prune: bool, **__: object) -> Report:
        pruned.append(prune)
        return Report(())

    monkeypatch.setattr(sync_command, "run_ingest", ingest)
    with Workplace(Settings(home=without_rights)) as work:
        rounds = sync_command._Rounds(work, dry_run=True, as_json=True)
        assert rounds._rows(FollowedSource(place=shut.parent), lambda _: None) == ()
    assert pruned == [True]


@pytest.mark.parametrize("error", [StoreBusy("Another process is writing."), StoreFull("The disk is full.")])
def test_watching_outlives_a_busy_store_and_a_full_disk(
    docs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    """Told in a line as it begins, and the next look is taken."""
    looks = iter([None, error, error, None, error, KeyboardInterrupt()])

    def look(*_: object, **__: object) -> bool:
        outcome = next(looks)
        if outcome is not None:
            raise outcome
        return False

    monkeypatch.setattr(sync_command, "give_way", lambda: None)  # it would hold for the tests to come
    monkeypatch.setattr(sync_command._Rounds, "go", look)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with pytest.raises(click.Abort):
        quoth.main(["sync", "--watch", "--home", str(tmp_path)], standalone_mode=False)
    assert capsys.readouterr().err.count(str(error)) == 2


def test_watching_outlives_a_sources_file_that_is_being_edited(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half saved, or without a source for a while: told once while it lasts, and looked at again behind it."""
    write_sources(tmp_path / "sources.toml", [FollowedSource(place=docs)])
    whole = (tmp_path / "sources.toml").read_text()
    states = iter([whole[:-9], whole[:-9], "", "", whole, whole[:-9]])

    def edit(_: float) -> None:
        state = next(states, None)
        if state is None:
            raise KeyboardInterrupt
        (tmp_path / "sources.toml").write_text(state)

    monkeypatch.setattr(sync_command, "give_way", lambda: None)  # it would hold for the tests to come
    monkeypatch.setattr(sync_command, "run_ingest", lambda *_, **__: Report(()))
    monkeypatch.setattr(time, "sleep", edit)
    with pytest.raises(click.Abort):
        quoth.main(["sync", "--watch", "--home", str(tmp_path)], standalone_mode=False)
    said = capsys.readouterr().err
    assert said.count("is not TOML") == 2
    assert said.count("There are no sources") == 1


def test_watching_tells_of_what_begins_to_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, whatever the rounds between: also of a site, which is not asked in each; healed and ill, again."""

    def row(status: Status, reason: str | None) -> Row:
        return Row(status=status, path="page.md", source="page.md", reason=reason)

    page, site_ = FollowedSource(place=tmp_path), FollowedSource(place=Start(url="https://docs.example/"))
    write_sources(tmp_path / "sources.toml", [page, site_])
    good, bad, worse = row("unchanged", None), row("failed", "is damaged"), row("failed", "is too large")
    states = iter([(good, bad), (bad, None), (bad, None), (worse, bad), (good, None), (worse, bad)])
    told, hours = list[bool](), list[float]()

    def ingest(*_: object, pages: Sequence[Start] = (), **__: object) -> Report:
        shown = state[1 if pages else 0]
        assert shown is not None
        return Report((shown,))

    monkeypatch.setattr(sync_command, "run_ingest", ingest)
    monkeypatch.setattr(sync_command, "print_report", lambda *_, **__: told.append(True))
    monkeypatch.setattr(time, "monotonic", lambda: sum(hours) * sync_command.SITE_SECONDS)
    with Workplace(Settings(home=tmp_path)) as work:
        rounds = sync_command._Rounds(work, dry_run=True, as_json=False)
        counts = list[int]()
        for state in states:
            hours.append(0.1 if state[1] is None else 1)
            assert rounds.go(only_news=bool(counts)) is any(each in (bad, worse) for each in state)
            counts.append(len(told))
    assert counts == [1, 2, 2, 3, 3, 4]


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
