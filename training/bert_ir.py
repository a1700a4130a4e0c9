"""Builds the OpenVINO IR of a BERT question answering model, operation by operation, from its weights.

Inputs `input_ids`, `attention_mask`, `token_type_ids` and outputs `output_s`, `output_e` are named and
shaped as in Open Model Zoo's SQuAD readers, so that one runtime reads them all.  Architecture: Devlin et
al., BERT (2019), post-layer normalisation, GELU by the error function.

But: no framework is traced and no graph is converted, which keeps PyTorch out of the export and makes
the graph the same on every run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import openvino as ov
from openvino import opset13 as op

Weights = Callable[[str], np.ndarray]
"""Looks up a float32 array by its name in Hugging Face's `BertForQuestionAnswering`."""

MASKED = -1e4  # added to a masked position's attention logit: exp(-1e4) is 0 in every float type


@dataclass(frozen=True, slots=True, kw_only=True)
class BertShape:
    """The dimensions of a BERT; `head` is `hidden / heads`."""

    layers: int
    hidden: int
    heads: int
    intermediate: int
    vocabulary: int = 30_522
    positions: int = 512
    epsilon: float = 1e-12

    @property
    def head(self) -> int:
        return self.hidden // self.heads


MINILM_L6 = BertShape(layers=6, hidden=384, heads=12, intermediate=1536)
BERT_LARGE = BertShape(layers=24, hidden=1024, heads=16, intermediate=4096)


def build_reader(
    shape: BertShape, weights: Weights, *, length: int | None = None, frozen_positions: bool = False
) -> ov.Model:
    """The IR of a reader.

    `length` makes the inputs static, [1, length], as the zoo ships them; None leaves batch and length
    dynamic.  `frozen_positions` folds the position embeddings into a constant of that length, as some
    converters do: such a model accepts a reshape and fails at inference.
    """
    dims = [-1, -1] if length is None else [1, length]
    ids, mask, types = (
        op.parameter(dims, ov.Type.i64, name=name)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    )
    graph = _Graph(shape, weights)
    hidden = graph.embed(ids, types, length if frozen_positions else None)
    bias = graph.attention_bias(mask)
    for layer in range(shape.layers):
        hidden = graph.layer(f"bert.encoder.layer.{layer}", hidden, bias)
    logits = op.split(graph.linear("qa_outputs", hidden), 2, num_splits=2)
    results = []
    for number, name in enumerate(("output_s", "output_e")):
        output = op.squeeze(logits.output(number), np.array([2]))
        output.set_friendly_name(name)
        output.output(0).set_names({name})
        results.append(op.result(output, name=f"{name}/result"))
    for parameter in (ids, mask, types):
        parameter.output(0).set_names({parameter.get_friendly_name()})
    return ov.Model(results, [ids, mask, types], "bert_reader")


class _Graph:
    """The parts of the network; every method takes and returns [batch, length, hidden] nodes."""

    def __init__(self, shape: BertShape, weights: Weights) -> None:
        self._shape = shape
        self._weights = weights

    def constant(self, name: str) -> ov.Node:
        return op.constant(np.ascontiguousarray(self._weights(name), dtype=np.float32), name=name)

    def linear(self, name: str, hidden: ov.Node) -> ov.Node:
        product = op.matmul(hidden, self.constant(f"{name}.weight"), False, True)
        return op.add(product, self.constant(f"{name}.bias"))

    def norm(self, name: str, hidden: ov.Node) -> ov.Node:
        centred = op.mvn(hidden, np.array([-1]), True, self._shape.epsilon, "inside_sqrt")
        scaled = op.multiply(centred, self.constant(f"{name}.weight"))
        return op.add(scaled, self.constant(f"{name}.bias"))

    def embed(self, ids: ov.Node, types: ov.Node, frozen: int | None) -> ov.Node:
        prefix = "bert.embeddings"
        words = op.gather(self.constant(f"{prefix}.word_embeddings.weight"), ids, 0)
        kinds = op.gather(self.constant(f"{prefix}.token_type_embeddings.weight"), types, 0)
        if frozen is not None:
            table = self._weights(f"{prefix}.position_embeddings.weight")[np.newaxis, :frozen]
            places = op.constant(np.ascontiguousarray(table, dtype=np.float32))
        else:
            length = op.gather(op.shape_of(ids), 1, 0)
            index = op.range(np.int64(0), length, np.int64(1), output_type="i64")
            places = op.gather(self.constant(f"{prefix}.position_embeddings.weight"), index, 0)
        return self.norm(f"{prefix}.LayerNorm", op.add(op.add(words, kinds), places))

    def attention_bias(self, mask: ov.Node) -> ov.Node:
        """[batch, length] of ones and zeros to [batch, 1, 1, length] of zeros and `MASKED`."""
        absent = op.subtract(np.float32(1), op.convert(mask, "f32"))
        return op.multiply(op.unsqueeze(absent, np.array([1, 2])), np.float32(MASKED))

    def layer(self, prefix: str, hidden: ov.Node, bias: ov.Node) -> ov.Node:
        attended = self.linear(f"{prefix}.attention.output.dense", self.attention(prefix, hidden, bias))
        hidden = self.norm(f"{prefix}.attention.output.LayerNorm", op.add(attended, hidden))
        inner = op.gelu(self.linear(f"{prefix}.intermediate.dense", hidden), "erf")
        outer = self.linear(f"{prefix}.output.dense", inner)
        return self.norm(f"{prefix}.output.LayerNorm", op.add(outer, hidden))

    def attention(self, prefix: str, hidden: ov.Node, bias: ov.Node) -> ov.Node:
        query, key, value = (
            self.split_heads(self.linear(f"{prefix}.attention.self.{part}", hidden))
            for part in ("query", "key", "value")
        )
        scaled = op.multiply(op.matmul(query, key, False, True), np.float32(1 / math.sqrt(self._shape.head)))
        weights = op.softmax(op.add(scaled, bias), -1)
        context = op.transpose(op.matmul(weights, value, False, False), np.array([0, 2, 1, 3]))
        return op.reshape(context, np.array([0, 0, self._shape.hidden]), True)

    def split_heads(self, hidden: ov.Node) -> ov.Node:
        parts = op.reshape(hidden, np.array([0, 0, self._shape.heads, self._shape.head]), True)
        return op.transpose(parts, np.array([0, 2, 1, 3]))
