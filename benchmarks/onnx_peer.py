"""The reader as ONNX Runtime runs it: dynamic int8, every window at its own length.

Needs the extra `bench`.

But: no batches; they would be padded, and dynamic quantisation gives a batch one scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model

from qa_engine.cpus import available_cpus
from qa_engine.runtime import Logits
from qa_engine.windows import Window
from training.bert_ir import BertShape

VERSIONS = f"ONNX Runtime {onnxruntime.__version__}"


def dynamic_int8(model: Path, file: Path, shape: BertShape, *, fused: bool) -> None:
    """`model` in dynamic int8: weights once, activations anew at every inference.

    `fused`: ONNX Runtime's BERT optimiser goes before, which makes one operator of a whole attention and
    one of GELU with its bias.
    """
    source = model
    if fused:
        optimised = optimize_model(
            str(model), model_type="bert", num_heads=shape.heads, hidden_size=shape.hidden
        )
        source = file.with_suffix(".fused.onnx")
        optimised.save_model_to_file(str(source))
    quantize_dynamic(
        source,
        file,
        weight_type=QuantType.QInt8,
        # The fused operators' outputs have no type that ONNX's own shape inference could know.
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


class OnnxReader:
    """A session on the processors that the process may use.

    `at_once`: as many windows at once as there are processors, one thread on each, longest first; else one
    window after the other, all processors on each, as is ONNX Runtime's default.
    """

    def __init__(self, file: Path, *, at_once: bool) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1 if at_once else available_cpus()
        options.log_severity_level = 3
        self._pool = ThreadPoolExecutor(available_cpus() if at_once else 1)
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._inputs = [port.name for port in self._session.get_inputs()]

    def infer(self, windows: Sequence[Window]) -> list[Logits]:
        order = sorted(range(len(windows)), key=lambda i: -len(windows[i]))
        found = dict(zip(order, self._pool.map(self._read, [windows[i] for i in order]), strict=True))
        return [found[number] for number in range(len(windows))]

    def _read(self, window: Window) -> Logits:
        ids = window.ids[np.newaxis].astype(np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": window.types[np.newaxis].astype(np.int64),
        }
        start, end = self._session.run(["output_s", "output_e"], {name: feed[name] for name in self._inputs})
        return Logits(start[0], end[0])
