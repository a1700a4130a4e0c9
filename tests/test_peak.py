"""The count of a reader's operations, which the share of the peak rests on."""

from __future__ import annotations

import openvino as ov
import pytest

from benchmarks.peak import operations
from qa_engine.models import EMBEDDED
from training.bert_ir import BERT_LARGE, SMALL


def test_operations_are_those_that_the_zoo_publishes() -> None:
    """Open Model Zoo gives 246.93 GOps for BERT-large at 384 tokens; softmax and the like are in its count."""
    assert operations(BERT_LARGE, [384]) == pytest.approx(246.93e9, rel=0.005)


def test_operations_add_up_over_windows() -> None:
    """And grow faster than the length: attention looks at every pair of tokens."""
    assert operations(SMALL, [100, 200]) == operations(SMALL, [100]) + operations(SMALL, [200])
    assert operations(SMALL, [200]) > 2 * operations(SMALL, [100])
    assert operations(SMALL, []) == 0


def test_the_small_shape_is_the_embedded_reader_s() -> None:
    """Else its share of the peak would be told of other work than it does."""
    operators = ov.Core().read_model(EMBEDDED / "reader.xml").get_ordered_ops()
    inner = [op for op in operators if op.get_friendly_name().endswith(".intermediate.dense.bias")]
    assert [op.get_output_shape(0)[-1] for op in inner] == [SMALL.intermediate] * SMALL.layers
