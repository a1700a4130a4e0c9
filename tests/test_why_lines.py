"""How much was read, in a terminal and in JSON, where reading stopped early."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from bot.citations import cite
from bot.composition import StoredLibrary, Workplace
from bot.exhibits import Exhibition
from bot.settings import Settings
from bot.views.answer import answer_lines, why_lines
from bot.views.records import outcome_record
from bot.views.style import Style
from qa_engine.answerer import SURE, Answerer
from qa_engine.reader import HURRIED, WINDOWS_AT_ONCE, Reader
from retrieval.live_index import LiveIndex
from retrieval.store import Store
from tests.command_line import call
from tests.fake_runtime import ChosenRuntime
from tests.slack_bot import PLAIN, TOKENIZER
from tests.stores import put


@pytest.mark.parametrize(
    ("sure", "seconds", "read"),
    [(SURE, None, WINDOWS_AT_ONCE), (None, 1e-9, HURRIED)],
    ids=["sure", "no time"],
)
def test_what_was_not_read_is_no_figure(
    tmp_path: Path, sure: float | None, seconds: float | None, read: int
) -> None:
    """Only the passages that were read have figures, the others are "not read", and why is said; the answer
    itself says so only where the time was over."""
    with Store(tmp_path / "store.db") as store:
        for number in range(20):
            put(store, f"{number:02}.md", f"Laptops are replaced after {number} years of use.")
        reader = Reader(TOKENIZER, ChosenRuntime(TOKENIZER, {"laptops": 9.0}))
        answerer = Answerer(StoredLibrary(store, LiveIndex(store)), reader, PLAIN)
        outcome = answerer.ask("When are laptops replaced?", sure=sure, seconds=seconds)
    why = "\n".join(why_lines(outcome.evidence, cite, lambda _: [], Style()))
    assert f"Read {read} passages in {read} windows." in why
    assert (f"one answer was sure enough; the rest ({20 - read})" in why) == (seconds is None)
    assert (f"the time was over; the rest ({20 - read})" in why) == (seconds is not None)
    assert (why.count("9.0"), why.count("not read   ")) == (read, 20 - read)
    with Workplace(Settings(home=tmp_path)) as work:
        exhibition = Exhibition(work)
        said = "\n".join(answer_lines(exhibition.shown(outcome), Style(), date(2026, 1, 1)))
        recorded = outcome_record("", outcome, exhibition.exhibit, work.cite, lambda _: [])
    assert (f"I read only {read} of 20 passages" in said) == (seconds is not None)
    record = json.loads(json.dumps(recorded, allow_nan=False))["why"]
    assert (record["passages_read"], record["stopped"]) == (read, outcome.evidence.stopped)
    assert [row["reader"] for row in record["passages"]] == [9.0] * read + [None] * (20 - read)


@pytest.mark.parametrize("hidden", ["vacaton", "annual"])
def test_a_hidden_page_changes_no_word_that_hit(tmp_path: Path, hidden: str) -> None:
    """Nor the terms of `--why`: whether a word is taken for a slip is said by what may be seen."""
    question = "How many days of vacaton?"

    def said() -> tuple[list[tuple[str, ...]], list[list[str]], list[str]]:
        with Workplace(Settings(home=tmp_path)) as work:
            outcome = work.ask(question, collections=["staff"], threshold=0.0)
            why = Exhibition(work).why(question, outcome, collections=["staff"])
        record = call("ask", question, "-c", "staff", "--why", "--json", home=tmp_path).json
        searched = call("search", question, "-c", "staff", "--why", home=tmp_path).out
        return (
            [passage.words for passage in why.passages],
            [list(passage["terms"]) for passage in record["why"]["passages"]],
            re.findall(r"[a-z]+(?= -?\d+\.\d[,)])", searched),
        )

    with Store(tmp_path / "store.db") as store:
        put(store, "leave.md", "Everybody has 25 days of vacation.", collection="staff")
        before = said()
        put(store, "board.md", f"The {hidden} {hidden} of the board.", collection="board")
        assert said() == before
    assert "vacat" in before[1][0]
    assert "vacat" in before[2]
