"""Synonyms: what a company calls its things is known to the next question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.live_index import LiveIndex
from retrieval.store import Store
from retrieval.synonyms import Synonyms, spelled_out
from tests.stores import put

LEAVE = ("PTO", "paid time off", "vacation")
WORDS = st.sampled_from(["falcon", "billing service", "PTO", "vacation", "days", "who", "IT", "desk"])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much PTO do I get?", "How much PTO do I get? (paid time off, vacation)"),
        ("how much pto?", "how much pto? (paid time off, vacation)"),
        ("Vacations and paid time off?", "Vacations and paid time off? (PTO)"),
        ("Who was paid for time, off and on?", "Who was paid for time, off and on?"),
        ("Where is it?", "Where is it?"),
        ("Where is IT?", "Where is IT? (help desk)"),
        ("Can you tell us?", "Can you tell us?"),
        ("Leave in the US?", "Leave in the US? (America)"),
        ("", ""),
    ],
)
def test_a_question_is_asked_with_what_its_words_mean(question: str, expected: str) -> None:
    assert spelled_out(question, [LEAVE, ("IT", "help desk"), ("US", "America")]) == expected


@given(
    words=st.lists(WORDS, max_size=6),
    groups=st.lists(st.lists(WORDS, min_size=2, max_size=3, unique=True).map(tuple), max_size=3),
)
def test_a_question_is_spelled_out_whole_and_its_words_stay(
    words: list[str], groups: list[tuple[str, ...]]
) -> None:
    """What was asked stands in front, and what is added is of a group that the question names."""
    question = " ".join(words)
    whole = spelled_out(question, groups)
    assert whole.startswith(question)
    added = whole.removeprefix(question).strip(" ()")
    known = {phrase for group in groups for phrase in group}
    assert set(filter(None, added.split(", "))) <= known


def test_groups_that_share_a_phrase_become_one(store: Store) -> None:
    synonyms = Synonyms(store.database)
    assert synonyms.add(["PTO", "paid  time off"]) == ("PTO", "paid time off")
    assert synonyms.add(["Falcon", "billing service"]) == ("Falcon", "billing service")
    assert synonyms.add(["vacations", "pto"]) == ("PTO", "paid time off", "vacations")
    assert synonyms.all() == [("Falcon", "billing service"), ("PTO", "paid time off", "vacations")]


def test_what_is_removed_means_only_itself(store: Store) -> None:
    """The others of its group still mean each other; one alone means nothing."""
    synonyms = Synonyms(store.database)
    synonyms.add(LEAVE)
    assert synonyms.remove("pto") == LEAVE
    assert synonyms.all() == [("paid time off", "vacation")]
    assert synonyms.remove("holiday") is None
    assert synonyms.remove("Vacation") == ("paid time off", "vacation")
    assert synonyms.all() == []


@pytest.mark.parametrize("phrases", [["PTO"], ["PTO", "pto"], ["PTO", "..."], ["PTO", ""]])
def test_what_could_mean_nothing_is_refused_and_changes_nothing(store: Store, phrases: list[str]) -> None:
    synonyms = Synonyms(store.database)
    synonyms.add(["Falcon", "billing service"])
    with pytest.raises(ValueError, match=r"word|two phrases"):
        synonyms.add(phrases)
    assert synonyms.all() == [("Falcon", "billing service")]


def test_the_next_question_knows_them_in_an_index_that_is_open(tmp_path: Path, store: Store) -> None:
    passage = put(store, "billing.md", "The billing service belongs to the payments team.")
    index = LiveIndex(store)
    assert index.find("Who looks after Falcon?", 5) == []
    with Store(tmp_path / "store.db") as elsewhere:
        Synonyms(elsewhere.database).add(["Falcon", "billing service"])
    (hit,) = index.find("Who looks after Falcon?", 5)
    assert store.passages([hit.passage_id])[0].document_id == passage
    assert {part.term for part in index.explain("falcon", hit.passage_id)} == {"bill", "servic"}
