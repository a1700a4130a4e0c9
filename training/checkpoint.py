"""From a Hugging Face checkpoint of a reader to its IR: config.json, model.safetensors, vocab.txt.

But: `BertForQuestionAnswering` only, and no PyTorch: the tensors are read as they lie in the file.
"""

from __future__ import annotations

import json
from pathlib import Path

import openvino as ov
from safetensors.numpy import load_file

from training.bert_ir import BertShape, build_reader


def read_shape(checkpoint: Path) -> BertShape:
    """The dimensions in config.json."""
    config = json.loads((checkpoint / "config.json").read_text())
    return BertShape(
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        heads=config["num_attention_heads"],
        intermediate=config["intermediate_size"],
        vocabulary=config["vocab_size"],
        positions=config["max_position_embeddings"],
        epsilon=config["layer_norm_eps"],
    )


def build(checkpoint: Path, *, length: int | None = None) -> ov.Model:
    """The float IR; `length` as for `build_reader`."""
    tensors = load_file(checkpoint / "model.safetensors")
    return build_reader(read_shape(checkpoint), lambda name: tensors[name], length=length)
