"""The pages that we wrote to train with: each answer stands where its row says, and some companies are kept out."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from qa_engine.squad import SquadRow
from training.invented import ASIDE, PAGES, company, invented_rows, kind, set_aside

PAGE = {
    "company": "Quillon Ltd",
    "title": "Parking",
    "section": "Bikes",
    "text": "Bikes stand in bay 2. Bay 2 is open from 6. The key hangs in bay 2.",
    "questions": [
        {"q": "where do bikes go", "a": "bay 2"},
        {"q": "where's the key", "a": "bay 2", "n": 2},
        {"q": "and cars?", "a": None},
    ],
}


@pytest.fixture(scope="module")
def rows() -> list[SquadRow]:
    return invented_rows()


def test_a_row_is_made_of_each_question(tmp_path: Path) -> None:
    """With its heading, its company, and the occurrence that is meant."""
    (tmp_path / "office.jsonl").write_text(json.dumps(PAGE) + "\n")
    first, second, third = invented_rows(tmp_path)
    assert (first.title, first.source, company(first)) == (
        "Parking > Bikes",
        "invented_office",
        "Quillon Ltd",
    )
    assert [reference.start for reference in first.references] == [15]
    assert [reference.start for reference in second.references] == [61]
    assert not third.answerable
    assert len({row.id for row in (first, second, third)}) == 3


def test_an_answer_that_does_not_stand_there_is_refused(tmp_path: Path) -> None:
    """A slip of the pen is found before anything is trained on it."""
    page = PAGE | {"questions": [{"q": "where do bikes go", "a": "bay 3"}]}
    (tmp_path / "office.jsonl").write_text(json.dumps(page) + "\n")
    with pytest.raises(ValueError, match="substring"):
        invented_rows(tmp_path)


def test_all_that_we_wrote_holds(rows: list[SquadRow]) -> None:
    """Every answer at its place, no id and no question about a page twice, most answered and some not."""
    assert len(rows) == len({row.id for row in rows}) == len({(row.context, row.question) for row in rows})
    for row in rows:
        assert row.question.strip()
        for reference in row.references:
            assert row.context[reference.start : reference.start + len(reference.text)] == reference.text
    kinds = Counter(row.answerable for row in rows)
    assert kinds[True] > 2 * kinds[False] > 0


def test_nothing_of_the_sample_handbook_was_taken(rows: list[SquadRow]) -> None:
    """It measures us: no question of it, and no sentence of its pages, may be among what is trained on."""
    data = PAGES.parents[1] / "data"
    lines = (data / "questions.jsonl").read_text().splitlines()
    asked = {json.loads(line)["question"].lower() for line in lines}
    assert asked.isdisjoint(row.question.lower() for row in rows)
    handbook = " ".join(" ".join(path.read_text().split()) for path in (data / "handbook").rglob("*.*"))
    for context in {row.context for row in rows}:
        assert not any(len(line) > 60 and line in handbook for line in context.split("\n"))


def test_what_a_row_is_about(rows: list[SquadRow]) -> None:
    """Companies and countries by their files, and all else is public; there are plenty of both."""
    kinds = Counter(kind(row) for row in rows)
    assert min(kinds["company"], kinds["country"]) > 5_000
    assert kinds["public"] == 0
    assert kind(replace(rows[0], source="squad11")) == "public"


def test_some_companies_are_kept_out(rows: list[SquadRow]) -> None:
    """About one in six, with all their questions, and no row of another set."""
    companies = {company(row) for row in rows}
    aside = {company(row) for row in rows if set_aside(row)}
    assert aside == companies - {company(row) for row in rows if not set_aside(row)}
    assert len(companies) / (2 * ASIDE) < len(aside) < 2 * len(companies) / ASIDE
    assert not set_aside(replace(rows[0], source="squad11"))
