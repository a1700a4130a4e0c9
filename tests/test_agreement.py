"""Which place is cited for an answer that stands in several: one of the document that is most probably meant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.agreement import best_place, in_context, same_answer, says, within
from qa_engine.squad import normalise_answer
from tests.fake_library import PLAIN, FakeLibrary, FakePassage, answer, answerer

TEXTS = st.sampled_from(["13", "13 or older", "13 years of age", "18", "GSA", "GSA InSite", "13 to 18", ""])
PLACES = st.lists(st.tuples(TEXTS, st.integers(0, 3), st.floats(0, 1)), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "answer", "same"),
    [
        ("13", "13", True), ("13 or older", "13", True), ("at least 13 years of age", "13 years", True),
        ("13", "13 or older", False), ("113 days", "13", False), ("13 to 18", "13", False), ("1,300", "1", False),
        ("GSA", "GSA", True), ("GSA InSite", "GSA", False), ("no later than 30 days", "no", False), ("", "", False),
        ("2.5 hours", "2.5", True), ("2.5 hours", "2", False), ("25 hours", "2.5", False), ("5% off", "5", False),
        ("under 13", "13", False), ("under 13", "under 13", True), ("children under 13", "under 13", True),
        ("more than 5 days", "5 days", False), ("not after 30 days", "after 30 days", False),
        ("30 days after", "30 days", False), ("5 working days before it", "5", False), ("< 5", "5", False),
        ("younger than 16", "16", False), ("older than 16", "16", False), ("up to 13", "13", False),
        ("13 or younger", "13", False), ("13 years of age or under", "13", False),
        ("no later than 5 May", "5 May", False), ("except 5 May", "5 May", False), ("half of 13", "13", False),
        ("maximum 5 days", "5 days", False), ("minimum 5 days", "5 days", False), ("13 million", "13", False),
        ("13 per cent", "13", False), ("any port but 8080", "8080", False), ("isn't 13", "13", False),
        ("isn\u2019t 13", "13", False), ("do not use 8080", "8080", False), ("under the age of 13", "13", False),
        ("5 days at the latest", "5 days", False), ("30 days in advance", "30 days", False),
        ("about 13", "13", True), ("13 working days", "13", True), ("500 miles", "$500", False),
        ("$30 a day", "$30", True), ("$30", "30", False), ("from 5 May", "5 May", True),
        ("one day before 30 June 2025", "before 30 June 2025", True), ("over 60 km", "60 km", False),
    ],
)  # fmt: skip
def test_an_answer_in_more_words(text: str, answer: str, same: bool) -> None:
    """Is the same one if it has figures, and the same ones, and compares with none where the answer does not."""
    assert says(same_answer(text), same_answer(answer)) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.5 days", "15 days"), ("3.14", "314"), ("10:30", "1030"), ("1-2 days", "12 days"), ("5%", "5"),
        ("-5", "5"), (".5", "5"), ("1/2", "12"), ("1,300", "1.300"), ("12,5", "125"),
        ("$30", "30"), ("30 €", "30"), ("$500", "500 miles"), ("≤ 5", "≥ 5"), ("C#", "C++"), ("C#", "C"), ("<5", "> 5"), ("< $5", "$5"), ("+5", "5"), ("B+", "B"), ("Plan A.", "Plan"),
    ],
)  # fmt: skip
def test_other_figures_and_names_are_other_answers(one: str, other: str) -> None:
    """Though SQuAD's metrics, which know no punctuation, take them for the same."""
    assert same_answer(one) != same_answer(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,300 people", "1300 people"), ("5 %", "5%"), ("The 25.", "25"), ("€ 30", "€30"), ("$ 30", "$30"), ("30 €", "30€"), ("B-12", "B12"),
        ("at 10:30.", "at 10:30"), ("(25)", "25"), ("an e-mail", "email"),
        ("<5 days", "< 5 days"), ("a plan", "Plan"), ("Plan A", "the plan A."), ("a + b", "B"),
    ],
)  # fmt: skip
def test_what_makes_no_difference(one: str, other: str) -> None:
    """Marks that belong to no figure, thousands, articles, spaces."""
    assert same_answer(one) == same_answer(other)


@given(st.text(alphabet=st.characters(exclude_categories=["Nd", "Co"], exclude_characters="+#<>A")))
def test_without_figures_and_names_it_is_squad_s_normalisation(text: str) -> None:
    """Letter for letter."""
    assert same_answer(text) == normalise_answer(text)


BESIDE = st.sampled_from(
    [("younger than ", ""), ("older than ", ""), ("up to ", ""), ("", " or younger"), ("no later than ", ""),
     ("at most ", ""), ("but ", ""), ("half of ", ""), ("", " million"), ("", " per cent"), ("$", ""),
     ("", "%"), ("< ", ""), ("", " days before"), ("not ", ""), ("€ ", ""), ("", "")]
)  # fmt: skip


@given(one=BESIDE, other=BESIDE, figure=st.integers(0, 99).map(str))
def test_what_stands_beside_a_figure_belongs_to_it(
    one: tuple[str, str], other: tuple[str, str], figure: str
) -> None:
    """Though only the figure was cut out, and whatever other clauses tell."""

    def cut_out(beside: tuple[str, str]) -> str:
        before, behind = beside
        return in_context(figure, f"Not after 7, the rule is {before}", f"{behind}, but for others 7 is not")

    before, behind = one
    assert cut_out(one) == same_answer(f"{before}{figure}{behind}")
    assert says(cut_out(one), cut_out(other)) == (one == other)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_what_stands_beside_other_words_makes_no_difference(text: str, before: str, behind: str) -> None:
    """Nor does nothing beside a figure; what is empty without its sentence says nothing."""
    assert in_context(text, "", "") == same_answer(text)
    if not any(character.isdecimal() for character in text):
        assert in_context(text, before, behind) == same_answer(text)


def test_a_figure_cut_out_of_a_limit_is_no_other_place_of_it() -> None:
    """ "16" of "younger than 16" is told as what may answer, too, and not as "also said in"."""
    rule, limit, same = "The age is 16 here.", "Nobody younger than 16 may.", "It is 16."
    asks = answerer(FakeLibrary(rule, limit, same), {"16": 6.0}, PLAIN)
    outcome = answer(asks.ask("What is the age?", threshold=0.1))
    assert outcome.quote.sentence in (rule, same)
    assert [each.sentence for each in outcome.also] == [{rule: same, same: rule}[outcome.quote.sentence]]
    assert [each.sentence for each in outcome.others] == [limit]


@given(places=PLACES, data=st.data())
def test_the_place_gives_the_answer_and_its_document_is_the_most_probable(
    places: list[tuple[str, int, float]], data: st.DataObject
) -> None:
    """No other document's places that give it come to more, and none of its own is more probable."""
    texts = [same_answer(text) for text, _, _ in places]
    documents, p = [document for _, document, _ in places], np.array([each for _, _, each in places])
    answer = data.draw(st.integers(0, len(places) - 1))
    place = best_place(answer, texts, documents, p)
    assert place == answer or says(texts[place], texts[answer])
    giving = [i for i, text in enumerate(texts) if says(text, texts[answer])] or [answer]
    sums = {each: sum(p[i] for i in giving if documents[i] == each) for each in set(documents)}
    assert sums[documents[place]] == pytest.approx(max(sums.values()))
    assert p[place] == max(p[i] for i in giving if documents[i] == documents[place])


@given(text=st.text(max_size=20), before=st.text(max_size=5), after=st.text(max_size=5))
def test_within_finds_whole_words_where_they_stand(text: str, before: str, after: str) -> None:
    found = within(text, f"{before} {text} {after}")
    assert found is not None
    assert f"{before} {text} {after}"[slice(*found)].casefold() == text.casefold()
    assert within("13", "113 days") is None


def test_a_rule_is_cited_rather_than_a_mention() -> None:
    """Of two documents the one that says it twice, though the mention is the most probable place of all; the
    answer and its confidence stay, and all places are told."""
    mention, rule, note = "Anyone of 13 has to go.", "You must be 13 or older.", "In short: 13 up."
    library = FakeLibrary(mention, f"{rule} {note}")
    behind = len(rule) + 1
    library.passages = [
        library.passages[0],
        FakePassage(101, 1, 0, rule, ((0, len(rule)),)),
        FakePassage(102, 1, behind, note, ((behind, behind + len(note)),)),
    ]
    library.scores = [10.0, 5.0, 5.0]
    asks = answerer(library, {"13": 6.0, "13 or older": 6.5, "13 up": 6.5}, replace(PLAIN, retrieval=1.6))
    outcome = answer(asks.ask("How old must a user be?", threshold=0.3))
    probabilities = [each.probability for each in outcome.evidence.passages]
    assert probabilities[0] == max(probabilities)
    assert outcome.quote.confidence == pytest.approx(probabilities[0])
    assert (outcome.quote.text, outcome.quote.sentence) == ("13", rule)
    assert [each.sentence for each in outcome.also] == [mention, note]
    assert outcome.others == ()
