"""The count of a reader's operations, which the share of the peak rests on."""

from __future__ import annotations

import pytest

from benchmarks.peak import operations
from training.bert_ir import BERT_LARGE, MINILM_L6


def test_operations_are_those_that_the_zoo_publishes() -> None:
    """Open Model Zoo gives 246.93 GOps for BERT-large at 384 tokens; softmax and the like are in its count."""
    assert operations(BERT_LARGE, [384]) == pytest.approx(246.93e9, rel=0.005)


def test_operations_add_up_over_windows() -> None:
    """And grow faster than the length: attention looks at every pair of tokens."""
    assert operations(MINILM_L6, [100, 200]) == operations(MINILM_L6, [100]) + operations(MINILM_L6, [200])
    assert operations(MINILM_L6, [200]) > 2 * operations(MINILM_L6, [100])
    assert operations(MINILM_L6, []) == 0
