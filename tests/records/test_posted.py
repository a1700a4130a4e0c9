"""Which posted answers have to be looked at: those that cite what was touched, each until it was looked at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records.posted import Cited
from bot.records.questions import Found
from bot.records.records import Records
from retrieval import changes
from retrieval.store import Store
from tests.asking import asked
from tests.clock import Clock
from tests.stores import put

ALL = 1_000


def answered(records: Records, *documents: int) -> int:
    """A public answer with words of these documents."""
    question = records.add(asked())
    cited = [Cited(document, "1") for document in documents]
    records.answered(question.id, 0, answer_ts="1.2", found=Found(outcome="{}", cited=cited))
    return question.id


def due(records: Records) -> list[int]:
    return [each.number for each in records.posted.due(ALL)]


def look(records: Records) -> None:
    for each in records.posted.due(ALL):
        records.posted.looked(each, None)


@settings(max_examples=30)
@given(
    cited=st.lists(st.sets(st.integers(1, 5), min_size=1), min_size=1, max_size=6),
    touched=st.one_of(st.none(), st.lists(st.integers(1, 7))),
)
def test_due_is_what_cites_a_touched_document(
    cited: list[set[int]], touched: list[int] | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """New answers are; then those of the documents touched, all where that is unknown; none after a look."""
    records = Records(tmp_path_factory.mktemp("posted") / "records.db")
    numbers = [answered(records, *documents) for documents in cited]
    assert due(records) == numbers
    look(records)
    assert due(records) == []
    records.posted.follow("store", 1, touched)
    wanted = [
        number
        for number, documents in zip(numbers, cited, strict=True)
        if touched is None or documents & set(touched)
    ]
    assert due(records) == wanted
    records.close()


def test_touched_while_it_was_looked_at(records: Records, clock: Clock) -> None:
    """What changes during a look is looked at again."""
    number = answered(records, 1)
    (seen,) = records.posted.due(ALL)
    clock.now += 1
    records.posted.follow("store", 2, [1])
    records.posted.looked(seen, "stands")
    (again,) = records.posted.due(ALL)
    assert (again.number, again.mark) == (number, "stands")


def test_put_off(records: Records, clock: Clock) -> None:
    """What cannot be dealt with comes back later, and holds up nobody."""
    first, second = answered(records, 1), answered(records, 1)
    records.posted.later(records.posted.due(1)[0], 60)
    assert due(records) == [second]
    clock.now += 61
    assert due(records) == [second, first]


def test_only_what_is_public_and_quotes(records: Records) -> None:
    """A private answer has no place; a refusal, and a question taken back, show no document's words."""
    private = records.add(asked(via="command"))
    records.answered(private.id, 0, answer_ts=None, found=Found(outcome="{}", cited=[Cited(1, "1")]))
    number, taken_back = answered(records, 1), answered(records, 1)
    records.edited(number, "Where?")
    records.told(number, 1, answer_ts="1.2")
    records.removed(taken_back)
    assert due(records) == []


def test_another_store(records: Records) -> None:
    """Its documents say nothing of answers from before, and its log is read from the beginning."""
    answered(records, 1)
    records.posted.follow("one", 7, [])
    assert (records.posted.reached("one"), records.posted.reached("two")) == (7, None)
    records.posted.follow("two", 3, None)
    assert due(records) == []
    assert (records.posted.reached("one"), records.posted.reached("two")) == (None, 3)


def test_the_log_of_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was touched since; "anything" where the log does not tell; a copy is the same store."""
    with Store(tmp_path / "store.db") as store:
        assert store.changes(0) == (0, [])
        one, two = put(store, "a.md", "One."), put(store, "b.md", "Two.")
        newest, touched = store.changes(0)
        assert touched == [one, two]
        assert store.changes(newest) == (newest, [])
        store.remove(one)
        assert store.changes(newest)[1] == [one]
        assert store.changes(None)[1] is None
        assert store.changes(newest + 5)[1] is None  # a backup has taken the store's place
        monkeypatch.setattr(changes, "KEPT_CHANGES", 1)
        put(store, "c.md", "Three.")
        assert store.changes(0)[1] is None
        identity = store.identity
    shutil.copy(tmp_path / "store.db", tmp_path / "copy.db")
    with Store(tmp_path / "copy.db") as copy, Store(tmp_path / "other.db") as other:
        assert copy.identity == identity
        assert other.identity != identity


@settings(max_examples=30)
@given(shown=st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=6), hold=st.sets(st.integers(1, 7)))
def test_due_is_what_shows_a_pin_that_holds_no_longer(
    shown: list[int | None], hold: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Again and again, until it was dropped; what shows no pin never is."""
    records = Records(tmp_path_factory.mktemp("records") / "records.db", clock=Clock())
    numbers = {}
    for pin in shown:
        question = records.add(asked())
        found = Found(outcome="{}", pin=pin)
        records.answered(question.id, 0, answer_ts="1.2", found=found)
        numbers[question.id] = pin
    assert {each.number: each.pin for each in records.posted.due(ALL)} == {
        number: pin for number, pin in numbers.items() if pin is not None
    }
    look(records)
    ended = [number for number, pin in numbers.items() if pin is not None and pin not in hold]
    for _ in range(2):
        records.posted.pins_are(hold)
        assert due(records) == ended
        look(records)
    for number in ended:
        records.posted.drop(number)
    records.posted.pins_are(hold)
    assert due(records) == []
    records.close()
