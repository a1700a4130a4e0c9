"""An answer that shares half of its words with the reference is right, unless it says another thing."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa_engine.judging import is_right
from qa_engine.squad import f1, normalise_answer

WORDS = st.lists(
    st.sampled_from(["red", "blue", "annual", "leave", "of", "days", "office", "may", "not", "5", "25"]),
    max_size=6,
)


SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
TEENS = ("thir", "four", "fif", "six", "seven", "eigh", "nine")
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("25 days", "25 days a year"),
        ("twenty-five days", "25 days"),
        ("1,500 pounds", "1500 pounds"),
        ("within ten working days", "within 10 working days"),
        ("the Bristol office", "office in Bristol"),
        ("Ann Bell", "Bell"),
        ("Peter Bell", "Peter J. Bell"),
        ("30 June 2024", "30 June"),
        ("You don't need to be a member", "don't need to be a member of the union"),
        ("no more than five people", "five people"),
        ("the 16th century", "sixteenth century"),
        ("version 1.2.3", "1.2.3"),
    ],
)
def test_what_says_the_same_is_right(reference: str, answer: str) -> None:
    """Cut a little otherwise, or written otherwise."""
    assert is_right(answer, ["nothing of it", reference])


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("25 days", "15 days"),
        ("five days", "ten days"),
        ("$1,500 a year", "$2,500 a year"),
        ("30 June", "30 July"),
        ("every Monday morning", "every Friday morning"),
        ("for six months", "for six days"),
        ("more than 23 million", "more than 300 million"),
        ("a quarter of the days", "a month of the days"),
        ("Ann Bell", "Tom Bell"),
        ("sick leave", "annual leave"),
        ("allowed", "not allowed"),
        ("Cash is not paid", "paid in cash"),
        ("you don't have to", "you have to"),
        ("within twenty working days", "within twenty-five working days"),
        ("a long and winding answer about something", "something"),
        ("25 days", ""),
    ],
)
def test_what_says_another_thing_is_not(reference: str, answer: str) -> None:
    """Another figure, date, unit or name in the place of the right one; a denial; too little of it."""
    assert not is_right(answer, [reference])


@given(WORDS, WORDS)
def test_it_is_stricter_than_half_of_the_words(one: list[str], other: list[str]) -> None:
    """Never is right what shares less, the same always is; nobody asks which of the two was expected."""
    answer, reference = " ".join(one), " ".join(other)
    assert is_right(answer, [reference]) is is_right(reference, [answer])
    assert not is_right(answer, [])
    if is_right(answer, [reference]):
        assert f1(answer, reference) >= 0.5
    if normalise_answer(answer):
        assert is_right(answer, [reference, answer])


@given(st.integers(0, 99), st.integers(0, 99))
def test_figures_are_read_as_words_too(n: int, other: int) -> None:
    """Every whole number below a hundred, by an independent way to write it in words."""
    assume(n != other)
    assert is_right(f"{in_words(n)} boats", [f"{n} boats"])
    assert not is_right(f"exactly {in_words(other)} boats", [f"exactly {n} boats"])


def in_words(n: int) -> str:
    """A whole number below a hundred."""
    if n > 20:
        return f"{TENS[n // 10]}-{SMALL[n % 10]}" if n % 10 else TENS[n // 10]
    return f"{TEENS[n - 13]}teen" if 12 < n < 20 else "twenty" if n == 20 else SMALL[n]
