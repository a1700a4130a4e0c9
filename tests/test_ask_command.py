"""`quoth ask`: what it prints for people and as JSON, and that its quotes stand where they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.demo import SampleQuestion, sample_questions
from bot.composition import Workplace
from bot.settings import Settings
from qa_engine.answers import Answer
from tests.command_line import DEMO, HANDBOOK, QUOTED, call, home_of_two, right


@pytest.fixture(scope="module")
def work(handbook_home: Path) -> Iterator[Workplace]:
    with Workplace(Settings(home=handbook_home)) as opened:
        yield opened


@pytest.fixture
def small_home(tmp_path: Path, handbook_home: Path) -> Path:
    return home_of_two(tmp_path, handbook_home)


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
    assert nonsense.out.startswith("    I don't know: none of the documents has any word of this question.")


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


def test_a_prohibition_is_not_shown_as_a_permission(small_home: Path, tmp_path: Path) -> None:
    """The items of a list are quoted below what introduces it; nobody could tell from the items alone."""
    page = tmp_path / "card.md"
    page.write_text("# Company card\n\nThe company card must not be used for:\n\n- cash\n- parking fines\n")
    assert call("ingest", page, "-c", "card", home=small_home).code == 0
    said = call("ask", "What can I use the company card for?", "-c", "card", home=small_home)
    assert said.out.index("The company card must not be used for: …") < said.out.index("parking fines")
    record = call("ask", "Are parking fines paid by card?", "-c", "card", "--json", home=small_home).json
    quotes = [record["answer"]] if record["outcome"] == "answer" else record["nearest"]
    assert ["The company card must not be used for:"] in [quote["introductions"] for quote in quotes]
