"""Spelling: one slip of the keyboard is forgiven where the word meant stands somewhere."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product
from pathlib import Path
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.live_index import LiveIndex
from retrieval.spelling import LONGEST, MOST, Count, halves, mended, respelled, slips
from retrieval.store import Store
from retrieval.synonyms import Synonyms
from retrieval.terms import STOP_WORDS
from tests.stores import put

LETTERS = st.text(ascii_lowercase, min_size=5, max_size=12)


def distance(a: str, b: str) -> int:
    """Damerau's distance without second changes (optimal string alignment), by its recurrence."""
    if not a or not b:
        return len(a) + len(b)
    best = min(distance(a[1:], b) + 1, distance(a, b[1:]) + 1, distance(a[1:], b[1:]) + (a[0] != b[0]))
    if len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1]:
        best = min(best, distance(a[2:], b[2:]) + 1)
    return best


def standing(counts: dict[str, int]) -> Count:
    return lambda words: {word: counts[word] for word in words if word in counts}


def test_slips_are_what_is_one_step_away() -> None:
    """All of it and nothing else, among the words of two letters."""
    ours = {word for word in slips("abba") if set(word) <= set("ab")}
    every = {"".join(letters) for n in range(7) for letters in product("ab", repeat=n)}
    assert ours == {word for word in every if distance("abba", word) == 1}


@given(word=LETTERS, data=st.data())
def test_a_slip_is_undone(word: str, data: st.DataObject) -> None:
    """Whatever the slip was, the word is found if it stands somewhere and nothing else does."""
    slipped = data.draw(st.sampled_from(sorted(slips(word))))
    expected = {slipped: word} if len(slipped) >= 4 else {}
    assert mended([slipped], standing({word: 1})) == (expected if word not in STOP_WORDS else {})


@given(st.sampled_from(sorted(STOP_WORDS)), st.data())
def test_a_name_is_no_slip_of_a_stop_word(word: str, data: st.DataObject) -> None:
    """Not even if nothing else stands anywhere: "Thea" and "Hera" are people."""
    name = data.draw(st.sampled_from(sorted(slips(word))))
    assert mended([name], standing(dict.fromkeys(STOP_WORDS, 1))).get(name) not in STOP_WORDS


def test_the_word_of_most_passages_is_meant() -> None:
    assert mended(["vacatin"], standing({"vacation": 7, "vacating": 2})) == {"vacatin": "vacation"}


def test_a_missing_blank_is_put_in_where_both_parts_stand() -> None:
    assert mended(["timesheet"], standing({"time": 4, "sheet": 2})) == {"timesheet": "time sheet"}
    assert mended(["timesheet"], standing({"time": 4})) == {}
    assert ("time", "sheet") in halves("timesheet")


@pytest.mark.parametrize("word", ["pto", "gpt4", "x" * (LONGEST + 1), "a-b-c"])
def test_short_words_numbers_and_keys_are_left_alone(word: str) -> None:
    def count(words: Collection[str]) -> dict[str, int]:
        return dict.fromkeys(words, 1)

    assert mended([word], count) == {}


def test_a_question_of_noise_costs_little() -> None:
    """Its first words are mended; all of 64 would be tens of thousands to look up."""
    asked = set[str]()

    def count(words: Collection[str]) -> dict[str, int]:
        asked.update(words)
        return dict.fromkeys(words, 1)

    noise = [letter * LONGEST for letter in ascii_lowercase]
    assert list(mended(["pto", *noise], count)) == noise[:MOST]
    assert len(asked) <= MOST * (len(slips(noise[0])) + 2 * len(halves(noise[0])))


def test_slips_are_made_while_nobody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other questions are answered meanwhile, and while words are looked up among those that are right."""
    with Store(tmp_path / "store.db") as store:
        put(store, "leave.md", "Everybody has 25 days of vacation.")

        def free(word: str) -> bool:
            held.append(index._lock.locked())
            return False

        held = list[bool]()
        index = LiveIndex(store, is_word=free)
        monkeypatch.setattr("retrieval.spelling.slips", lambda word: slips(word) if not free(word) else set())
        assert index.mended("vacaton") == {"vacaton": "vacation"}
        assert held
        assert not any(held)


def test_only_whole_words_are_replaced_in_any_case() -> None:
    assert respelled("Vacaton? No vacatons: VACATON", {"vacaton": "vacation"}) == (
        "vacation? No vacatons: vacation"
    )


def test_a_misspelled_question_finds_what_was_meant(tmp_path: Path) -> None:
    """And says what it looked for; a word that is right and only unknown here stays as it is."""
    with Store(tmp_path / "store.db") as store:
        leave = put(store, "leave.md", "Everybody has 25 days of vacation.")
        put(store, "stack.md", "Put the chairs on a stack.")
        index = LiveIndex(store, is_word=lambda word: word == "slack")
        (passage,) = store.passages_of(leave)
        assert index.mended("How many vacaton days?") == {"vacaton": "vacation"}
        assert [hit.passage_id for hit in index.find("vacaton", 5)] == [passage.id]
        assert [hit.passage_id for hit in index.search("vacaton", 5)] == [passage.id]
        assert index.explain("vacaton", passage.id)
        assert index.mended("slack") == {}
        assert index.find("slack", 5) == []
        assert LiveIndex(store).find("vacaton", 5) == []


def test_only_words_that_are_written_are_meant(tmp_path: Path) -> None:
    """Of a stem that stands somewhere not every word does: a right one is not mended into one that is none."""
    with Store(tmp_path / "store.db") as store:
        put(store, "sick.md", "Sick people and unionicing loans: the invoices of a kicker.")
        index = LiveIndex(store, is_word=lambda word: word == "loan")
        for word in ("nicked", "unionised", "loaner"):
            assert index.mended(word) == {}
        assert index.mended("unionicig loann invoicess") == {
            "unionicig": "unionicing", "loann": "loan", "invoicess": "invoices",
        }  # fmt: skip
        assert index.mended("Thea Hera") == {}


def test_what_may_not_be_seen_mends_nothing(tmp_path: Path) -> None:
    """A word of a hidden collection is as unknown as if it were not there."""
    with Store(tmp_path / "store.db") as store:
        put(store, "open.md", "A party for all teams.", collection="staff")
        put(store, "secret.md", "The merger, the merger, the merger.", collection="board")
        put(store, "more.md", "Another merger.", collection="board")
        index = LiveIndex(store, is_word=lambda _: False)
        assert index.mended("mergeer", collections=["board"]) == {"mergeer": "merger"}
        assert index.mended("mergeer", collections=["staff"]) == {}
        assert index.mended("merger", collections=["staff"]) == {}
        assert index.mended("mergeer") == {"mergeer": "merger"}


def test_names_that_stand_nowhere_are_strange(tmp_path: Path) -> None:
    """After slips and synonyms, among what may be seen; an ordinary word may be put in other words."""
    with Store(tmp_path / "store.db") as store:
        put(store, "open.md", "PO: a purchase order. Paid time off is 25 days.", collection="staff")
        put(store, "secret.md", "The project is called Lantern.", collection="board")
        index = LiveIndex(store, is_word=lambda word: word in {"vacation", "it"})
        for question in ("PTO", "pto", "What is PTO?", "PTO or WFH", "IT VACATION"):
            assert index.is_strange(question), question
        for question in ("PO", "orrder", "vacation", "PTO days", "Why PTO vacation?", "", "Lantern"):
            assert not index.is_strange(question), question
        assert index.is_strange("Lantern", collections=["staff"])
        assert LiveIndex(store).is_strange("PTO")
        assert not LiveIndex(store).is_strange("pto")
        Synonyms(store.database).add(["PTO", "paid time off"])
        assert not index.is_strange("PTO")
