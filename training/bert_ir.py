"""Builds the OpenVINO IR of a BERT, operation by operation, from its weights: a reader or a sentence encoder.

Inputs `input_ids`, `attention_mask`, `token_type_ids` and outputs `output_s`, `output_e` are named and
shaped as in Open Model Zoo's SQuAD readers, so that one runtime reads them all.  Architecture: Devlin et
al., BERT (2019), post-layer normalisation, GELU by the error function.  An encoder's one output `embedding`
is the mean of its tokens' last states, at length 1 (Reimers and Gurevych, Sentence-BERT, 2019).

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


SMALL = BertShape(layers=9, hidden=384, heads=12, intermediate=1536)
"""The embedded reader's."""
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
    inputs = _inputs(dims)
    graph = _Graph(shape, weights)
    hidden = graph.encode(inputs, length if frozen_positions else None)
    logits = op.split(graph.linear("qa_outputs", hidden), 2, num_splits=2)
    outputs = {
        name: op.squeeze(logits.output(number), np.array([2]))
        for number, name in enumerate(("output_s", "output_e"))
    }
    return _model(inputs, outputs, "bert_reader")


def build_encoder(shape: BertShape, weights: Weights) -> ov.Model:
    """The IR of a sentence encoder, batch and length dynamic: output `embedding`, [batch, hidden]."""
    inputs = _inputs([-1, -1])
    graph = _Graph(shape, weights)
    hidden = graph.encode(inputs, None)
    present = op.unsqueeze(op.convert(inputs[1], "f32"), np.array([2]))
    total = op.reduce_sum(op.multiply(hidden, present), np.array([1]))  # its length is divided away below
    return _model(inputs, {"embedding": op.normalize_l2(total, np.array([1]), 1e-12, "max")}, "bert_encoder")


def _inputs(dims: list[int]) -> list[ov.Node]:
    names = ("input_ids", "attention_mask", "token_type_ids")
    parameters = [op.parameter(dims, ov.Type.i64, name=name) for name in names]
    for parameter in parameters:
        parameter.output(0).set_names({parameter.get_friendly_name()})
    return parameters


def _model(inputs: list[ov.Node], outputs: dict[str, ov.Node], name: str) -> ov.Model:
    results = []
    for output_name, output in outputs.items():
        output.set_friendly_name(output_name)
        output.output(0).set_names({output_name})
        results.append(op.result(output, name=f"{output_name}/result"))
    return ov.Model(results, inputs, name)


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

    def encode(self, inputs: list[ov.Node], frozen: int | None) -> ov.Node:
        """The last layer's states."""
        ids, mask, types = inputs
        hidden = self.embed(ids, types, frozen)
        bias = self.attention_bias(mask)
        for layer in range(self._shape.layers):
            hidden = self.layer(f"bert.encoder.layer.{layer}", hidden, bias)
        return hidden

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
