"""Sentences for people: words and figures that say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import confidence


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.796, "very sure (80%)"),
        (0.794, "fairly sure (79%)"),
        (0.598, "fairly sure (60%)"),
        (0.396, "likely (40%)"),
        (0.096, "perhaps (10%)"),
        (0.012, "hardly (1%)"),
        (0.006, "hardly (under 1%)"),
        (1.0, "very sure (100%)"),
    ],
)
def test_how_sure(probability: float, said: str) -> None:
    assert confidence(probability) == said


@given(one=st.floats(0.01, 1), other=st.floats(0.01, 1))
def test_the_same_figure_is_the_same_words(one: float, other: float) -> None:
    said = {text.partition(" (")[::2] for text in map(confidence, (one, other))}
    assert len({figure for _, figure in said}) == len(said)
