"""Outcomes in the records: references that are read again, as far as what they refer to still stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from bot.composition import StoredLibrary
from bot.records.outcomes import outcome_from_json, outcome_to_json
from qa_engine.answerer import Answerer
from qa_engine.answers import Answer, NoAnswer
from qa_engine.reader import WINDOWS_AT_ONCE, Reader
from retrieval.live_index import LiveIndex
from retrieval.store import Store
from retrieval.stored import StoredPassage
from tests.fake_runtime import ChosenRuntime
from tests.slack_bot import PLAIN, TOKENIZER
from tests.stores import put


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        yield opened


def ask(store: Store, threshold: float) -> Answer[StoredPassage] | NoAnswer[StoredPassage]:
    reader = Reader(TOKENIZER, ChosenRuntime(TOKENIZER, {"four years": 5.0, "five years": 3.0}))
    answerer = Answerer(StoredLibrary(store, LiveIndex(store)), reader, PLAIN)
    return answerer.ask("When are laptops replaced?", threshold=threshold)


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_an_outcome_comes_back_as_it_was(store: Store, threshold: float) -> None:
    """The same quotes, evidence and figures, read from the store again; and no word of them in the record."""
    put(store, "a.md", "Laptops are replaced after four years.")
    put(store, "b.md", "Laptops of the board are replaced after five years.")
    outcome = ask(store, threshold)
    text = outcome_to_json(outcome)
    assert "years" not in text
    again = outcome_from_json(text, store.passages)
    assert type(again) is type(outcome)
    assert again is not None
    assert again.others == outcome.others
    assert again.evidence.passages == outcome.evidence.passages
    assert (again.evidence.read, again.evidence.windows) == (outcome.evidence.read, outcome.evidence.windows)
    if isinstance(outcome, Answer):
        assert cast(Answer[StoredPassage], again).quote == outcome.quote
        assert cast(Answer[StoredPassage], again).also == outcome.also
    else:
        assert cast(NoAnswer[StoredPassage], again).nearest == outcome.nearest


def test_why_a_reading_stopped_comes_back(store: Store) -> None:
    """Also from a record of a version that could only run out of time."""
    for number in range(20):
        put(store, f"{number:02}.md", f"Laptops are replaced after {number} years of use.")
    reader = Reader(TOKENIZER, ChosenRuntime(TOKENIZER, {"laptops": 9.0}))
    answerer = Answerer(StoredLibrary(store, LiveIndex(store)), reader, PLAIN)
    outcome = answerer.ask("When are laptops replaced?")
    record = json.loads(outcome_to_json(outcome))
    assert (record["stopped"], record["read"]) == ("sure", WINDOWS_AT_ONCE)
    again = outcome_from_json(json.dumps(record), store.passages)
    assert again is not None
    assert (again.evidence.stopped, again.evidence.read) == ("sure", WINDOWS_AT_ONCE)
    del record["stopped"]
    for read, stopped in ((WINDOWS_AT_ONCE, "time"), (20, None)):
        older = outcome_from_json(json.dumps(record | {"read": read}), store.passages)
        assert older is not None
        assert older.evidence.stopped == stopped


def test_what_was_read_is_counted_without_what_is_gone(store: Store) -> None:
    """What was never read is not among what was, however much of that was removed since."""
    ids = [put(store, f"{n:02}.md", f"Laptops are replaced after {n} years of use.") for n in range(20)]
    reader = Reader(TOKENIZER, ChosenRuntime(TOKENIZER, {"laptops": 9.0}))
    outcome = Answerer(StoredLibrary(store, LiveIndex(store)), reader, PLAIN).ask(
        "When are laptops replaced?"
    )
    text, read = outcome_to_json(outcome), outcome.evidence.read
    cited = cast(Answer[StoredPassage], outcome).quote.passage.document_id
    was_read = {row.passage.document_id for row in outcome.evidence.passages[:read]}
    for document in set(ids) - {cited, *sorted(was_read - {cited})[:2]}:
        store.remove(document)
    again = outcome_from_json(text, store.passages)
    assert again is not None
    assert again.evidence.read == len(again.evidence.passages) == 3
    assert again.evidence.stopped == "sure"


def test_an_outcome_without_what_is_gone_or_hidden(store: Store) -> None:
    """A document that was removed, changed, or may not be seen here leaves no trace in it."""
    first = put(store, "a.md", "Laptops are replaced after four years.", collection="board")
    put(store, "b.md", "Laptops of others are replaced after five years.", collection="staff")
    text = outcome_to_json(ask(store, 0.0))
    hidden = outcome_from_json(text, lambda ids: store.passages(ids, collections=["staff"]))
    assert hidden is None  # the answer itself was the board's
    unsure = outcome_to_json(ask(store, 1.0))
    seen = outcome_from_json(unsure, lambda ids: store.passages(ids, collections=["staff"]))
    assert isinstance(seen, NoAnswer)
    assert {quote.passage.collection for quote in (*seen.nearest, *seen.others)} == {"staff"}
    assert {row.passage.collection for row in seen.evidence.passages} == {"staff"}
    store.remove(first)
    assert outcome_from_json(text, store.passages) is None
