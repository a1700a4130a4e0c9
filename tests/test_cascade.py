"""A second reader's word: probability moves among the windows that it read, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.cascade import moved

SHARES = st.lists(st.floats(1e-6, 1), min_size=1, max_size=8).map(lambda ws: np.array(ws) / (sum(ws) + 0.1))
ORDERS = st.permutations(range(8))
UTILITIES = st.lists(st.floats(-50, 50), min_size=8, max_size=8)


@given(SHARES, ORDERS, st.integers(0, 8), UTILITIES)
def test_nothing_is_lost_and_the_others_keep_theirs(
    shares: np.ndarray, order: list[int], count: int, utilities: list[float]
) -> None:
    """The few have together what they had before; whoever was not read again has exactly what it had."""
    few = [window for window in order if window < len(shares)][:count]
    after = moved(shares, few, np.array(utilities[: len(few)]))
    assert after.sum() == pytest.approx(shares.sum())
    others = np.setdiff1d(np.arange(len(shares)), few)
    assert after[others].tolist() == shares[others].tolist()
    assert (after >= 0).all()


@given(SHARES.filter(lambda shares: len(shares) > 1), st.floats(0.1, 20))
def test_whoever_is_preferred_gains(shares: np.ndarray, by: float) -> None:
    """The ratio of two windows grows by exp of what the second reader has between them; equals change
    nothing."""
    few = [0, 1]
    after = moved(shares, few, np.array([by, 0.0]))
    assert after[0] / after[1] == pytest.approx(shares[0] / shares[1] * np.exp(by))
    assert moved(shares, few, np.array([by, by])).tolist() == pytest.approx(shares.tolist())
