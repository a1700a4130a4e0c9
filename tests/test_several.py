"""Several questions in one message are told apart from one that is asked in several sentences."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.several import questions_in, should_be_asked_by_themselves

QUESTIONS = Path(__file__).resolve().parents[1] / "training" / "questions"
LEAVE, LAPTOPS = "How long is parental leave?", "When are laptops replaced?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{LEAVE} {LAPTOPS}", ["How long is parental leave", "When are laptops replaced"]),
        (f"{LEAVE} And who approves it?", ["How long is parental leave", "And who approves it"]),
        (f"{LEAVE}\nWhat about contractors??", ["How long is parental leave", "What about contractors"]),
        (f"I have a new baby. {LEAVE} We live in Leeds. Who approves it?",
         ["How long is parental leave", "Who approves it"]),
        (f"Can you help me? {LEAVE}", ["How long is parental leave"]),
        (f"Any idea? {LEAVE} Right?", ["How long is parental leave"]),
        (f"And until when? {LEAVE}", ["How long is parental leave"]),
        (f"{LEAVE} {LEAVE.lower()} ", ["How long is parental leave"]),
        (f"{LEAVE} I am in Germany.", ["How long is parental leave"]),
        ("Is https://a.example/?q=1 ours?", ["Is https://a.example/?q=1 ours"]),
        ("", []), ("?", []), ("Why?", []), ("? ?", []), ("parental leave", []),
    ],
)  # fmt: skip
def test_questions_in_a_message(text: str, expected: list[str]) -> None:
    assert questions_in(text) == expected


def test_one_answer_may_be_enough() -> None:
    """What leans on the question before it is answered with that, or not at all; two of their own never are."""
    for answered in (False, True):
        assert should_be_asked_by_themselves(f"{LEAVE} {LAPTOPS}", answered=answered)
        assert not should_be_asked_by_themselves(f"I am new here. {LEAVE}", answered=answered)
        assert should_be_asked_by_themselves(f"{LEAVE} Until when?", answered=answered) is not answered


def test_a_question_is_one() -> None:
    """Of many thousand of all kinds none is taken for two."""
    lines = (QUESTIONS / "squad.jsonl").read_text(encoding="utf-8").splitlines()[::8]
    asked = [each["q"] for line in lines for each in json.loads(line)["questions"]]
    assert len(asked) > 4_000
    assert [text for text in asked if should_be_asked_by_themselves(text, answered=False)] == []


@given(
    st.text() | st.lists(st.sampled_from(["who is in?", "and why?", "thanks", "?", ".", "x"])).map(" ".join)
)
def test_any_text(text: str) -> None:
    """Each once, each its own words."""
    found = questions_in(text)
    assert len(found) == len(set(found))
    assert all(each in text for each in found)


def test_a_long_message_takes_no_time() -> None:
    started = time.process_time()
    for text in ("who is in? " * 200, "? " * 1_000, "x. " * 700, "and " * 500 + "?"):
        questions_in(text)
    assert time.process_time() - started < 1.0
