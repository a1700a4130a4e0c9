"""The reader as ONNX Runtime runs it: dynamic int8, every window at its own length, one by one.

Needs the extra `bench`.

But: one window at a time, all cores on each, as its own examples do.
"""

from __future__ import annotations

from collections.abc import Sequence
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

    `spinning`: whether idle threads wait busily, as is ONNX Runtime's default.
    """

    def __init__(self, file: Path, *, spinning: bool = True) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = available_cpus()
        options.log_severity_level = 3
        if not spinning:
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._inputs = [port.name for port in self._session.get_inputs()]

    def infer(self, windows: Sequence[Window]) -> list[Logits]:
        found = []
        for window in windows:
            ids = window.ids[np.newaxis].astype(np.int64)
            feed = {
                "input_ids": ids,
                "attention_mask": np.ones_like(ids),
                "token_type_ids": window.types[np.newaxis].astype(np.int64),
            }
            start, end = self._session.run(
                ["output_s", "output_e"], {name: feed[name] for name in self._inputs}
            )
            found.append(Logits(start[0], end[0]))
        return found
