"""The reception: whatever ends a bot while it takes a question in, Slack's next attempt is worth one question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from bot import messages
from bot.answering import Answering
from bot.conversation import Conversations, InContext, conversation_of
from bot.reception import Reception
from bot.records.questions import Question
from bot.records.records import Records
from bot.views.blocks.notes import note
from bot.views.blocks.parts import Message
from retrieval.errors import StoreBusy
from tests.asking import PLACE, asked

FIRST, FOLLOWS = asked("How many days of leave do I get?"), asked("And for contractors?", ts="2.1")
KEYS = ("message 2.1", "event E2")


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with closing(Records(tmp_path / "records.db")) as opened:
        yield opened


def reception(records: Records) -> Reception:
    """As after a start: what was said before is forgotten."""
    answering = Mock(Answering)
    answering.conversations = conversations = Conversations()
    answering.in_context = lambda question: conversations.in_context(
        conversation_of(question.asked), question.id, question.asked.text, recorded=question.earlier
    )
    return Reception(records, answering, per_minute=1_000)


def all_of(records: Records) -> tuple[int, list[tuple[str, int | None]]]:
    """How much was seen, and the questions with what they lean on, as another process would find them."""
    with closing(Records(records.database.path)) as again, again.database.reading() as db:
        seen = db.execute("SELECT count(*) FROM seen").fetchone()[0]
        return seen, db.execute("SELECT text, leans_on FROM questions ORDER BY id").fetchall()


def watched(records: Records, work: Callable[[], object]) -> list[Any]:
    """What a kill would leave before each statement of some work, and after the last."""
    found = list[Any]()
    writer = records.database._writer
    writer.set_trace_callback(lambda _: found.append(all_of(records)))
    work()
    writer.set_trace_callback(None)
    return [*found, all_of(records)]


def test_at_every_moment_all_of_it_or_nothing(records: Records) -> None:
    """That it was seen, the question and what it leans on are there together, or none of them."""
    desk = reception(records)
    first = desk.take(FIRST, ["message 1.1"])
    assert isinstance(first, Question)
    before = all_of(records)
    moments = watched(records, lambda: desk.take(FOLLOWS, KEYS))
    after = (3, [(FIRST.text, None), (FOLLOWS.text, first.id)])
    assert before == (1, [(FIRST.text, None)])
    assert len(moments) > 5
    assert all(moment in (before, after) for moment in moments)
    assert moments[-1] == after


def test_whoever_was_too_fast_asks_again_in_that_thread(records: Records) -> None:
    """There the bot was called; elsewhere it was not, and what only one person sees is no thread."""
    desk = Reception(records, reception(records)._answering, per_minute=1)
    assert isinstance(desk.take(FIRST, ["message 1.1"]), Question)
    refused = desk.take(asked("When are laptops replaced?", ts="2.1", thread="2.1"), ["message 2.1"])
    assert isinstance(refused, Message)
    assert "Please wait" in refused.text
    assert isinstance(desk.take(asked("When?", via="command", ts=None, thread=None), ["command 3"]), Message)
    assert records.listens_in(PLACE, "2.1")
    assert not records.listens_in(PLACE, "3.1")


def test_an_edit_too(records: Records) -> None:
    """That an edit was seen and its words."""
    desk = reception(records)
    question = desk.take(FIRST, ["message 1.1"])
    assert isinstance(question, Question)
    before = all_of(records)
    moments = watched(records, lambda: desk.reword(question, "When?", ["event E2"], edit="3.1"))
    after = (2, [("When?", None)])
    assert all(moment in (before, after) for moment in moments)
    assert moments[-1] == after
    assert desk.reword(question, "When?", ["event E2"], edit="3.1") is None


def test_an_edit_that_leaves_no_question(records: Records) -> None:
    """It leans on nothing, and what leant on it is asked with nothing."""
    desk = reception(records)
    first, second = desk.take(FIRST, ["message 1.1"]), desk.take(FOLLOWS, KEYS)
    assert isinstance(first, Question)
    assert isinstance(second, Question)
    reworded = desk.reword(records.question(second.id) or second, "Thanks!", ["event E3"], edit="3.1")
    assert reworded is not None
    assert all_of(records)[1] == [(FIRST.text, None), ("Thanks!", None)]
    desk.reword(first, "\N{THUMBS UP SIGN}", ["event E4"], edit="4.1")
    third = desk.take(asked("Why?", ts="5.1"), ["message 5.1"])
    assert isinstance(third, Question)
    assert all_of(records)[1][-1] == ("Why?", None)


@pytest.mark.parametrize("where", ["add", "leans"])
def test_killed_while_it_is_taken_in(records: Records, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """What Slack sends again after the restart is taken in, and once."""
    desk = reception(records)
    first = desk.take(FIRST, ["message 1.1"])
    assert isinstance(first, Question)
    with monkeypatch.context() as patch:
        patch.setattr(records, where, Mock(side_effect=Killed))
        with pytest.raises(Killed):
            desk.take(FOLLOWS, KEYS)
    again = reception(records)
    assert isinstance(again.take(FOLLOWS, KEYS), Question)
    assert again.take(FOLLOWS, KEYS) is None
    assert [text for text, _ in all_of(records)[1]] == [FIRST.text, FOLLOWS.text]


def test_what_cannot_be_written_is_no_question(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused once, not answered after the next start either, and none that comes later leans on it."""
    desk = reception(records)
    first = desk.take(FIRST, ["message 1.1"])
    assert isinstance(first, Question)
    refused = asked("When are laptops replaced?", ts="2.1")
    in_context = desk._answering.in_context

    def busy(question: Question) -> InContext:
        in_context(question)
        raise StoreBusy("Another process is writing.")

    with monkeypatch.context() as patch:
        patch.setattr(desk._answering, "in_context", busy)
        assert desk.take(refused, KEYS) == note(messages.NOT_RECORDED)
    assert desk.take(refused, KEYS) is None
    assert all_of(records)[1] == [(FIRST.text, None)]
    elsewhere = desk.take(asked("When do doors open?", ts="3.1", thread="3.1"), ["message 3.1"])
    here = desk.take(asked("And for contractors?", ts="4.1"), ["message 4.1"])
    assert isinstance(elsewhere, Question)
    assert isinstance(here, Question)
    assert all_of(records)[1][-1] == (here.asked.text, None)


def test_not_even_that_it_was_seen(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is the listener's to tell."""
    monkeypatch.setattr(records, "first_sight", Mock(side_effect=StoreBusy("Another process is writing.")))
    with pytest.raises(StoreBusy):
        reception(records).take(FIRST, KEYS)
