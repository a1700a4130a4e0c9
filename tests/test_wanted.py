"""What question words ask for, and what gives it."""

from __future__ import annotations

import pytest

from bot.wanted import Wanted, gives, wanted


@pytest.mark.parametrize(
    ("question", "kind", "given", "not_given"),
    [
        ("And until when?", "time", "up to five days until 31 March", "up to £30"),
        ("What time?", "time", "at 17:30", "on foot"),
        ("For how long?", "time", "a fortnight", "£1,500"),
        ("And how much?", "amount", "half of it", "full pay"),
        ("how many", "amount", "up to twenty", "some"),
        ("But why?", "reason", "because it is closed", "up to five days"),
    ],
)
def test_what_a_question_word_asks_for(question: str, kind: Wanted, given: str, not_given: str) -> None:
    assert wanted(question) == kind
    assert gives(given, kind)
    assert not gives(not_given, kind)


@pytest.mark.parametrize("question", ["Who?", "And where?", "And in Porto?", ""])
def test_of_others_words_tell_no_kind(question: str) -> None:
    assert wanted(question) is None
