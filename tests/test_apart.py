"""What no training asks is decided by each question alone, so that no list of it can be lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa_engine.squad import Reference, SquadRow
from training.apart import ONE_IN, judged_by, never_asked
from training.invented import company, invented_rows


def row(number: int, source: str = "qed_nq") -> SquadRow:
    return SquadRow(
        id=f"q{number}", title="", context=f"Context {number % 7}.", question="What?",
        references=(Reference("Context", 0),), source=source,
    )  # fmt: skip


@given(
    numbers=st.sets(st.integers(0, 10_000), max_size=60), more=st.sets(st.integers(0, 10_000), max_size=60)
)
def test_other_questions_change_nothing(numbers: set[int], more: set[int]) -> None:
    """In any order, beside any others."""
    few = {each.id for each in never_asked([row(number) for number in sorted(numbers)])}
    many = {each.id for each in never_asked([row(number) for number in sorted(numbers | more, reverse=True)])}
    assert few == many & {f"q{number}" for number in numbers}


def test_it_is_about_so_many() -> None:
    drawn = never_asked([row(number) for number in range(20_000)])
    assert 0.9 < len(drawn) * ONE_IN / 20_000 < 1.1


def test_sets_whose_questions_need_their_paragraph_are_asked_whole() -> None:
    assert never_asked([row(number, "qamr") for number in range(500)]) == []


def test_all_that_is_judged_by_is_never_asked() -> None:
    """Whole companies, and all about some paragraphs of SQuAD."""
    rows = [row(number, "squad11_part") for number in range(50)] + invented_rows()
    judged = judged_by(rows)
    assert {each.id for each in judged} <= {each.id for each in never_asked(rows)}
    aside = {company(each) for each in judged} - {""}
    assert aside
    assert {each.id for each in rows if company(each) in aside} <= {each.id for each in judged}
