"""The bot's records: seen once, asked, answered, reworded, taken back, forgotten."""

from __future__ import annotations

import itertools
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.asked import Place
from bot.records.posted import Cited
from bot.records.questions import Found
from bot.records.records import DAY, SEEN_SECONDS, Records
from bot.records.requests import Requests
from retrieval.database import Database
from retrieval.errors import StoreCorrupt
from retrieval.store import Store
from tests.asking import PLACE, asked
from tests.clock import Clock

NOTHING = '{"answer": false}'


def test_first_sight(records: Records, clock: Clock) -> None:
    """Each key is new once, for a quarter of an hour; one old key among several makes them all old."""
    assert records.first_sight("a", "b")
    assert not records.first_sight("a")
    assert not records.first_sight("b", "c")
    assert not records.first_sight("c")
    clock.now += SEEN_SECONDS + 1
    assert records.first_sight("a")


def test_called_into_a_thread(records: Records, clock: Clock) -> None:
    """It listens there for some minutes, and only there."""
    records.called_into(PLACE, "7.5")
    assert records.listens_in(PLACE, "7.5")
    assert not records.listens_in(PLACE, "8.1")
    assert not records.listens_in(Place(team="T2", channel="C1"), "7.5")
    clock.now += SEEN_SECONDS + 1
    assert not records.listens_in(PLACE, "7.5")
    records.add(asked(thread="7.5"))
    assert records.listens_in(PLACE, "7.5")


def test_first_sight_survives_a_restart(tmp_path: Path, records: Records, clock: Clock) -> None:
    """An event that comes again after a restart is known."""
    records.first_sight("a")
    again = Records(tmp_path / "records.db", clock=clock)
    assert not again.first_sight("a")
    again.close()


def test_a_question_s_life(records: Records) -> None:
    """Waiting, answered, reworded, answered anew; the message that answers stays the same."""
    question = records.add(asked(response_url="https://hooks.example/1"))
    assert (question.state, question.revision, question.asked) == (
        "waiting",
        0,
        asked(response_url="https://hooks.example/1"),
    )
    records.answered(question.id, 0, answer_ts="1.2", found=Found(outcome='{"answer": true}'))
    done = records.question(question.id)
    assert done is not None
    assert (done.state, done.answer_ts, done.has_answer, done.asked.response_url) == (
        "answered",
        "1.2",
        True,
        None,
    )
    reworded = records.edited(question.id, "Where?")
    assert reworded is not None
    assert (reworded.state, reworded.revision, reworded.asked.text, reworded.answer_ts) == (
        "waiting",
        1,
        "Where?",
        "1.2",
    )
    records.told(question.id, 1, answer_ts=None)
    told = records.question(question.id)
    assert told is not None
    assert (told.state, told.answer_ts, told.has_answer) == ("told", "1.2", False)


def test_what_was_taken_back_stays_so(records: Records) -> None:
    """An edit that arrives with the deletion, and is handled after it, brings no words back."""
    question = records.add(asked())
    records.removed(question.id)
    assert records.edited(question.id, "Where?") is None
    late = records.question(question.id)
    assert late is not None
    assert (late.state, late.asked.text, late.revision) == ("removed", "", 0)
    assert records.waiting(since=0.0) == []


def test_the_last_edit_counts(records: Records) -> None:
    """In whatever order edits are handled; whoever asks again changes no words."""
    for words in itertools.product(["When?", "Where?"], repeat=3):
        for order in itertools.permutations(range(3)):
            number = records.add(asked("When?")).id
            for each in order:
                records.edited(number, words[each], edit=f"170000000{each}.000100")
            now = records.question(number)
            assert now is not None
            assert now.asked.text == words[-1]
            again = records.edited(number, now.asked.text)
            assert again is not None
            assert (again.asked.text, again.revision) == (words[-1], now.revision + 1)


DEEDS = st.sampled_from(["edited", "leans", "answered", "told", "removed", "forget", "feedback"])


@settings(max_examples=40, deadline=None)
@given(deeds=st.lists(DEEDS, max_size=8), keep=st.booleans())
def test_what_is_over_has_no_words(
    deeds: list[str], keep: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever happens to a question, in whatever order: taken back, it has neither words nor an answer and stays
    so; where words are not kept, only one that waits has any; a reason is there as long as these words are; and
    what is forgotten hangs on nothing."""
    clock = Clock()
    path = tmp_path_factory.mktemp("records") / "records.db"
    with closing(Records(path, keep_text=keep, clock=clock)) as records:
        number, was_removed = records.add(asked()).id, False
        for deed in deeds:
            now = records.question(number)
            if now is None:
                break
            if deed == "edited":
                records.edited(number, "Where?")
            elif deed == "leans":
                records.leans(number, 7)
            elif deed == "answered":
                found = Found(outcome=NOTHING, cited=[Cited(1, "1")])
                records.answered(number, now.revision, answer_ts="1.2", found=found)
            elif deed == "told":
                records.told(number, now.revision, answer_ts=None)
            elif deed == "removed":
                records.removed(number)
            elif deed == "feedback":
                records.feedback(number, "U2", helpful=False, reason="old")
            else:
                clock.now += 10 * DAY
                records.forget(days=30, text_days=20)
            was_removed |= deed == "removed"
            then = records.question(number)
            if then is None or then.state in ("told", "removed"):
                assert records.posted.due(9) == []
            if then is not None:
                assert (then.state == "removed") == was_removed
                assert bool(then.asked.text) <= (then.state == "waiting" or (keep and not was_removed))
                assert not (was_removed and then.outcome)
                assert then.asked.text or records.reasons(number) in ({}, {"U2": (False, "")})


def test_an_answer_to_old_words_does_not_count(records: Records) -> None:
    """Reworded while it was answered: still waiting, but the message that was posted is known."""
    question = records.add(asked())
    records.edited(question.id, "Where?")
    records.answered(question.id, 0, answer_ts="1.2", found=Found(outcome="{}"))
    now = records.question(question.id)
    assert now is not None
    assert (now.state, now.answer_ts, now.outcome) == ("waiting", "1.2", None)


def test_taken_back(records: Records) -> None:
    """Its words go at once; an answer that was under way is known, so that it can be removed."""
    question = records.add(asked("A secret of mine"))
    records.removed(question.id)
    records.answered(question.id, 0, answer_ts="1.2", found=Found(outcome="{}"))
    gone = records.question(question.id)
    assert gone is not None
    assert (gone.state, gone.asked.text, gone.outcome, gone.answer_ts) == ("removed", "", None, "1.2")
    assert records.recent("T1", "U1", 5) == []
    assert records.latest_in_thread(PLACE, "1.1") is None


def in_the_files(folder: Path, words: str) -> bool:
    return any(words.encode() in path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize("deed", ["taken back", "a person", "old", "old words", "ended"])
def test_words_that_are_gone_stand_in_no_file(tmp_path: Path, clock: Clock, deed: str) -> None:
    """Also while the bot runs and has the files open, the log of what is written ahead among them."""
    with closing(Records(tmp_path / "records.db", clock=clock, keep_text=deed != "ended")) as records:
        question = records.add(asked("What does Quibble earn?"))
        assert in_the_files(tmp_path, "Quibble")
        records.told(question.id, 0, answer_ts="1.2")
        clock.now += 3 * DAY
        if deed == "taken back":
            records.removed(question.id)
        elif deed == "a person":
            records.forget_person("U1")
        elif deed.startswith("old"):
            records.forget(days=90 if deed == "old words" else 2, text_days=2)
        assert not in_the_files(tmp_path, "Quibble")


def test_who_reads_for_long_holds_nobody_up(tmp_path: Path, records: Records) -> None:
    """Slack waits a second for a deletion to be acknowledged; the words are gone with the next one."""
    one, other = records.add(asked("What does Quibble earn?")), records.add(asked())
    with closing(sqlite3.connect(tmp_path / "records.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM questions").fetchall()
        began = time.monotonic()
        records.removed(one.id)
        assert time.monotonic() - began < 1
    records.removed(other.id)
    assert not in_the_files(tmp_path, "Quibble")


def test_found_by_message_thread_and_person(records: Records) -> None:
    """In its own team and channel only; a person's latest come first."""
    first, second = records.add(asked()), records.add(asked(ts="2.1", thread="1.1", person="U2"))
    third = records.add(asked(ts=None, thread=None, via="command"))
    assert records.asked_by_message(PLACE, "2.1") == second
    assert records.asked_by_message(Place(team="T2", channel="C1"), "2.1") is None
    assert records.latest_in_thread(PLACE, "1.1") == second
    assert records.latest_in_thread(Place(team="T1", channel="C2"), "1.1") is None
    assert [question.id for question in records.recent("T1", "U1", 5)] == [third.id, first.id]
    assert [question.id for question in records.recent("T1", "U1", 1)] == [third.id]
    assert records.recent("T2", "U1", 5) == []


def test_waiting_and_forgetting(records: Records, clock: Clock) -> None:
    """What waits is found by its age; what is old goes, with what was said of it."""
    old = records.add(asked())
    records.feedback(old.id, "U1", helpful=False, reason="wrong page")
    clock.now += 10 * DAY
    new = records.add(asked())
    assert [question.id for question in records.waiting(since=clock.now - 60)] == [new.id]
    assert [question.id for question in records.waiting(since=0)] == [old.id, new.id]
    assert records.forget(days=5, text_days=5) == 1
    assert records.question(old.id) is None
    assert records.counts().not_helpful == 0


def test_words_are_kept_for_a_time_of_their_own(records: Records, clock: Clock) -> None:
    """Then they go, and the rest stays; a question that still waits keeps them for its answer."""
    answered, waiting = records.add(asked()), records.add(asked())
    records.answered(answered.id, 0, answer_ts="1.2", found=Found(outcome='{"answer": true}', pin=3))
    records.feedback(answered.id, "U2", helpful=False, reason="old")
    Requests(records.database, clock=clock).add(
        answered.id, "U1", "When?", owner="C2", channel="C2", ts="2.2"
    )
    clock.now += 3 * DAY
    assert records.forget(days=90, text_days=4) == 0
    assert [each.asked.text for each in records.since(0)] == ["When?", "When?"]
    assert records.forget(days=90, text_days=3) == 0
    assert [each.asked.text for each in records.since(0)] == ["", "When?"]
    assert [each.text for each in Requests(records.database).of_question(answered.id)] == [""]
    assert records.reasons(answered.id) == {"U2": (False, "")}
    kept = records.question(answered.id)
    assert kept is not None
    assert (kept.has_answer, kept.pin, kept.answer_ts) == (True, 3, "1.2")
    assert records.waiting(since=0)[0].id == waiting.id


def test_words_that_are_not_kept_go_with_the_answer(tmp_path: Path) -> None:
    """Not in the file any more, whatever became of the question; edited, they are there until the next end."""
    with closing(Records(tmp_path / "unkept.db", keep_text=False)) as records:
        one, other = records.add(asked("Quibble?")), records.add(asked("Quibble?"))
        records.answered(one.id, 0, answer_ts=None, found=Found(outcome='{"answer": false}', asked_of=["hr"]))
        records.told(other.id, 0, answer_ts=None)
        edited = records.edited(one.id, "Quibbles?")
        assert edited is not None
        assert edited.asked.text == "Quibbles?"
        records.answered(one.id, 1, answer_ts=None, found=Found(outcome='{"answer": false}', asked_of=["hr"]))
        shared = records.add_answered(asked("Quibble?", via="share"), Found(outcome='{"answer": true}'))
        assert {each.asked.text for each in (*records.since(0), shared)} == {""}
        assert [each.asked_of for each in records.since(0)] == [("hr",), None]
        with records.database.reading() as db:
            assert "Quibble" not in str(db.execute("SELECT * FROM questions").fetchall())


def test_a_question_that_leans_is_read_with_the_other_as_long_as_both_have_words(
    tmp_path: Path, clock: Clock
) -> None:
    """Its number stays, whatever becomes of it; the other one's words are kept in no second place."""
    with closing(Records(tmp_path / "records.db", clock=clock)) as records:
        first, second = records.add(asked("How long?", person="U2")), records.add(asked("And then?"))
        records.answered(first.id, 0, answer_ts=None, found=Found(outcome=NOTHING))
        records.answered(second.id, 0, answer_ts=None, found=Found(outcome=NOTHING, leans_on=first.id))
        records.edited(second.id, "And now?")
        records.told(second.id, 1, answer_ts=None)

    def read() -> str:
        with closing(Records(tmp_path / "records.db", clock=clock)) as records:
            found = records.question(second.id)
            assert found is not None
            assert (found.leans_on, found.asked.text) == (first.id, "And now?")
            return found.as_read

    assert read() == "How long? And now?"
    with closing(Records(tmp_path / "records.db", clock=clock)) as records:
        assert records.forget_person("U2") == 1
        records.add(asked("Who else?", person="U3"))
    assert read() == ""


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    """A store is no file of records, nor the other way round; garbage is neither."""
    Database(tmp_path / "store.db").close()
    with pytest.raises(StoreCorrupt):
        Records(tmp_path / "store.db")
    Records(tmp_path / "records.db").close()
    with pytest.raises(StoreCorrupt):
        Store(tmp_path / "records.db")
    (tmp_path / "bad.db").write_bytes(b"x" * 5_000)
    with pytest.raises(StoreCorrupt, match="move it away and start again"):
        Records(tmp_path / "bad.db")
