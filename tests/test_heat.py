"""Heat on the tokens of a window: a sum over spans, against one that tries them all."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bot.composition import Workplace
from bot.settings import Settings
from qa_engine import spans
from qa_engine.heat import heat, warm_windows

logits = st.lists(st.floats(-20, 20), min_size=1, max_size=12)


@given(data=st.data(), start=logits, nothing=st.floats(-20, 20), longest=st.integers(1, 12))
def test_heat_is_the_share_of_the_spans_that_cover_a_token(
    data: st.DataObject, start: list[float], nothing: float, longest: int
) -> None:
    """The oracle lists every span, and no answer among them, and adds up."""
    n = len(start)
    end = data.draw(st.lists(st.floats(-20, 20), min_size=n, max_size=n))
    scores = {(s, e): start[s] + end[e] - nothing for s in range(n) for e in range(s, min(n, s + longest))}
    highest = max(0.0, *scores.values())
    total = math.exp(-highest) + sum(math.exp(score - highest) for score in scores.values())
    expected = [
        sum(math.exp(score - highest) for (s, e), score in scores.items() if s <= token <= e) / total
        for token in range(n)
    ]
    found = heat(spans.diagonals(start, end, max_tokens=longest) - nothing)
    assert found.shape == (n,)
    assert_allclose(found, expected, atol=1e-9)


def test_no_token_no_heat() -> None:
    """A window without tokens of a passage has none."""
    assert heat(spans.diagonals(np.empty(0), np.empty(0))).shape == (0,)


def test_the_answer_is_the_warmest(handbook_home: Path) -> None:
    """The embedded reader on a sentence: what it answers is warm, and the rest is not."""
    text = "Reset your laptop before you hand it in. Laptops are replaced after four years."
    with Workplace(Settings(home=handbook_home)) as work:
        (window,) = warm_windows(work.model.reader, "When are laptops replaced?", [text], ["Equipment"])
    assert window.passage == 0
    pieces = {
        text[int(s) : int(e)]: warmth for (s, e), warmth in zip(window.offsets, window.heat, strict=True)
    }
    assert pieces["four"] > 0.5
    assert pieces["Reset"] < 0.05
