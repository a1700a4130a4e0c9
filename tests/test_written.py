"""The questions that we wrote about public paragraphs: they hold nothing of them, and say where answers stand."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from qa_engine.squad import SquadRow
from training.data import QA_DATA, train_rows
from training.written import QUESTIONS, SOURCE, checksum, written_rows

CONTEXT = "Bikes stand in bay 2. The key hangs in bay 2."
PARAGRAPH = {
    "context": checksum(CONTEXT),
    "questions": [
        {"q": "Where does the key hang?", "at": [39, 44]},
        {"q": "Where do cars stand?"},
    ],
}


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").strip().split("\n")]


def lines() -> list[dict[str, Any]]:
    return [line for path in sorted(QUESTIONS.glob("*.jsonl")) for line in lines_of(path)]


def test_a_row_is_made_of_each_question(tmp_path: Path) -> None:
    """With the paragraph and title of the public row that has it; a paragraph that is not there is passed over."""
    (tmp_path / "some.jsonl").write_text(
        json.dumps(PARAGRAPH) + "\n" + json.dumps(PARAGRAPH | {"context": checksum("Elsewhere.")}) + "\n"
    )
    public = [
        SquadRow("1", "Parking", CONTEXT, "Where are bikes?", (), "squad11"),
        SquadRow("2", "", CONTEXT, "?", ()),
    ]
    first, second = written_rows(public, tmp_path)
    assert (first.title, first.context, first.source) == ("Parking", CONTEXT, f"{SOURCE}_some")
    assert [(each.text, each.start) for each in first.references] == [("bay 2", 39)]
    assert not second.answerable
    assert first.id != second.id
    assert written_rows([], tmp_path) == []


def test_a_paragraph_may_stand_in_several_files(tmp_path: Path) -> None:
    """Its questions are numbered on, so that a later file leaves the ids of an earlier one as they were: by
    their ids it is drawn which are never asked.
    """
    public = [SquadRow("1", "Parking", CONTEXT, "Where are bikes?", (), "squad11")]
    (tmp_path / "a.jsonl").write_text(json.dumps(PARAGRAPH))
    before = written_rows(public, tmp_path)
    (tmp_path / "b.jsonl").write_text(json.dumps(PARAGRAPH | {"questions": [{"q": "Where are the vans?"}]}))
    after = written_rows(public, tmp_path)
    assert after[:2] == before
    assert [row.question for row in after[2:]] == ["Where are the vans?"]
    assert len({row.id for row in after}) == 3


def test_the_files_hold_questions_and_places_only() -> None:
    """A checksum, words of ours, and two numbers in order."""
    for path in QUESTIONS.glob("*.jsonl"):
        assert max(Counter(each["context"] for each in lines_of(path)).values()) == 1
    for each in lines():
        assert set(each) == {"context", "questions"}
        assert len(each["context"]) == 16
        for asked in each["questions"]:
            assert set(asked) <= {"q", "at"}
            assert asked["q"].strip()
            start, end = asked.get("at", (0, 1))
            assert 0 <= start < end


@pytest.mark.skipif(not QA_DATA.exists(), reason="the public sets are not here")
def test_answers_are_whole_words_of_their_paragraphs() -> None:
    """Each is found, inside its paragraph, without blanks around it."""
    rows = [row for row in train_rows() if row.source.startswith(SOURCE)]
    assert len(rows) == sum(len(each["questions"]) for each in lines())
    for row in rows:
        for reference in row.references:
            assert reference.text
            assert reference.text == reference.text.strip()
            assert row.context.startswith(reference.text, reference.start)
