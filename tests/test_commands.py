"""The commands: what they print where, and how they end."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from bot import __version__, own_calibration
from bot.__main__ import quoth
from bot.records.records import Records
from bot.sources import FollowedSource, write_sources
from qa_engine.calibration import Calibration
from qa_engine.models import EMBEDDED, read_manifest
from retrieval.store import Store
from tests.command_line import COMMAND, HANDBOOK, call, environment, home_of_two, run, with_compiled_reader


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


COMMANDS = dict(commands(quoth))


@pytest.fixture
def small_home(tmp_path: Path, handbook_home: Path) -> Path:
    return home_of_two(tmp_path, handbook_home)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    """A help text for each command and each of its options, by -h and --help alike."""
    said = call(*path, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Usage: quoth {' '.join(path)} ")
    assert call(*path, "-h") == said
    assert COMMANDS[path].help
    for parameter in COMMANDS[path].params:
        assert isinstance(parameter, click.Argument) or getattr(parameter, "help", None), parameter.name


def test_the_root() -> None:
    """All commands are listed; the version is the package's; without a command there is help and exit code 2."""
    said = call("--help")
    assert all(f"  {path[0]} " in said.out for path in COMMANDS)
    assert call("--version").out == f"quoth, version {__version__}\n"
    bare = call()
    assert (bare.code, bare.out) == (2, "")
    assert bare.err.startswith("Usage: quoth")


def test_documents_come_and_go(small_home: Path) -> None:
    """ls, show and rm know a document by number and by path; what was removed is not found again."""
    records = call("ls", "--json", home=small_home).json
    assert [(record["path"], record["collection"]) for record in records] == [
        ("board.md", "board"),
        ("staff.md", "staff"),
    ]
    number = str(records[0]["id"])
    for name in (number, "board.md", records[0]["source"]):
        shown = call("show", name, home=small_home)
        assert (shown.code, shown.err) == (0, "")
        assert "    3  Laptops are sold to Acme after two years." in shown.out
        assert call("show", name, "--json", home=small_home).json["text"].endswith("after two years.")
    removed = call("rm", "board.md", home=small_home)
    assert (removed.code, removed.out) == (0, "")
    assert removed.complaint == "removed  board.md (1 passages)"
    assert Path(records[0]["source"]).exists()
    assert all(
        "Acme" not in found["text"] for found in call("search", "Acme", "--json", home=small_home).json
    )
    assert call("show", number, home=small_home).code == 2


def test_rm_is_all_or_nothing(small_home: Path) -> None:
    """One wrong name among several removes nothing."""
    assert call("rm", "board.md", "gone.md", home=small_home).code == 2
    assert len(call("ls", "--json", home=small_home).json) == 2


def test_without_the_newest_version_the_next_one_counts(tmp_path: Path) -> None:
    """Of three versions of a page the newest is removed: the second is the newest then, not the oldest."""
    docs, home = tmp_path / "docs", tmp_path / "home"
    docs.mkdir()
    shared = " ".join(f"word{number}" for number in range(200))
    for number in (1, 2, 3):
        (docs / f"v{number}.md").write_text(f"# Leave\n\n{shared}\n\nThere are {number} days.\n")
        os.utime(docs / f"v{number}.md", (number, number))
    call("ingest", docs, home=home)
    call("rm", "v3.md", home=home)
    with Store(home / "store.db") as store:
        one, two = (record.id for record in store.documents())
        assert store.superseded([one, two]) == {one: two}


def test_a_path_that_means_two_documents(small_home: Path, tmp_path: Path) -> None:
    """The same page in two collections is named by number."""
    call("ingest", tmp_path / "docs" / "staff.md", "-c", "board", home=small_home)
    said = call("show", "staff.md", home=small_home)
    assert said.code == 2
    assert re.search(
        r"Several documents are called staff\.md; name one by number: \d+, \d+\.", said.complaint
    )


def test_ingest_reports(tmp_path: Path) -> None:
    """Counts on standard output, failures on standard error; a dry run says that it is one."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("Text.")
    (docs / "b.md").write_text("")
    dry = call("ingest", docs, "--dry-run", home=tmp_path / "home")
    assert (dry.code, dry.out) == (3, "Nothing was stored; it would be: 1 added, 1 failed (1 passages).\n")
    assert dry.complaint == "   failed  b.md: the file is empty"
    wet = call("ingest", docs, "--json", home=tmp_path / "home")
    assert wet.code == 3
    assert wet.json["counts"]["added"] == 1
    assert [row["status"] for row in wet.json["rows"]] == ["added", "failed"]
    (docs / "a.md").rename(docs / "b.md")
    (docs / "b.md").write_text("Other words.")
    gone = call("ingest", docs, home=tmp_path / "home")
    assert (gone.code, gone.err) == (0, "")
    assert gone.out.splitlines()[0] == "  missing  a.md: the file is gone; --prune removes the document"


def test_json_everywhere(handbook_home: Path, tmp_path: Path) -> None:
    """Every command with --json prints JSON and nothing else on standard output."""
    home = with_compiled_reader(tmp_path / "home", handbook_home)
    shutil.copy(handbook_home / "store.db", home)
    rows = tmp_path / "rows.jsonl"
    row = {"id": 1, "title": "", "context": "Laptops are new. " * 3, "question": "What is new?"}
    rows.write_text(json.dumps(row | {"answers": [{"text": "Laptops", "answer_start": 0}]}))
    write_sources(home / "sources.toml", [FollowedSource(place=HANDBOOK, collection="handbook")])
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text('{"question": "When are laptops replaced?", "answer": "four years"}\n' * 20)
    questions = tmp_path / "questions.txt"
    questions.write_text("When are laptops replaced?\n")
    arguments: dict[tuple[str, ...], list[Any]] = {
        ("ingest",): [HANDBOOK, "-c", "handbook"],
        ("reindex",): [],
        ("inspect",): [HANDBOOK / "people" / "sick-leave.md"],
        ("source", "ls"): [],
        ("sync",): [],
        ("ls",): [],
        ("show",): ["people/sick-leave.md"],
        ("search",): ["laptops"],
        ("ask",): ["When are laptops replaced?", "--why"],
        ("settings",): [],
        ("model", "ls"): [],
        ("model", "verify"): [],
        ("doctor",): [],
        ("eval", "squad"): [rows],
        ("eval", "retrieval"): [rows],
        ("eval", "open"): [rows],
        ("calibrate",): [labelled, "--dry-run"],
        ("collection", "ls"): [],
        ("synonyms", "ls"): [],
        ("pin",): ["Who is on call?", "Isla, until May.", "--by", "Ben", "-c", "handbook"],
        ("pins", "ls"): [],
        ("replay",): [questions],
        ("stats",): [],
        ("rm",): ["people/sick-leave.md"],
    }
    Records(home / "records.db").close()
    call("synonyms", "add", "laptop", "notebook", home=home)
    offered = {path for path, command in COMMANDS.items() if any(p.name == "as_json" for p in command.params)}
    need_slack = {("explain",)}  # see test_explain
    assert offered - {("model", "pull")} - need_slack == set(arguments)
    for path, more in arguments.items():
        said = call(*path, *more, "--json", home=home)
        assert (said.code, said.err) == (0, ""), path
        assert said.json, path


def test_models_and_doctor_for_people(handbook_home: Path) -> None:
    """The embedded reader is listed and whole; a sound home has nothing to complain of."""
    assert "  embedded " in call("model", "ls", home=handbook_home).out
    verified = call("model", "verify", home=handbook_home)
    assert verified.code == 0
    assert {line.split()[0] for line in verified.out.splitlines()} == {"ok"}
    healthy = call("doctor", home=handbook_home)
    assert (healthy.code, healthy.err) == (0, "")
    assert "40 documents (handbook 40)" in healthy.out


@pytest.mark.parametrize(
    ("name", "damaged", "words"),
    [
        ("reader", "calibrations", "run quoth calibrate again, or with --reset"),
        ("reader", "confirm", "no-such-reader"),
        ("sources", "sources.toml", "is not TOML"),
    ],
)
def test_doctor_names_what_lets_nothing_be_answered_or_followed(
    small_home: Path, monkeypatch: pytest.MonkeyPatch, name: str, damaged: str, words: str
) -> None:
    """Whatever questions and sync need is looked at: one check fails, and none of the others."""
    if damaged == "confirm":
        monkeypatch.setenv("QUOTH_CONFIRM", "no-such-reader")
    else:
        path = small_home / damaged
        if damaged == "calibrations":
            path = own_calibration.write(path, read_manifest(EMBEDDED), Calibration())
        path.write_text("[")
    said = call("doctor", "--json", home=small_home)
    assert said.code == 1
    (failed,) = (check for check in said.json if check["state"] == "failed")
    assert failed["name"] == name
    assert words in failed["detail"]


def test_doctor_names_a_folder_that_is_followed_and_not_here(small_home: Path, tmp_path: Path) -> None:
    """A home that was moved to another machine: until its folder is there, sync reads nothing."""
    followed = [FollowedSource(place=HANDBOOK), FollowedSource(place=tmp_path / "wiki")]
    write_sources(small_home / "sources.toml", followed)
    (check,) = (each for each in call("doctor", "--json", home=small_home).json if each["name"] == "sources")
    assert check["state"] == "warning"
    assert f"2 followed by quoth sync. {tmp_path / 'wiki'} is not here" in check["detail"]
    (tmp_path / "wiki").mkdir()
    assert "2 followed by quoth sync\n" in call("doctor", home=small_home).out


def test_doctor_before_anything(tmp_path: Path) -> None:
    """A fresh home is no error, and looking at it makes nothing of a store."""
    said = call("doctor", home=tmp_path / "home")
    assert said.code == 0
    assert "there is none yet; type: quoth ingest FOLDER" in said.out
    assert not (tmp_path / "home" / "store.db").exists()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed(tmp_path: Path, closed: str) -> None:
    """A service may have none of them: what would be said there is said to nobody, and all else is done."""
    page = tmp_path / "page.md"
    page.write_text("Laptops are replaced after four years.")
    home = tmp_path / "home"
    for arguments, code in ((["ingest", page, "--no-vectors"], 0), (["show", "nowhere.md"], 2)):
        command = ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, *map(str, arguments)]
        ended = subprocess.run(
            command, env=environment(home), stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        assert ended.returncode == code
        assert b"Traceback" not in ended.stderr
    assert [each["path"] for each in call("ls", "--json", home=home).json] == ["page.md"]


def test_one_process_from_end_to_end(tmp_path: Path, handbook_home: Path) -> None:
    """The real command as installed: ingest, ask, wrong usage; data and messages on their own streams."""
    with_compiled_reader(tmp_path, handbook_home)
    ingested = run("ingest", HANDBOOK / "it", home=tmp_path)
    assert (ingested.code, ingested.err) == (0, "")
    asked = run("ask", "When are laptops replaced?", "-k", "5", home=tmp_path)
    assert (asked.code, asked.err) == (0, "")
    assert "after four years" in asked.out
    wrong = run("ask", "?", home=tmp_path)
    assert (wrong.code, wrong.out) == (2, "")
    assert "Ask a question in words" in wrong.complaint
    bad = run("ls", home=tmp_path, QUOTH_THREADS="abc")
    assert (bad.code, bad.out) == (2, "")
    assert "QUOTH_THREADS is 'abc'" in bad.complaint
