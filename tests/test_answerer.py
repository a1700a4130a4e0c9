"""From a question to an answer, with a fake library and chosen logits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.answerer import MAX_QUESTION_CHARACTERS, NEAREST, OTHERS, PASSAGES_READ, Answerer
from qa_engine.answers import Answer, NoAnswer, Outcome, Quote
from qa_engine.calibration import Calibration
from qa_engine.cascade import CONFIRMED
from qa_engine.models import EMBEDDED
from qa_engine.reader import WINDOWS_AT_ONCE, Reader
from qa_engine.runtime import Runtime
from qa_engine.sources import Found
from qa_engine.tokens import Tokenizer
from tests.fake_runtime import ChosenRuntime, NoisyRuntime

TOKENIZER = Tokenizer(EMBEDDED / "vocab.txt")
PLAIN = Calibration(reader=1.0, retrieval=0.0, nothing=0.0, threshold=0.5)
"""P is the softmax of the scores themselves: a lone window of score 0 has P = 1/2."""

HOURS = "We open at nine. We shut at five o'clock. On Sundays we rest."
LEAVE = "Everyone gets 25 days of leave. Ask your manager first."


@dataclass(frozen=True, slots=True)
class FakePassage:
    id: int
    document_id: int
    start: int
    text: str = field(repr=False)
    sentences: tuple[tuple[int, int], ...] = field(repr=False)
    heading: str = ""


def sentences(text: str, start: int) -> tuple[tuple[int, int], ...]:
    """Up to each full stop, without the blanks between."""
    found, position = [], 0
    for part in text.split(". "):
        end = min(position + len(part) + 1, len(text))
        if part.strip():
            found.append((start + position, start + end))
        position += len(part) + 2
    return tuple(found)


class FakeLibrary:
    """Documents in a list; every passage is found, in order, with BM25 scores as given.

    `after_search` is called once a search is done: a document may change between reading and answering.
    """

    def __init__(self, *texts: str) -> None:
        self.documents: dict[int, str] = dict(enumerate(texts))
        self.passages = [
            FakePassage(100 + number, number, 0, text, sentences(text, 0))
            for number, text in enumerate(texts)
        ]
        self.scores: list[float] = []
        self.asked: list[tuple[str, int, Collection[str] | None]] = []
        self.changes: dict[int, str | None] = {}
        self.meanings: dict[str, str] = {}

    def spelled_out(self, question: str) -> str:
        return self.meanings.get(question, question)

    def search(
        self, question: str, k: int, *, collections: Collection[str] | None
    ) -> Sequence[Found[FakePassage]]:
        self.asked.append((question, k, collections))
        scores = self.scores or [float(len(self.passages) - i) for i in range(len(self.passages))]
        found = [Found(passage, score) for passage, score in zip(self.passages, scores, strict=True)][:k]
        for number, text in self.changes.items():
            if text is None:
                del self.documents[number]
            else:
                self.documents[number] = text
        return found

    def text(self, document_id: int, start: int, end: int) -> str | None:
        document = self.documents.get(document_id)
        return None if document is None else document[start:end]


def answerer(
    library: FakeLibrary, runtime: Runtime | dict[str, float], calibration: Calibration = PLAIN
) -> Answerer[FakePassage]:
    if isinstance(runtime, dict):
        runtime = ChosenRuntime(TOKENIZER, runtime)
    return Answerer(library, Reader(TOKENIZER, runtime), calibration)


def answer(outcome: Outcome[FakePassage]) -> Answer[FakePassage]:
    assert isinstance(outcome, Answer)
    return outcome


def no_answer(outcome: Outcome[FakePassage]) -> NoAnswer[FakePassage]:
    assert isinstance(outcome, NoAnswer)
    return outcome


def quotes(outcome: Outcome[FakePassage]) -> list[Quote[FakePassage]]:
    """All quotes of an outcome: the answer, where else it stands, the runner-ups."""
    first = (outcome.quote, *outcome.also) if isinstance(outcome, Answer) else outcome.nearest
    return [*first, *outcome.others]


def test_copies_of_a_sentence_take_one_place_only() -> None:
    """Versions of a document say the same: what is near or other is shown once, the most probable first."""
    library = FakeLibrary("Cats sleep a lot.", "Dogs sleep.", "Cats sleep a lot.", "Cats  sleep a lot!")
    unsure = answerer(library, {"Cats": -6.0, "Dogs": -7.0}).ask("Who sleeps?")
    assert isinstance(unsure, NoAnswer)
    assert [quote.sentence for quote in unsure.nearest] == ["Cats sleep a lot.", "Dogs sleep."]
    assert unsure.others == ()


def test_the_question_is_searched_for_and_read_as_it_is_spelled_out() -> None:
    library = FakeLibrary(HOURS)
    library.meanings = {"When does HQ open?": "When does HQ open? (head office)"}
    outcome = answerer(library, {"nine": 8.0}).ask("When does HQ open?")
    assert isinstance(outcome, Answer)
    assert library.asked[0][0] == "When does HQ open? (head office)"


def test_an_answer_is_a_quote_in_its_sentence() -> None:
    """The span, the sentence around it, and where both stand in the document."""
    outcome = answer(answerer(FakeLibrary(LEAVE, HOURS), {"five o'clock": 4.0}).ask("When do you shut?"))
    quote = outcome.quote
    assert quote.text == "five o'clock"
    assert quote.sentence == "We shut at five o'clock."
    assert (quote.before, quote.after) == ("We shut at ", ".")
    assert HOURS[quote.start : quote.end] == quote.text
    assert HOURS[quote.sentence_start : quote.sentence_end] == quote.sentence
    assert quote.passage.document_id == 1
    assert quote.confidence == outcome.evidence.passages[1].probability > 0.9


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


def test_a_span_across_sentences_is_quoted_with_all_of_them() -> None:
    """From the first touched sentence's beginning to the last one's end."""
    span = "at five o'clock. On Sundays"
    quote = answer(answerer(FakeLibrary(HOURS), {span: 9.0}).ask("When?")).quote
    assert quote.text == span
    assert quote.sentence == "We shut at five o'clock. On Sundays we rest."


@pytest.mark.parametrize("span", ["We shut", "five o'clock.", "We shut at five o'clock."])
def test_a_span_at_its_sentence_s_edge_stays_in_it(span: str) -> None:
    """Beginning or ending with its sentence, it draws in no neighbour."""
    quote = answer(answerer(FakeLibrary(HOURS), {span: 9.0}).ask("When?")).quote
    assert (quote.text, quote.sentence) == (span, "We shut at five o'clock.")


def test_offsets_count_from_the_document_not_the_passage() -> None:
    """A passage from the middle of a document, with a sentence before it that is not its own."""
    library = FakeLibrary(HOURS)
    start = HOURS.index("We shut")
    library.passages = [FakePassage(7, 0, start, HOURS[start:], sentences(HOURS[start:], start))]
    quote = answer(answerer(library, {"five": 9.0}).ask("When?")).quote
    assert HOURS[quote.start : quote.end] == "five"
    assert quote.sentence == "We shut at five o'clock."


def test_neighbouring_passages_give_one_quote() -> None:
    """Passages overlap by a sentence; a span found in both is one quote, the better of the two, and so
    are spans that only overlap."""
    library = FakeLibrary(HOURS)
    start = HOURS.index("We shut")
    library.passages = [
        FakePassage(1, 0, 0, HOURS[: start + 24], sentences(HOURS[: start + 24], 0)),
        FakePassage(2, 0, start, HOURS[start:], sentences(HOURS[start:], start)),
    ]
    library.scores = [1.0, 2.0]
    calibration = Calibration(reader=1.0, retrieval=1.0, nothing=0.0, threshold=0.3)
    outcome = answer(answerer(library, {"five o'clock": 6.0}, calibration).ask("When?"))
    assert [(quote.text, quote.passage.id) for quote in quotes(outcome)] == [("five o'clock", 2)]


def test_the_same_answer_in_two_documents_is_surer_and_two_quotes() -> None:
    """Two places that say the same confirm each other: each has the confidence of both, as SQuAD
    compares answers; offsets alone do not make a duplicate."""
    library = FakeLibrary("It is 25 days.", "It is 30 days.", "The 25, it says.")
    library.scores = [1.0, 3.0, 2.0]
    calibration = Calibration(reader=1.0, retrieval=0.3, nothing=0.0, threshold=0.1)
    outcome = answer(answerer(library, {"25": 6.0, "The 25": 6.5, "30": 6.5}, calibration).ask("How many?"))
    found = quotes(outcome)
    assert [(quote.text, quote.passage.document_id) for quote in found] == [
        ("The 25", 2),
        ("25", 0),
        ("30", 1),
    ]
    alone = [each.probability for each in outcome.evidence.passages]
    assert found[0].confidence == found[1].confidence == pytest.approx(alone[0] + alone[2])
    assert found[2].confidence == pytest.approx(alone[1])
    assert [quote.text for quote in outcome.also] == ["25"]
    assert [quote.text for quote in outcome.others] == ["30"]


def test_only_so_many_passages_as_there_is_time_for() -> None:
    """A reader that is out of time answers from what it has read, says how much that was, and always reads
    the first few; without a limit it reads all."""
    library = FakeLibrary(*(f"It is {number} days." for number in range(20, 40)))
    asked = answerer(library, {"20": 5.0, "39": 9.0})
    hurried = asked.ask("How many?", seconds=1e-9)
    assert answer(hurried).quote.text == "20"
    assert hurried.evidence.read == hurried.evidence.windows == WINDOWS_AT_ONCE
    assert len(hurried.evidence.passages) == 20
    assert [row.probability for row in hurried.evidence.passages[WINDOWS_AT_ONCE:]] == [0.0] * 16
    patient = asked.ask("How many?", seconds=3600)
    assert answer(patient).quote.text == answer(asked.ask("How many?")).quote.text == "39"
    assert patient.evidence.read == 20


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


def test_answers_without_a_word_do_not_confirm_each_other() -> None:
    """What SQuAD's normalisation leaves nothing of ("the", a sign) is like no other."""
    outcome = answer(
        answerer(FakeLibrary("the", "!", "a"), {"the": 5.0, "!": 5.0, "a": 5.0}).ask("Which?", threshold=0.1)
    )
    assert {quote.confidence for quote in quotes(outcome)} == {outcome.evidence.passages[0].probability}


@pytest.mark.parametrize("change", ["We open at ten. " + HOURS[16:], "", None, HOURS[:10]])
def test_a_document_that_changed_is_not_quoted(change: str | None) -> None:
    """Altered, emptied, gone or cut between reading and answering: the next best quote takes its place."""
    library = FakeLibrary(HOURS, "The other office opens at eight.")
    library.changes = {0: change}
    asks = answerer(library, {"nine": 6.0, "eight": 5.0})
    outcome = asks.ask("When do you open?", threshold=0.2)
    assert [quote.text for quote in quotes(outcome)] == ["eight"]
    assert isinstance(outcome, Answer)
    assert outcome.quote.confidence < 0.5  # what it was worth beside the one that went


def test_a_change_elsewhere_in_the_document_hides_nothing() -> None:
    """The quoted sentence at its place is what counts, not the document's other sentences."""
    library = FakeLibrary(HOURS)
    library.changes = {0: HOURS.replace("On Sundays we rest.", "On Sundays we work.")}
    assert answer(answerer(library, {"nine": 6.0}).ask("When?")).quote.text == "nine"


def test_nothing_stands_any_more() -> None:
    """If all that was read has changed, nothing is quoted, and nothing raised."""
    library = FakeLibrary(HOURS, LEAVE)
    library.changes = {0: None, 1: "x"}
    outcome = no_answer(answerer(library, {"nine": 6.0, "25": 5.0}).ask("When?"))
    assert (outcome.reason, quotes(outcome)) == ("nothing found", [])


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


def test_a_passage_of_several_windows_counts_with_its_best() -> None:
    """The other windows' probability is not the passage's: evidence then comes to less than 1."""
    library = FakeLibrary("Filler words stand here. " * 200 + "We open at nine.")
    evidence = answerer(library, {"nine": 3.0}).ask("When?").evidence
    assert evidence.windows > 2
    assert evidence.passages[0].score == pytest.approx(3.0)
    assert evidence.passages[0].probability + evidence.nothing < 1


SENTENCES = st.sampled_from(
    [
        "We open at nine.",
        "İstanbul café 👩‍👩‍👧.",
        "你好。",
        "cafe\u0301 costs 5 €.",
        "A b c d e f.",
        "\ud800 x.",
    ]
)
DOCUMENTS = st.lists(st.lists(SENTENCES, min_size=1, max_size=40).map(" ".join), max_size=5)


@given(DOCUMENTS, st.integers(0, 10**6), st.floats(0, 1), st.integers(0, 30))
def test_every_quote_is_a_slice_of_its_document(
    documents: list[str], seed: int, threshold: float, cut: int
) -> None:
    """The law of the house, for every quote of every outcome: document[start:end] == text, the sentence
    holds it, before + text + after is the sentence, no two quotes overlap, confidences fall."""
    library = FakeLibrary(*documents)
    library.passages = [
        FakePassage(each.id, each.document_id, cut, each.text[cut:], sentences(each.text[cut:], cut))
        for each in library.passages
        if cut < len(each.text)
    ]
    outcome = answerer(library, NoisyRuntime(seed)).ask("Which one?", threshold=threshold)
    found = quotes(outcome)
    for quote in found:
        document = documents[quote.passage.document_id]
        assert document[quote.start : quote.end] == quote.text != ""
        assert document[quote.sentence_start : quote.sentence_end] == quote.sentence
        assert quote.before + quote.text + quote.after == quote.sentence
    places = [(quote.passage.document_id, i) for quote in found for i in range(quote.start, quote.end)]
    assert len(places) == len(set(places))
    confidences = [quote.confidence for quote in found]
    assert confidences == sorted(confidences, reverse=True)
    if isinstance(outcome, Answer):
        assert outcome.quote.confidence >= threshold
    elif outcome.reason == "not sure":
        assert found[0].confidence < threshold


def test_reprs_show_no_document() -> None:
    """Logged outcomes say how much, not what."""
    outcome = answerer(FakeLibrary(HOURS), {"nine": 6.0}).ask("When?")
    assert "nine" not in repr(outcome)
    assert "start=11, end=15" in repr(outcome)
