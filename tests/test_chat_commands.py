"""`quoth chat` and `quoth demo`: questions at a prompt, and how they end."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bot import messages
from tests.command_line import COMMAND, DEMO, QUOTED, call, environment, right, run, with_compiled_reader


def test_a_chat(handbook_home: Path) -> None:
    """Line by line until the file ends, empty ones are skipped; each question stands above its answer."""
    asked = [DEMO[0], DEMO[5]]
    stdin = "\n".join(("", asked[0].question, " ", "", ":+1:", asked[1].question))
    said = run("chat", home=handbook_home, stdin=stdin.encode())
    assert (said.code, said.err) == (0, "")
    first, nod, second = (f"? {line}\n" for line in (asked[0].question, ":+1:", asked[1].question))
    assert said.out.startswith(first)
    assert f"\n\n{nod}\n{second}" in said.out
    quotes = QUOTED.findall(said.out)
    assert len(quotes) == 2
    assert all(right(sample, quote) for sample, quote in zip(asked, quotes, strict=True))


def test_courtesies(handbook_home: Path) -> None:
    """They are no questions here either: nothing is looked up, and the next question leans on none of them."""
    lines = ("Hi", DEMO[0].question, "Thanks!", ":+1:", "?", "Good morning Quoth, and until when?")
    said = run("chat", home=handbook_home, stdin="\n".join(lines).encode())
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"? Hi\n{messages.HELP}\n{messages.CHAT_HELP}\n\n? ")
    assert f"\n\n? Thanks!\n{messages.ANY_TIME}\n\n? :+1:\n\n? ?\n" in said.out
    quotes = QUOTED.findall(said.out)
    assert len(quotes) == 2
    assert right(DEMO[0], quotes[0])
    assert "31 March" in quotes[1]


def test_two_questions_at_once(handbook_home: Path) -> None:
    """They are looked for as one; whoever asks is told so, here and by `quoth ask`."""
    two = f"{DEMO[0].question} {DEMO[3].question}"
    chat = call("chat", "--threshold", "1", home=handbook_home, stdin=f"{two}\n{DEMO[3].question}\n")
    asked = call("ask", two, "--threshold", "1", home=handbook_home)
    for said in (chat, asked):
        words = " ".join(said.out.split())
        assert (said.code, said.err, words.count(messages.SEVERAL)) == (0, "", 1)


def test_a_slip(handbook_home: Path) -> None:
    """What was looked for instead is said as `quoth ask` says it."""
    question = "When are laptops replacd?"
    chat, asked = call("chat", home=handbook_home, stdin=question), call("ask", question, home=handbook_home)
    assert chat.complaint == asked.complaint == messages.MENDED.format(word="replacd", other="replace")


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
    gone = call("demo", tmp_path / "gone", home=tmp_path / "other")
    assert gone.code == 2
    assert "gone' does not exist" in gone.err
    (tmp_path / "empty").mkdir()
    none = call("demo", tmp_path / "empty", home=tmp_path / "other")
    assert none.code == 1
    assert "There are no documents yet" in none.err
