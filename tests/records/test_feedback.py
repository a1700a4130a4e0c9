"""What people say of answers: whose it is, of which answer, and how often it counts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import sqlite_utils

from bot.asked import Place
from bot.records.questions import Found
from bot.records.records import DAY, Records
from bot.records.schema import MIGRATIONS
from tests.asking import asked
from tests.clock import Clock


def test_feedback_is_a_person_s_last_word(records: Records) -> None:
    """Helpful, then not: not; each person counts once."""
    question = records.add(asked())
    records.feedback(question.id, "U1", helpful=True)
    records.feedback(question.id, "U1", helpful=False, reason="old")
    records.feedback(question.id, "U2", helpful=True)
    assert records.reasons(question.id) == {"U1": (False, "old"), "U2": (True, "")}
    counts = records.counts()
    assert (counts.questions, counts.helpful, counts.not_helpful) == (1, 1, 1)


def test_feedback_is_on_an_answer(records: Records) -> None:
    """It goes when the question is reworded or asked again; an edit that changes no words leaves it."""
    question = records.add(asked())
    for text, edit, kept in (("When?", "2.1", True), ("Where?", "3.1", False), ("Where?", None, False)):
        records.feedback(question.id, "U1", helpful=False, reason="old")
        records.edited(question.id, text, edit=edit)
        assert bool(records.reasons(question.id)) == kept


def test_what_is_thought_of_an_answer_that_is_gone(records: Records) -> None:
    """It goes with that answer, whenever it comes; where nobody knows which one was seen, it is the last."""
    question = records.add(asked())
    assert records.feedback(question.id, "U1", helpful=False, reason="old", revision=0)
    records.edited(question.id, "Where?")
    assert not records.feedback(question.id, "U1", helpful=False, reason="old", revision=0)
    assert not records.feedback(question.id + 1, "U1", helpful=False, revision=0)
    assert records.reasons(question.id) == {}
    assert records.feedback(question.id, "U1", helpful=True, revision=1)
    assert records.feedback(question.id, "U2", helpful=False)
    assert records.reasons(question.id) == {"U1": (True, ""), "U2": (False, "")}


def test_what_was_shared_is_known_by_its_words(records: Records, clock: Clock) -> None:
    """The same words of the same person; where they are not kept any more, no other question passes for it."""
    found, private = Found(outcome='{"answer": true}'), asked(via="command", ts=None)
    one, other = (records.add_answered(replace(private, text=text), found) for text in ("Where?", "Who?"))
    copy = records.add_answered(replace(private, text="Who?", via="share"), found)
    records.answered(copy.id, 0, answer_ts="3.3", found=found)
    assert not records.was_shared(one)
    assert records.was_shared(other)
    clock.now += 2 * DAY
    records.forget(days=90, text_days=1)
    wordless = records.question(one.id)
    assert wordless is not None
    assert not records.was_shared(wordless)


def test_what_is_said_of_a_copy_is_said_of_what_was_shared(records: Records, clock: Clock) -> None:
    """Once a person, in that person's, channel's and workspace's question; of a copy alone it stays with that."""
    found, private = Found(outcome='{"answer": true}'), asked(via="command", ts=None)
    others = [
        {"person": "U3"},
        {"text": "Where?"},
        {"place": Place(team="T1", channel="C2")},
        {"via": "mention"},
    ]
    shared = records.add_answered(private, found)
    for more in others:
        records.add_answered(replace(private, **more), found)  # type: ignore[arg-type]
    clock.now += 2 * DAY
    copy = records.add_answered(replace(private, via="share"), found)
    lone = records.add_answered(replace(private, via="share", text="Who?"), found)
    for each in (copy, lone):
        records.answered(each.id, 0, answer_ts="3.3", found=found)
    records.feedback(shared.id, "U1", helpful=False, reason="old")
    for number, person in ((copy.id, "U1"), (copy.id, "U2"), (lone.id, "U2")):
        records.feedback(number, person, helpful=True)
    assert records.words_on_answers() == {shared.id: (2, 0), lone.id: (1, 0)}
    assert [each.asked.via for each in records.recent("T1", "U1", 9)] == [
        "mention",
        "command",
        "command",
        "command",
    ]
    clock.now += DAY
    assert records.forget(days=2, text_days=2) == 5
    records.feedback(copy.id, "U2", helpful=False)
    assert records.words_on_answers() == {copy.id: (0, 1), lone.id: (1, 0)}


def test_copies_of_before(tmp_path: Path) -> None:
    """What was said of them is found once the file is opened, and no reason that outlived its question's words."""
    with closing(sqlite3.connect(tmp_path / "records.db")) as old:
        MIGRATIONS.apply(sqlite_utils.Database(old), stop_before="what_a_copy_for_the_channel_shares")
        for number, via, text in ((1, "command", "When?"), (2, "share", "When?"), (3, "mention", "")):
            old.execute(
                "INSERT INTO questions (id, team, channel, person, via, text, asked_at, revision, state) "
                "VALUES (?, 'T1', 'C1', 'U1', ?, ?, 0.0, 0, 'answered')",
                (number, via, text),
            )
        for number, person in ((1, "U1"), (2, "U1"), (2, "U2"), (3, "U2")):
            old.execute("INSERT INTO feedback VALUES (?, ?, 0, ?, 0.0)", (number, person, f"{number}"))
        old.commit()
    with closing(Records(tmp_path / "records.db")) as records:
        assert records.reasons(1) == {"U1": (False, "1"), "U2": (False, "2")}
        assert records.reasons(3) == {"U2": (False, "")}
