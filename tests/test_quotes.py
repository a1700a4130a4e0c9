"""What is quoted: a slice of a document as it stands now, in its sentence, each once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_engine.answerer import LEAST_ELSEWHERE
from qa_engine.answers import Answer, NoAnswer
from qa_engine.calibration import Calibration
from tests.fake_library import (
    HOURS,
    LEAVE,
    PLAIN,
    FakeLibrary,
    FakePassage,
    answer,
    answerer,
    no_answer,
    quotes,
    sentences,
)
from tests.fake_runtime import NoisyRuntime


def test_copies_of_a_sentence_take_one_place_only() -> None:
    """Versions of a document say the same: what is near or other is shown once, the most probable first."""
    library = FakeLibrary("Cats sleep a lot.", "Dogs sleep.", "Cats sleep a lot.", "Cats  sleep a lot!")
    unsure = answerer(library, {"Cats": -6.0, "Dogs": -7.0}).ask("Who sleeps?")
    assert isinstance(unsure, NoAnswer)
    assert [quote.sentence for quote in unsure.nearest] == ["Cats sleep a lot.", "Dogs sleep."]
    assert unsure.others == ()


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
    """Two places that say the same, as SQuAD compares answers, confirm each other: the answer has the
    confidence of both, the other place its own; offsets alone do not make a duplicate."""
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
    assert found[0].confidence == pytest.approx(alone[0] + alone[2])
    assert found[1].confidence == pytest.approx(alone[0])
    assert found[2].confidence == pytest.approx(alone[1])
    assert [quote.text for quote in outcome.also] == ["25"]
    assert [quote.text for quote in outcome.others] == ["30"]


def test_a_place_that_only_has_the_same_figure_is_not_told() -> None:
    """Neither as the same answer nor as another one."""
    library = FakeLibrary(
        "Leave lasts 30 days.", "Logs are kept 30 days.", "Leave: 30 days.", "It is 5 days."
    )
    library.scores = [9.0, 1.0, 8.0, 9.0]
    calibration = Calibration(reader=1.0, retrieval=6.0, nothing=0.0, threshold=0.1)
    asked = answerer(library, {"30 days": 6.0, "5 days": 0.0}, calibration)
    outcome = answer(asked.ask("How long does leave last?"))
    assert outcome.quote.sentence == "Leave lasts 30 days."
    assert outcome.evidence.passages[1].probability < LEAST_ELSEWHERE
    assert [quote.sentence for quote in outcome.also] == ["Leave: 30 days."]
    assert [quote.sentence for quote in outcome.others] == ["It is 5 days."]


def test_answers_without_a_word_do_not_confirm_each_other() -> None:
    """What SQuAD's normalisation leaves nothing of ("the", a sign) is like no other."""
    outcome = answer(
        answerer(FakeLibrary("the", "!", "a"), {"the": 5.0, "!": 5.0, "a": 5.0}).ask("Which?", threshold=0.1)
    )
    probability = outcome.evidence.passages[0].probability
    assert [quote.confidence for quote in quotes(outcome)] == pytest.approx([probability] * 2)


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
@example(["We open at nine.", "We open at nine. café costs 5 €."] * 2, 246, 0.0, 7)
def test_every_quote_is_a_slice_of_its_document(
    documents: list[str], seed: int, threshold: float, cut: int
) -> None:
    """The law of the house, for every quote of every outcome: document[start:end] == text, the sentence
    holds it, before + text + after is the sentence, no two quotes overlap, confidences fall (a place that
    says the answer in more words, "13 or older", may be less sure than another answer)."""
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
    also = outcome.also if isinstance(outcome, Answer) else ()
    for ranked in ([quote for quote in found if quote not in also], [*found[:1], *also]):
        confidences = [quote.confidence for quote in ranked]
        assert confidences == sorted(confidences, reverse=True)
    if isinstance(outcome, Answer):
        assert outcome.quote.confidence >= threshold
    elif outcome.reason == "not sure":
        assert found[0].confidence < threshold


@settings(max_examples=20)
@given(st.lists(st.booleans(), min_size=3, max_size=3), st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_a_place_that_is_gone_gives_its_part_to_no_other(gone: list[bool], scores: list[float]) -> None:
    """The confidence of an answer is what the places that still stand come to, whatever else was read."""
    library = FakeLibrary("You must be 16.", "Only from 16 on.", "At 16 one may.")
    library.scores = scores
    library.changes = {number: None for number in range(3) if gone[number]}
    outcome = answerer(library, {"16": 2.0}, replace(PLAIN, retrieval=1.0)).ask("How old?", threshold=0.0)
    there = [each.probability for each in outcome.evidence.passages if not gone[each.passage.document_id]]
    if not there:
        assert no_answer(outcome).reason == "nothing found"
    else:
        assert answer(outcome).quote.confidence == pytest.approx(sum(there))
