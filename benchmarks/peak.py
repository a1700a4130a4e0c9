"""How near a reader comes to what the processor can do at most.

The most that the processor can do is measured, not looked up: a chain of matrix products far larger than
any overhead, run by OpenVINO on all cores.  What a reader has to do is counted from its dimensions.

But: the count knows matrix products only.  Softmax, GELU and normalisation are work without a count, and
so is padding; both lower a reader's share of the peak.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import openvino as ov
from openvino import opset13 as op

from qa_engine.cpus import available_cpus
from training.bert_ir import BertShape

Number = Literal["int8", "bf16", "f32"]

ROWS, WIDTH, DEPTH = 1024, 2048, 4
"""Of shapes from 1024 x 1024 to 2048 x 4096 this one came highest, by 5% at most."""
PEAK_OPERATIONS = 2 * ROWS * WIDTH * WIDTH * DEPTH


def operations(shape: BertShape, lengths: Iterable[int]) -> int:
    """Operations of a reader's matrix products for windows of `lengths` tokens, one by one.

    A product of [m, k] and [k, n] is 2 m k n operations, a multiplication and an addition each.  A layer
    has four of hidden x hidden (query, key, value, output) and two of hidden x intermediate over all
    tokens, and two of length x length x hidden in the attention; the logits are one of hidden x 2.  For
    BERT-large and 384 tokens that makes 246.4 G; Open Model Zoo, which counts the rest, too, says 246.93.
    """
    hidden, inner = shape.hidden, shape.intermediate
    total = 0
    for length in lengths:
        dense = 2 * length * (4 * hidden * hidden + 2 * hidden * inner)
        attention = 2 * (2 * length * length * hidden)
        total += shape.layers * (dense + attention) + 2 * length * hidden * 2
    return total


class MatmulPeak:
    """A chain of `DEPTH` products of [ROWS, WIDTH] and [WIDTH, WIDTH], compiled for one kind of numbers.

    `executed`: the kernels that OpenVINO chose.  The int8 chain quantises both sides of every product, as
    a quantised reader does, and `number` in its kernels' names shows that it is really computed so.
    """

    def __init__(self, number: Number) -> None:
        self.number = number
        config = {
            "INFERENCE_NUM_THREADS": available_cpus(),
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,
            "INFERENCE_PRECISION_HINT": "bf16" if number == "bf16" else "f32",
        }
        model = _chain(quantised=number == "int8")
        profiled = ov.Core().compile_model(model, "CPU", {**config, "PERF_COUNT": True})
        inputs = np.random.default_rng(0).random((ROWS, WIDTH), np.float32)
        request = profiled.create_infer_request()
        request.infer([inputs])
        self.executed = sorted(
            {
                row.exec_type
                for row in request.get_profiling_info()
                if row.node_type.startswith(("FullyConnected", "MatMul"))
            }
        )
        self._request = ov.Core().compile_model(model, "CPU", config).create_infer_request()
        self._request.set_input_tensor(ov.Tensor(inputs))

    @property
    def is_real(self) -> bool:
        """Whether every product was computed in the numbers asked for, and not in wider ones."""
        ending = {"int8": "i8", "bf16": "bf16", "f32": "f32"}[self.number]
        return bool(self.executed) and all(name.lower().endswith(ending) for name in self.executed)

    def run(self) -> None:
        self._request.infer()


def _chain(*, quantised: bool) -> ov.Model:
    random = np.random.default_rng(0)
    inputs = op.parameter([ROWS, WIDTH], ov.Type.f32)
    hidden = inputs
    for _ in range(DEPTH):
        weights = op.constant(random.uniform(-1, 1, (WIDTH, WIDTH)).astype(np.float32))
        if quantised:
            hidden = _quantised(hidden, 0, 256)  # unsigned, as after a quantised reader's GELU
            weights = _quantised(weights, -1, 255)
        hidden = op.matmul(hidden, weights, False, True)
    return ov.Model([op.result(hidden)], [inputs], "matmul_peak")


def _quantised(node: ov.Node, least: float, levels: int) -> ov.Node:
    low, high = np.float32(least), np.float32(1)
    return op.fake_quantize(node, low, high, low, high, levels)
