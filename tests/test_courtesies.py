"""Courtesies: what is one as a whole, and what stands below a greeting is a question all the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asked import words
from bot.courtesies import Courtesy, courtesy, without_courtesies
from tests.command_line import DEMO


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thanks!", "farewell"), ("Thank you", "farewell"), ("thanks a lot, Quoth :heart:", "farewell"),
        ("ok", "farewell"), ("OK, thanks", "farewell"), ("great", "farewell"), ("Bye", "farewell"),
        ("That\u2019s very helpful, thank you!", "farewell"), ("Thank you for your help.", "farewell"),
        (":+1:", "emoji"), (":wave::skin-tone-2: :100:", "emoji"), ("\N{THUMBS UP SIGN}", "emoji"),
        ("Hi", "help"), ("Hello!", "help"), ("good morning", "help"), ("Hey Quoth", "help"), ("help", "help"),
        ("Help!", "help"), ("Help me", "help"), ("How are you?", "help"), ("Who are you?", "help"),
        ("What can you do?", "help"), ("Hi all, thanks!", "help"),
        ("", None), ("?", None), ("\u2026 \N{THUMBS UP SIGN}", None), ("\ufffd", None), ("Again?", None), ("Why?", None),
        ("Thanks to whom?", None), ("Who are you working for?", None), ("Help with VPN?", None),
        ("Hi, when do we close?", None), ("And until when?", None), ("Is it good?", None), ("ok? 10:30:15", None),
        ("What can you do about noise?", None), ("Is there a good morning routine?", None),
    ],
)  # fmt: skip
def test_only_a_whole_message_is_one(text: str, expected: Courtesy | None) -> None:
    assert courtesy(words(text)) == expected


@pytest.mark.parametrize("sample", DEMO, ids=lambda sample: sample.answer)
def test_a_question_is_none(sample: object) -> None:
    """And it stays as it is."""
    question = str(sample.question)  # type: ignore[attr-defined]
    assert courtesy(question) is None
    assert without_courtesies(question) == question


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi Quoth, how long is parental leave?", "how long is parental leave?"),
        ("Good morning! When do we close?", "When do we close?"),
        ("hello when do we close", "when do we close"),
        ("Hi again - and until when :thinking_face:", "and until when"),
        ("Hello fresh boxes: who gets them?", "Hello fresh boxes: who gets them?"),
        ("High time for leave?", "High time for leave?"),
        ("Hi", "Hi"), (":+1:", ":+1:"), ("", ""),
    ],
)  # fmt: skip
def test_a_greeting_is_no_part_of_a_question(text: str, expected: str) -> None:
    assert without_courtesies(text) == expected


@given(
    st.text() | st.lists(st.sampled_from(["thanks", "again", "hi", "good", ":+1:", "!", "x"])).map(" ".join)
)
def test_any_text(text: str) -> None:
    """No error, and what asks something still does."""
    assert courtesy(text) is None or without_courtesies(text) == text


def test_a_long_message_takes_no_time() -> None:
    started = time.process_time()
    for text in ("thanks again " * 1_000, "good " * 3_000 + "x", ":" * 8_000, "hi " * 3_000):
        assert courtesy(text) is None
        without_courtesies(text)
    assert time.process_time() - started < 1.0
