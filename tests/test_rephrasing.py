"""Follow-ups as whole questions: what they say takes the place of its like, or stands behind."""

from __future__ import annotations

import pytest

from bot.rephrasing import read_behind, rephrased

PAYDAY, NORWAY = "When do salaries arrive in Bristol?", "What is the per diem for Norway?"


@pytest.mark.parametrize(
    ("earlier", "follow_up", "read"),
    [
        (NORWAY, "And for Germany?", "What is the per diem for Germany?"),
        (NORWAY, "But for the United States?", "What is the per diem for the United States?"),
        (NORWAY, "What about Germany?", "What is the per diem for Germany?"),
        (NORWAY, "And Germany then?", "What is the per diem for Germany?"),
        (PAYDAY, "And in Porto?", "When do salaries arrive in Porto?"),
        (PAYDAY, "in Porto, too?", "When do salaries arrive in Porto?"),
        (PAYDAY, "Thanks! And in Porto", "When do salaries arrive in Porto?"),
        (PAYDAY, "The same in Porto?", "When do salaries arrive in Porto?"),
        (PAYDAY, "And in the Porto office?", "When do salaries arrive in the Porto office?"),
        (PAYDAY, "And in Porto for interns?", "When do salaries arrive in Porto for interns?"),
        ("In Bristol, when is lunch?", "And in Porto?", "In Porto, when is lunch?"),
        ("Who in Bristol approves travel", "And in Porto?", None),
        ("How long is leave for the other parent?", "And for adopters?", "How long is leave for adopters?"),
        ("How many days for moving to Porto?", "And for a wedding?", "How many days for a wedding?"),
        ("What may I spend on dinner in Oslo?", "And on lunch?", "What may I spend on lunch in Oslo?"),
        ("Who is on call on Friday?", "And on Sunday?", "Who is on call on Sunday?"),
        ("When is lunch in Bristol on Fridays?", "And in Porto on Mondays?", "When is lunch in Porto on Mondays?"),
        ("what is the per diem for norway", "and for germany", "what is the per diem for germany"),
    ],
)  # fmt: skip
def test_in_place_of_its_like(earlier: str, follow_up: str, read: str | None) -> None:
    assert rephrased(earlier, follow_up) == read


@pytest.mark.parametrize(
    ("earlier", "follow_up"),
    [
        ("Who is on call?", "And on Sunday?"),
        ("How many days of leave do I get?", "And in Germany?"),
        ("For how long is sick pay paid?", "And for contractors?"),
        ("How much may I spend for free?", "And for lunch?"),
        ("Who in sales approves travel?", "And in marketing?"),
        (NORWAY, "And for contractors?"),
        (NORWAY, "And for me?"),
        (NORWAY, "And for how long?"),
        (NORWAY, "And for Norway?"),
        (NORWAY, "And who pays for it?"),
        (NORWAY, "And for Germany, who pays it?"),
        (NORWAY, "What about lunch?"),
        (NORWAY, "WHO IS ILL?"),
        (NORWAY, "Why?"),
        (NORWAY, "?"),
        ("", "And for Germany?"),
    ],
)
def test_what_has_no_like_there_stands_behind(earlier: str, follow_up: str) -> None:
    """A day is no kind of being on call, contractors are no kind of country: both hold together."""
    assert rephrased(earlier, follow_up) is None
    assert read_behind(earlier, follow_up) == f"{earlier} {follow_up}"
