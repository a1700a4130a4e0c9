"""The reader: texts to spans, with chosen logits at the seam and with the reader that ships."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.loading import best_span
from qa_engine.models import EMBEDDED
from qa_engine.reader import SPANS_A_WINDOW, WINDOWS_AT_ONCE, Reader, Reading
from qa_engine.runtime import OpenVinoRuntime
from qa_engine.spans import MAX_TOKENS
from qa_engine.tokens import Tokenizer
from qa_engine.windows import SHORTEST, SIZE
from tests.fake_runtime import ChosenRuntime, NoisyRuntime

TOKENIZER = Tokenizer(EMBEDDED / "vocab.txt")
PASSAGE = "Skerryvane's café in İstanbul opens at 9 o'clock. 👩‍👩‍👧 are welcome; 你好."
FILLER = "The quick brown fox jumps over the lazy dog. " * 60

TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["İstanbul", "café", "cafe\u0301", "👩‍👩‍👧", "你好", "한국어", "\ud800", "9 o'clock", "\x00", "."]
        ),
        max_size=300,
    ).map(" ".join),
)


def chosen(phrases: dict[str, float], *, size: int = SIZE) -> Reader:
    return Reader(TOKENIZER, ChosenRuntime(TOKENIZER, phrases, size=size))


def texts(reading: Reading, passages: list[str]) -> list[str]:
    return [passages[each.passage][each.start : each.end] for each in reading.candidates]


def best_scores(reading: Reading, passages: int) -> list[float]:
    """The score of each passage's best span, -inf where it has none."""
    return [
        max((each.score for each in reading.candidates if each.passage == number), default=-math.inf)
        for number in range(passages)
    ]


@pytest.mark.parametrize(
    "phrase", ["Skerryvane", "café", "İstanbul", "9 o'clock", "opens at 9", "你好", "welcome; 你好.", PASSAGE]
)
def test_spans_come_back_in_the_passage_s_own_characters(phrase: str) -> None:
    """Case, accents, emoji and characters of several tokens: the span is the text as it was written."""
    found = chosen({phrase: 8.0}).read("Which?", [PASSAGE])
    best = found.candidates[0]
    assert PASSAGE[best.start : best.end] == phrase
    assert best.score == pytest.approx(8.0)
    assert (best.passage, best.window) == (0, 0)


def test_a_span_stands_out_where_no_other_is_as_good() -> None:
    """Its prominence: how far it stands above the last of the eight best of its window."""
    sure, torn = (
        chosen(phrases).read("When?", [PASSAGE]).candidates[0]
        for phrases in (
            {"9 o'clock": 8.0},
            {"9 o'clock": 8.0, "9": 7.0, "at 9": 7.5, "9 o": 7.0, "welcome": 7.5},
        )
    )
    assert sure.score == pytest.approx(torn.score)
    assert sure.prominence > torn.prominence > 0


@given(st.lists(TEXTS, max_size=3))
def test_prominences_are_heights_above_the_window_s_last_span(passages: list[str]) -> None:
    """Of all that a window puts forward, whatever it holds."""
    found = Reader(TOKENIZER, NoisyRuntime(len(passages))).read("Which?", passages)
    lowest: dict[int, float] = {}
    for each in found.candidates:
        lowest[each.window] = min(each.score, lowest.get(each.window, math.inf))
    assert all(each.prominence == each.score - lowest[each.window] for each in found.candidates)


def test_spans_are_found_in_every_window_of_a_long_passage() -> None:
    """An answer at the end of a long text is found at its own place; what overlaps is found in each
    window that holds it."""
    passage = FILLER + "It opens at 9 o'clock. " + FILLER + "Closed on Sunday."
    reader = chosen({"9 o'clock": 6.0, "on Sunday": 7.0})
    found = reader.read("When?", [passage])
    good = [each for each in found.candidates if each.score > 5]
    assert {(each.start, passage[each.start : each.end]) for each in good} == {
        (passage.index("9 o'clock"), "9 o'clock"),
        (passage.index("on Sunday"), "on Sunday"),
    }
    prepared = reader.prepare("When?", [passage])
    holding = sum(
        window.first <= TOKENIZER.count(passage[: passage.index("9 o'")])
        and window.first + window.count >= TOKENIZER.count(passage[: passage.index("9 o'") + 9])
        for window in prepared.windows
    )
    assert sum(passage[each.start : each.end] == "9 o'clock" for each in good) == holding > 1


def test_the_best_come_first_over_all_passages() -> None:
    """Candidates by score, none of a passage without a word; and how much was read."""
    passages = ["It opens at 9.", "", "It shuts at 5, or at 6."]
    found = chosen({"9": 2.0, "at 5": 4.0, "6": 3.0}).read("When?", passages)
    assert texts(found, passages)[:1] == ["at 5"]
    scores = [each.score for each in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert best_scores(found, 3) == pytest.approx([2.0, -math.inf, 4.0])
    assert (found.windows, found.passages) == (2, 3)
    assert [each.window for each in found.candidates if each.score == pytest.approx(2.0)] == [0]
    assert len(found.candidates) <= SPANS_A_WINDOW * 2


@given(TEXTS, st.lists(TEXTS, max_size=4), st.integers(0, 99), st.sampled_from([SHORTEST, SIZE]))
def test_candidates_lie_in_their_passage(question: str, passages: list[str], seed: int, size: int) -> None:
    """Whatever the texts and the logits: non-empty slices of up to 30 tokens, of a passage that has a
    window, in order of their scores; and every passage with a token has one."""
    found = Reader(TOKENIZER, NoisyRuntime(seed, size=size)).read(question, passages)
    for each in found.candidates:
        assert 0 <= each.start < each.end <= len(passages[each.passage])
        assert 0 <= each.window < found.windows
    assert found.passages == len(passages)
    for passage, best in zip(passages, best_scores(found, len(passages)), strict=True):
        assert math.isfinite(best) == (TOKENIZER.count(passage) > 0)
    assert [-each.score for each in found.candidates] == sorted(-each.score for each in found.candidates)


@given(TEXTS, TEXTS, st.integers(0, 99))
def test_a_window_answers_at_least_as_probably_as_its_best_span(question: str, text: str, seed: int) -> None:
    """What all spans of it come to, of any length, the same for each: by the definition, window by window."""
    reader = Reader(TOKENIZER, NoisyRuntime(seed))
    found, logits = (
        reader.read(question, [text]),
        NoisyRuntime(seed).infer(reader.prepare(question, [text]).windows),
    )
    windows = reader.prepare(question, [text]).windows
    for each in found.candidates:
        window, scores = windows[each.window], logits[each.window]
        inside = range(window.lead, window.lead + window.count)
        pairs = [float(scores.start[a]) + float(scores.end[b]) for a in inside for b in inside]
        nothing = float(scores.start[0]) + float(scores.end[0])
        assert each.answerable == pytest.approx(math.log(sum(map(math.exp, pairs))) - nothing, abs=1e-4)
        assert each.answerable >= each.score - 1e-4


@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=3)), max_size=4))
def test_questions_together_are_questions_alone(asked: list[tuple[str, list[str]]]) -> None:
    """Reading several questions in one go mixes up nothing."""
    reader = chosen({"café": 3.0, "9 o'clock": 4.0, "好": 5.0})
    assert reader.read_all(asked) == [reader.read(question, passages) for question, passages in asked]


@given(st.lists(st.sampled_from(["", "We open at nine.", FILLER[:400]]), max_size=24))
def test_to_read_on_is_to_read(passages: list[str]) -> None:
    """A few windows at a time, those of a passage together, as many as `WINDOWS_AT_ONCE` if there are; the
    last of these readings is that of all at once."""
    reader = chosen({"nine": 3.0, "lazy": 1.0}, size=SHORTEST)
    steps = list(reader.read_on("When?", passages))
    whole = reader.read("When?", passages)
    assert steps[-1] == whole
    for before, after in pairwise([Reading((), 0, 0), *steps]):
        assert after.windows - before.windows >= min(WINDOWS_AT_ONCE, whole.windows)
        assert set(before.candidates) < set(after.candidates) or not whole.candidates
    for step in steps:
        read = [each for each in whole.candidates if each.passage < step.passages]
        assert list(step.candidates) == read


def test_nothing_to_read() -> None:
    """No passages, no windows, no candidates; and no questions, no readings."""
    assert chosen({}).read("Which?", []) == Reading((), 0, 0)
    assert chosen({}).read_all([]) == []
    assert best_span(chosen({}), "Which?", " ") == ""


def test_scores_are_log_odds_against_no_answer() -> None:
    """A model that shifts all its logits says the same: the no-answer entry is taken off."""

    class Shifted(ChosenRuntime):
        def infer(self, windows):  # type: ignore[no-untyped-def]
            return [
                type(each)(each.start + np.float32(64), each.end - np.float32(16))
                for each in super().infer(windows)
            ]

    phrases = {"9 o'clock": 4.0}
    plain = chosen(phrases).read("When?", [PASSAGE])
    shifted = Reader(TOKENIZER, Shifted(TOKENIZER, phrases)).read("When?", [PASSAGE])
    assert texts(shifted, [PASSAGE]) == texts(plain, [PASSAGE])
    for one, other in zip(shifted.candidates, plain.candidates, strict=True):
        assert (one.score, one.answerable) == pytest.approx((other.score, other.answerable))


def test_the_question_is_not_an_answer() -> None:
    """Spans come from the passage, however well the question's own words would score."""
    passages = ["It is open on Monday."]
    found = chosen({"Sunday": 50.0, "Monday": 1.0}).read("Sunday, or Monday?", passages)
    assert texts(found, passages)[0] == "Monday"
    assert found.candidates[0].score == pytest.approx(1.0)


def test_the_longest_span_is_thirty_tokens() -> None:
    """The bound of the SQuAD readers."""
    passage = "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6 7 8 9"
    letters = passage.split()
    longest = " ".join(letters[:MAX_TOKENS])
    too_long = " ".join(letters[: MAX_TOKENS + 1])
    assert texts(chosen({longest: 8.0}).read("?", [passage]), [passage])[0] == longest
    assert texts(chosen({too_long: 8.0}).read("?", [passage]), [passage])[0] != too_long


@pytest.fixture(scope="module")
def embedded() -> Reader:
    return Reader(TOKENIZER, OpenVinoRuntime(EMBEDDED / "reader.xml"))


@pytest.mark.parametrize(
    ("question", "passage", "answer"),
    [
        (
            "Where was Ada Lovelace born?",
            "Ada Lovelace was born in London in 1815. She worked with Charles Babbage on his engine.",
            "London",
        ),
        (
            "Who worked with Ada Lovelace?",
            "Ada Lovelace was born in London in 1815. She worked with Charles Babbage on his engine.",
            "Charles Babbage",
        ),
        (
            "How long does a password have to be?",
            "Every password must have at least fourteen characters. Passwords never expire, but they must "
            "be changed after an incident.",
            "fourteen",
        ),
        (
            "On which floor is the canteen?",
            "The canteen is on the second floor. It opens at 11:30 and closes at 14:00, and takes cards only.",
            "second",
        ),
        (
            "What is the capital of Türkiye?",
            "İstanbul is the largest city of Türkiye, but the capital of Türkiye is Ankara.",
            "Ankara",
        ),
    ],
)
def test_the_embedded_reader_answers(embedded: Reader, question: str, passage: str, answer: str) -> None:
    """The reader that ships finds the answer to an easy question, also at the end of a long passage."""
    assert answer in best_span(embedded, question, passage)
    assert answer in best_span(embedded, question, FILLER + passage)


def test_the_embedded_reader_tells_an_answer_from_none(embedded: Reader) -> None:
    """A passage that answers scores better than one that does not."""
    passages = ["The car park is behind the building.", "The canteen closes at 14:00."]
    found = embedded.read("When does the canteen close?", passages)
    best = best_scores(found, 2)
    assert best[1] > best[0]
