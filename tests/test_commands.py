"""The commands: what they print where, how they end, and that their quotes stand where they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from bot import __version__
from bot.__main__ import quoth
from bot.commands.demo import DATA, SampleQuestion, sample_questions
from bot.composition import Workplace
from bot.records.records import Records
from bot.settings import Settings
from bot.sources import FollowedSource, write_sources
from qa_engine.answers import Answer
from tests.command_line import COMMAND, call, environment, run, start
from tests.stores import puts

HANDBOOK = DATA / "handbook"
DEMO = [sample for sample in sample_questions() if sample.demo]
QUOTED = re.compile("«(.+?)»", re.DOTALL)


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


COMMANDS = dict(commands(quoth))


def right(sample: SampleQuestion, quote: str) -> bool:
    """Is a quote the answer, or a part of it, or the answer and some words more?"""
    quote, answer = " ".join(quote.split()), sample.answer or ""
    return bool(quote) and (quote in answer or answer in quote)


def with_compiled_reader(home: Path, handbook_home: Path) -> Path:
    """A fresh home that need not compile the reader again."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "cache").symlink_to(handbook_home / "cache")
    return home


@pytest.fixture(scope="module")
def work(handbook_home: Path) -> Iterator[Workplace]:
    with Workplace(Settings(home=handbook_home)) as opened:
        yield opened


@pytest.fixture
def small_home(tmp_path: Path, handbook_home: Path) -> Path:
    """A home with two pages, one for the staff and one for the board."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "staff.md").write_text("# Laptops\n\nLaptops are replaced after four years.\n")
    (docs / "board.md").write_text("# Secret plan\n\nLaptops are sold to Acme after two years.\n")
    home = with_compiled_reader(tmp_path / "home", handbook_home)
    for name in ("staff", "board"):
        assert call("ingest", docs / f"{name}.md", "-c", name, home=home).code == 0
    return home


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


@pytest.mark.parametrize("sample", DEMO, ids=lambda sample: sample.answer)
def test_ask_quotes_and_cites(handbook_home: Path, sample: SampleQuestion) -> None:
    """The sample answers: quoted word for word, and cited with file, line, section and link."""
    said = call("ask", sample.question, "--json", home=handbook_home)
    assert (said.code, said.err) == (0, "")
    record = said.json
    assert (record["question"], record["outcome"]) == (sample.question, "answer")
    answer = record["answer"]
    assert right(sample, answer["text"])
    path, _, line = answer["citation"]["location"].rpartition(":")
    assert path == sample.document
    source = (HANDBOOK / path).read_text().splitlines()
    assert answer["text"].split()[0] in source[int(line) - 1]
    assert answer["citation"]["url"].startswith("https://handbook.skerryvane.example/")
    assert f"updated: {answer['citation']['changed']}" in source[:10]


def test_the_terminal_says_how_old_a_page_is(handbook_home: Path) -> None:
    """Below the place, in words."""
    said = call("ask", DEMO[0].question, home=handbook_home)
    lines = [line for line in said.out.splitlines() if line.startswith("    updated ")]
    assert lines
    assert re.fullmatch(r"    updated \d+ \w+ ago(, on \d+ \w+ \d{4})?", lines[0])


def test_every_quote_stands_where_it_says(work: Workplace) -> None:
    """For answers and runner-ups alike: document.text[start:end] is the quote, and the cited line begins it."""
    quotes = 0
    for sample in sample_questions()[::4]:
        outcome = work.ask(sample.question, passages=5)
        found = [outcome.quote, *outcome.others] if isinstance(outcome, Answer) else list(outcome.others)
        for quote in found:
            content = work.store.content(quote.passage.document_id)
            assert content is not None
            assert quote.text == content.text[quote.start : quote.end]
            assert quote.sentence == content.text[quote.sentence_start : quote.sentence_end]
            assert quote.before + quote.text + quote.after == quote.sentence
            path, _, line = work.cite(quote.passage, quote.start).location.partition(":")
            if line:  # HTML has none
                cited = (HANDBOOK / path).read_text().splitlines()[int(line) - 1]
                assert re.findall(r"\w+", quote.text)[0] in cited
            quotes += 1
    assert quotes > 20


def test_ask_for_people(handbook_home: Path) -> None:
    """A quote in its sentence, how sure, where; with --all the runner-ups; with --why how it came about."""
    question = "When are laptops replaced?"
    plain = call("ask", question, home=handbook_home)
    assert (plain.code, plain.err) == (0, "")
    assert right(next(s for s in DEMO if s.question == question), QUOTED.findall(plain.out)[0])
    assert re.search(r"\(\d+%\)", plain.out)
    assert "Equipment > Refresh, it/equipment.md:" in plain.out
    more = call("ask", question, "--all", "--why", home=handbook_home)
    assert more.out.startswith(plain.out)
    assert len(QUOTED.findall(more.out)) > 1
    assert "passages in" in more.out
    assert "laptop" in more.out.rpartition("BM25")[2]
    assert "\x1b" not in more.out  # the output is no terminal


def test_no_answer_says_so(handbook_home: Path) -> None:
    """With a threshold that nothing passes: "I don't know", the nearest places, exit code 0."""
    question = "When are laptops replaced?"
    said = call("ask", question, "--threshold", "1", home=handbook_home)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("    I don't know.")
    assert "it/equipment.md" in said.out
    record = call("ask", question, "--threshold", "1", "--json", home=handbook_home).json
    assert (record["outcome"], record["reason"]) == ("no answer", "not sure")
    assert "answer" not in record
    nonsense = call("ask", "Qwertz uiopasdf?", home=handbook_home)
    assert nonsense.code == 0
    assert nonsense.out.startswith("    I don't know.")


@pytest.mark.parametrize("arguments", [["ask", "x"], ["search", "x"], ["chat"], ["ls"]], ids=lambda a: a[0])
def test_an_empty_store_says_what_to_do(tmp_path: Path, arguments: list[str]) -> None:
    """Exit code 1 and the command to type next."""
    said = call(*arguments, home=tmp_path)
    assert (said.code, said.out) == (1, "")
    assert "There are no documents yet. Type: quoth ingest FOLDER" in said.complaint
    assert call("ls", "--json", home=tmp_path).json == []


def test_what_is_hidden_leaves_no_trace(small_home: Path) -> None:
    """Asked of one collection, nothing of another is shown: no text, no title, no path, in any format."""
    for arguments in (
        ["ask", "--all", "--why"],
        ["ask", "--json", "--why"],
        ["search"],
        ["search", "--json"],
    ):
        everything = call(*arguments, "When are laptops sold?", home=small_home)
        assert "Secret plan" in everything.out
        staff = call(*arguments, "When are laptops sold?", "-c", "staff", home=small_home)
        assert staff.code == 0
        assert "staff.md" in staff.out
        assert not re.search(r"Secret|Acme|board", staff.out + staff.err)
    listed = call("ls", "-c", "staff", home=small_home)
    assert "Laptops" in listed.out
    assert "board" not in listed.out
    chat = call("chat", "-c", "staff", home=small_home, stdin="When are laptops sold?\n")
    assert not re.search(r"Secret|Acme|board", chat.out + chat.err)


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
    (docs / "b.md").unlink()
    (docs / "a.md").unlink()
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
        ("model", "ls"): [],
        ("model", "verify"): [],
        ("doctor",): [],
        ("eval", "squad"): [rows],
        ("eval", "retrieval"): [rows],
        ("eval", "open"): [rows],
        ("calibrate",): [labelled, "--dry-run"],
        ("collection", "ls"): [],
        ("stats",): [],
        ("rm",): ["people/sick-leave.md"],
    }
    Records(home / "records.db").close()
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


def test_doctor_before_anything(tmp_path: Path) -> None:
    """A fresh home is no error, and looking at it makes nothing of a store."""
    said = call("doctor", home=tmp_path / "home")
    assert said.code == 0
    assert "there is none yet; type: quoth ingest FOLDER" in said.out
    assert not (tmp_path / "home" / "store.db").exists()


def test_a_chat(handbook_home: Path) -> None:
    """Question by question until the input ends or a line is empty; answers only on standard output."""
    asked = [DEMO[0], DEMO[5]]
    stdin = "\n".join(sample.question for sample in asked) + "\n\nNever asked?\n"
    said = run("chat", home=handbook_home, stdin=stdin.encode())
    assert (said.code, said.err) == (0, "")
    quotes = QUOTED.findall(said.out)
    assert len(quotes) == 2
    assert all(right(sample, quote) for sample, quote in zip(asked, quotes, strict=True))


def test_a_chat_at_a_terminal(handbook_home: Path) -> None:
    """Somebody who types is told how to end, on standard error, and sees a prompt."""
    person, terminal = os.openpty()
    try:
        os.write(person, b"When are laptops replaced?\n\n")
        said = subprocess.run(
            [*COMMAND, "chat"],
            env=environment(handbook_home),
            stdin=terminal,
            capture_output=True,
            timeout=60,
            check=True,
        )
    finally:
        os.close(person)
        os.close(terminal)
    assert said.stderr.decode() == "Ask in plain words. An empty line, Ctrl-D or Ctrl-C ends.\n"
    assert said.stdout.startswith(b"? ")
    assert "after four years" in said.stdout.decode()


def test_the_demo(tmp_path: Path, handbook_home: Path) -> None:
    """`quoth demo --terminal </dev/null`: the sample handbook, all eight questions answered right, exit code 0."""
    with_compiled_reader(tmp_path / "demo", handbook_home)
    said = run("demo", "--terminal", home=tmp_path)
    assert said.code == 0
    assert "40 added" in said.out.partition("\n\n")[0]
    assert "quoth ingest FOLDER" in said.complaint
    assert len(DEMO) == 8
    for sample, following in zip(DEMO, [*DEMO[1:], None], strict=True):
        part = said.out.partition(f"  {sample.question}\n")[2]
        part = part.partition(f"  {following.question}\n")[0] if following else part
        (quote,) = QUOTED.findall(part)
        assert right(sample, quote), f"{sample.question} {quote}"
        assert f"{sample.document}:" in part


def test_the_demo_with_paths(tmp_path: Path, handbook_home: Path) -> None:
    """Own documents take the place of the sample; without any there is a clear end."""
    page = tmp_path / "page.md"
    page.write_text("Laptops are replaced after four years.")
    with_compiled_reader(tmp_path / "home" / "demo", handbook_home)
    said = call("demo", page, "--terminal", home=tmp_path / "home", stdin="When are laptops replaced?\n")
    assert said.code == 0
    assert "1 added" in said.out
    assert "four years" in said.out
    none = call("demo", tmp_path / "gone", home=tmp_path / "other")
    assert none.code == 1
    assert none.err.splitlines()[0] == "   failed  gone: does not exist"
    assert "There are no documents yet" in none.err.splitlines()[1]


@pytest.mark.skipif(signal.getsignal(signal.SIGINT) is signal.SIG_IGN, reason="started with SIGINT ignored")
def test_ctrl_c_in_a_chat(handbook_home: Path) -> None:
    """Exit code 130 and one word, no traceback."""
    process = start("chat", home=handbook_home)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"When are laptops replaced?\n")
    process.stdin.flush()
    assert process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.split()) == (130, [b"interrupted"])


@pytest.mark.skipif(signal.getsignal(signal.SIGINT) is signal.SIG_IGN, reason="started with SIGINT ignored")
def test_ctrl_c_in_an_ingest(tmp_path: Path) -> None:
    """Exit code 130; what was stored by then is whole and stays."""
    process = start("ingest", HANDBOOK, home=tmp_path)
    deadline = time.monotonic() + 60
    while puts(tmp_path) < 2 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.split()) == (130, [b"interrupted"])
    assert 2 <= len(call("ls", "--json", home=tmp_path).json) < 40
    assert call("doctor", home=tmp_path).code == 0


def test_a_reader_of_our_output_that_leaves(handbook_home: Path) -> None:
    """`quoth ls | head -1` ends in silence, with exit code 1 at most."""
    process = start("ls", home=handbook_home)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 1
    for stream in (process.stdin, process.stderr):
        assert stream is not None
        stream.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_our_output(handbook_home: Path) -> None:
    """`quoth ls >/dev/full` says so in one line."""
    with Path("/dev/full").open("wb") as full:
        said = subprocess.run(
            [*COMMAND, "ls"],
            env=environment(handbook_home),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert (said.returncode, said.stderr) == (1, b"quoth: No space left on device.\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_utf8(handbook_home: Path, encoding: str) -> None:
    """What it cannot show is replaced; nothing fails."""
    said = run("show", "company/glossary.html", home=handbook_home, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (said.code, said.err) == (0, "")


def test_a_folder_that_was_removed_under_us(tmp_path: Path) -> None:
    """The current folder may be gone; that is one line, too."""
    here = tmp_path / "here"
    here.mkdir()
    program = f"cd {here} && rmdir {here} && exec {' '.join(COMMAND)} ingest ."
    said = subprocess.run(
        ["sh", "-c", program],
        env=environment(tmp_path / "home"),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 1
    assert said.stderr == b"quoth: No such file or directory.\n"


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
