"""From a question to an answer, with a fake library and chosen logits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.answerer import MAX_QUESTION_CHARACTERS, NEAREST, OTHERS, PASSAGES_READ, SURE, Answerer
from qa_engine.answers import Answer, NoAnswer
from qa_engine.cascade import CONFIRMED
from qa_engine.reader import HURRIED, WINDOWS_AT_ONCE, Reader
from qa_engine.runtime import Logits
from qa_engine.windows import Window
from tests.fake_library import (
    HOURS,
    LEAVE,
    PLAIN,
    TOKENIZER,
    FakeLibrary,
    answer,
    answerer,
    no_answer,
    quotes,
)
from tests.fake_runtime import ChosenRuntime


class Noting(ChosenRuntime):
    """Notes the tokens that it is given to read."""

    read: tuple[int, ...] = ()

    def infer(self, windows: Sequence[Window]) -> list[Logits]:
        self.read = tuple(windows[0].ids.tolist())
        return super().infer(windows)


def test_the_question_is_read_as_it_is_spelled_out() -> None:
    """Searched for it is as it was typed: the library knows what it means there."""
    library = FakeLibrary(HOURS)
    library.meanings = {"When does HQ open?": "When does HQ open? (head office)"}
    runtime = Noting(TOKENIZER, {"nine": 8.0})
    assert isinstance(answerer(library, runtime).ask("When does HQ open?"), Answer)
    assert library.asked[0][0] == "When does HQ open?"
    asked = TOKENIZER(library.meanings["When does HQ open?"]).ids.tolist()
    assert runtime.read[1 : 1 + len(asked)] == tuple(asked)


def test_a_name_that_stands_nowhere_gets_the_nearest_places_only() -> None:
    """However sure the reader is: what it found is the meaning of another one."""
    library = FakeLibrary(HOURS)
    library.strange = frozenset({"PTO"})
    outcome = no_answer(answerer(library, {"nine": 8.0}).ask("PTO", threshold=0.0))
    assert (outcome.reason, outcome.nearest[0].text) == ("nothing found", "nine")
    assert isinstance(answerer(library, {"nine": 8.0}).ask("PO"), Answer)


@pytest.mark.parametrize(("score", "answers"), [(1.0, True), (0.0, True), (-0.001, False), (-3.0, False)])
def test_the_threshold_decides(score: float, answers: bool) -> None:
    """At or above it an answer, below it "not sure" with the same quote as the nearest place."""
    outcome = answerer(FakeLibrary(HOURS), {"nine": score}).ask("When do you open?")
    assert isinstance(outcome, Answer) == answers
    assert quotes(outcome)[0].text == "nine"
    if isinstance(outcome, NoAnswer):
        assert outcome.reason == "not sure"
        assert outcome.evidence.threshold > outcome.nearest[0].confidence


def test_a_question_may_bring_its_own_threshold() -> None:
    """Zero is a threshold, too: it always answers; one never does unless P is 1."""
    asks = answerer(FakeLibrary(HOURS), {"nine": -8.0})
    assert isinstance(asks.ask("When?"), NoAnswer)
    assert answer(asks.ask("When?", threshold=0.0)).evidence.threshold == 0.0
    sure = answerer(FakeLibrary(HOURS), {"nine": 8.0})
    assert no_answer(sure.ask("When?", threshold=1.0)).evidence.threshold == 1.0


@pytest.mark.parametrize("question", ["", "?", " \n\t", "👍", "!!! … —", "\u200b", "\ud800"])
def test_no_question_no_search(question: str) -> None:
    """What has neither a letter nor a digit asks nothing: nothing is searched for or read."""
    library = FakeLibrary(HOURS)
    outcome = no_answer(answerer(library, {"nine": 9.0}).ask(question))
    assert outcome.reason == "no question"
    assert library.asked == []
    assert (outcome.evidence.nothing, outcome.evidence.windows, outcome.evidence.passages) == (1.0, 0, ())


def test_nothing_found() -> None:
    """An empty store, or passages without a word that a model reads."""
    for library in (FakeLibrary(), FakeLibrary("", "\u0301")):
        outcome = no_answer(answerer(library, {"nine": 9.0}).ask("When do you open?"))
        assert outcome.reason == "nothing found"
        assert outcome.evidence.nothing == 1.0
        assert quotes(outcome) == []


def test_the_library_is_asked_as_the_person_asked() -> None:
    """Collections and the number of passages reach the library; at most so many are read."""
    library = FakeLibrary(*[HOURS] * 30)
    asks = answerer(library, {"nine": 9.0})
    asks.ask("When?")
    outcome = asks.ask("When?", collections={"hr"}, passages=3)
    assert library.asked == [("When?", PASSAGES_READ, None), ("When?", 3, {"hr"})]
    assert len(outcome.evidence.passages) == outcome.evidence.windows == 3


def test_a_long_question_is_cut() -> None:
    """10,000 characters are no error; the library sees no more than the bound."""
    library = FakeLibrary(HOURS)
    outcome = answer(answerer(library, {"nine": 9.0}).ask("When do you open? " * 600))
    assert outcome.quote.text == "nine"
    assert len(library.asked[0][0]) == MAX_QUESTION_CHARACTERS
    assert isinstance(answerer(library, {"nine": 9.0}).ask("x" * 10_000), Answer)


def test_only_so_many_passages_as_there_is_time_for() -> None:
    """A reader that is out of time answers from what it has read, says how much that was, and always reads
    the first few; without a limit it reads all."""
    library = FakeLibrary(*(f"It is {number} days." for number in range(20, 40)))
    asked = answerer(library, {"20": 5.0, "39": 9.0})
    hurried = asked.ask("How many?", sure=None, seconds=1e-9)
    assert answer(hurried).quote.text == "20"
    assert hurried.evidence.read == hurried.evidence.windows == HURRIED
    assert len(hurried.evidence.passages) == 20
    assert [row.probability for row in hurried.evidence.passages[HURRIED:]] == [0.0] * 18
    assert hurried.evidence.stopped == "time"
    patient = asked.ask("How many?", sure=None, seconds=3600)
    assert answer(patient).quote.text == answer(asked.ask("How many?", sure=None)).quote.text == "39"
    assert (patient.evidence.read, patient.evidence.stopped) == (20, None)


def test_the_time_is_the_reader_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the search takes, at the first question the index and the encoder that it loads, is not."""
    library = FakeLibrary(*(f"It is {number} days." for number in range(20, 40)))
    searched = library.search

    now = [0.0]

    def slow(*given: Any, **named: Any) -> Any:
        now[0] += 100
        return searched(*given, **named)

    monkeypatch.setattr(library, "search", slow)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    outcome = answerer(library, {"39": 9.0}).ask("How many?", sure=None, seconds=60)
    assert outcome.evidence.read == 20


def test_no_more_is_read_once_an_answer_is_sure_enough() -> None:
    """The bar is the threshold where that is higher; with none all is read; an answer that comes late is
    read up to."""
    library = FakeLibrary(*(f"It is {number} days." for number in range(20, 40)))
    early, late = answerer(library, {"22": 5.0}), answerer(library, {"33": 5.0})
    outcome = answer(early.ask("How many?"))
    assert (outcome.quote.text, outcome.evidence.stopped) == ("22", "sure")
    assert outcome.evidence.read == WINDOWS_AT_ONCE < len(outcome.evidence.passages) == 20
    assert outcome.quote.confidence >= SURE
    assert (late.ask("How many?").evidence.read, answer(late.ask("How many?")).quote.text) == (20, "33")
    patient = early.ask("How many?", seconds=3600)  # looks at the clock more often, and is sure no sooner
    assert (patient.evidence.read, patient.evidence.stopped) == (WINDOWS_AT_ONCE, "sure")
    for asked in (early.ask("How many?", sure=None), early.ask("How many?", threshold=0.999999)):
        assert (asked.evidence.read, asked.evidence.stopped) == (20, None)


@given(
    texts=st.lists(st.sampled_from(["", HOURS, LEAVE, "Filler words stand here. " * 200]), max_size=20),
    sure=st.sampled_from([None, 0.0, SURE]),
    seconds=st.sampled_from([None, 1e-9]),
)
def test_why_not_all_was_read(texts: list[str], sure: float | None, seconds: float | None) -> None:
    """There is a reason if and only if there was more to read, also where nothing was found, where passages
    have no windows, or many: surer than needed, or else without time."""
    asked = answerer(FakeLibrary(*texts), {"nine": 3.0})
    evidence = asked.ask("When?", sure=sure, seconds=seconds, threshold=0.0).evidence
    assert len(evidence.passages) == len(texts)
    assert (evidence.stopped is None) == (evidence.read == len(texts))
    least = WINDOWS_AT_ONCE if seconds is None else HURRIED
    assert evidence.windows >= min(least, sum(1 for text in texts if text))
    assert all(row.probability == 0.0 for row in evidence.passages[evidence.read :])
    assert sure is not None or evidence.stopped != "sure"
    assert seconds is not None or evidence.stopped != "time"


def test_with_a_second_reader_all_is_read() -> None:
    """Whoever takes one wants thoroughness."""
    library = FakeLibrary(*(f"It is {number} days." for number in range(20, 40)))
    asked = answerer(library, {"22": 5.0})
    asked.confirmer = asked.reader
    assert asked.ask("How many?").evidence.read == 20


def test_a_thorough_reader_has_the_last_word_on_the_best_few() -> None:
    """It reads only the most probable passages, moves probability among them, and chooses their spans; a
    passage that it did not read keeps its own."""
    library = FakeLibrary(*(f"It is {number} whole days." for number in range(20, 30)))
    quick = {str(20 + n): 5.0 - n / 10 for n in range(10)}
    seen = ChosenRuntime(TOKENIZER, {"21 whole days": 9.0, "20": 3.0, "29": 30.0})
    asked = Answerer(
        library, Reader(TOKENIZER, ChosenRuntime(TOKENIZER, quick)), PLAIN, confirmer=Reader(TOKENIZER, seen)
    )
    alone = answerer(library, quick).ask("How many?", threshold=0.0)
    outcome = answer(asked.ask("How many?", threshold=0.0))
    assert outcome.quote.text == "21 whole days"
    assert len(seen.seen) == outcome.evidence.confirmed == CONFIRMED
    before, after = ([row.probability for row in each.evidence.passages] for each in (alone, outcome))
    assert sum(before[:CONFIRMED]) == pytest.approx(sum(after[:CONFIRMED]))
    assert before[CONFIRMED:] == after[CONFIRMED:]
    assert outcome.evidence.nothing == alone.evidence.nothing


def test_a_heading_is_read_by_readers_that_learned_it() -> None:
    """It stands in front of the passage, and no answer is taken from it."""
    library = FakeLibrary("It is 25 days.")
    library.passages = [replace(library.passages[0], heading="Annual leave > 30")]
    runtime = ChosenRuntime(TOKENIZER, {"25": 5.0, "30": 9.0})
    outcome = Answerer(library, Reader(TOKENIZER, runtime, headings=True), PLAIN).ask("How many?")
    assert answer(outcome).quote.text == "25"
    (window,) = runtime.seen
    heading = TOKENIZER("Annual leave > 30:").ids.tolist()
    assert window.ids[window.lead - len(heading) : window.lead].tolist() == heading


def test_runner_ups_are_few_and_in_order() -> None:
    """By confidence: an answer and four others, or the three nearest places and four others."""
    phrases = {f"word{number}": float(number) for number in range(9)}
    library = FakeLibrary(*[f"This is word{number} here." for number in range(9)])
    sure = answer(answerer(library, phrases).ask("Which?", threshold=0.0))
    assert [quote.text for quote in quotes(sure)] == [f"word{n}" for n in (8, 7, 6, 5, 4)]
    assert len(sure.others) == OTHERS
    unsure = no_answer(answerer(library, phrases).ask("Which?", threshold=1.0))
    assert (len(unsure.nearest), len(unsure.others)) == (NEAREST, OTHERS)
    assert [quote.text for quote in quotes(unsure)] == [f"word{n}" for n in (8, 7, 6, 5, 4, 3, 2)]


def test_evidence_accounts_for_all_probability() -> None:
    """One window a passage: the passages' probabilities and P(no answer) are 1.  A passage without a
    window has none; stages are timed."""
    library = FakeLibrary(HOURS, "", LEAVE)
    outcome = answerer(library, {"nine": 3.0, "25": 1.0}).ask("How many?")
    evidence = outcome.evidence
    probabilities = [each.probability for each in evidence.passages]
    assert sum(probabilities) + evidence.nothing == pytest.approx(1)
    assert probabilities[1] == 0.0
    assert evidence.passages[1].score == float("-inf")
    assert [each.bm25 for each in evidence.passages] == [3.0, 2.0, 1.0]
    assert set(evidence.seconds) == {"retrieve", "read", "compare", "verify"}
    assert all(seconds >= 0 for seconds in evidence.seconds.values())


def test_all_of_the_evidence_is_on_one_scale() -> None:
    """An answer of one passage is as probable as that passage's; with "none of them" it is at most certain."""
    library = FakeLibrary(HOURS, LEAVE)
    scaled = replace(PLAIN, slope=0.6, shift=0.8)
    outcome = answer(answerer(library, {"nine": 1.0, "25": -6.0}, scaled).ask("When?", threshold=0.1))
    plain = answer(answerer(library, {"nine": 1.0, "25": -6.0}).ask("When?", threshold=0.1))
    assert outcome.quote.confidence == outcome.evidence.passages[0].probability
    assert outcome.quote.confidence == pytest.approx(
        float(scaled.confidence(np.array(plain.quote.confidence)))
    )
    assert outcome.quote.confidence + outcome.evidence.nothing <= 1
    assert outcome.evidence.nothing < plain.evidence.nothing


def test_a_passage_of_several_windows_counts_with_its_best() -> None:
    """The other windows' probability is not the passage's: evidence then comes to less than 1."""
    library = FakeLibrary("Filler words stand here. " * 200 + "We open at nine.")
    evidence = answerer(library, {"nine": 3.0}).ask("When?").evidence
    assert evidence.windows > 2
    assert evidence.passages[0].score == pytest.approx(3.0)
    assert evidence.passages[0].probability + evidence.nothing < 1


def test_reprs_show_no_document() -> None:
    """Logged outcomes say how much, not what."""
    outcome = answerer(FakeLibrary(HOURS), {"nine": 6.0}).ask("When?")
    assert "nine" not in repr(outcome)
    assert "start=11, end=15" in repr(outcome)
