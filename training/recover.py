"""A checkpoint from a shipped int8 reader, so that training can go on where no float weights were kept.

    python -m training.recover FOLDER [--reader FOLDER]

The weights lie on the 255 steps of each row's scale: a few hundred steps of training undo the rounding.
What NNCF's smoothing moved from the activations into the weights (Xiao et al., SmoothQuant, 2023) is moved
back; its corrected biases stay.  Word embeddings, which no run has changed yet, are those of the first
checkpoint, unrounded.

But: readers that `training.export_reader` wrote, only; the names of `bert_ir` are relied on.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import openvino as ov
from safetensors.numpy import load_file, save_file

from qa_engine.models import EMBEDDED
from training.models import FROM_NOTHING

EMBEDDINGS = "bert.embeddings.{}_embeddings.weight"
ONE_A_LAYER = ".intermediate.dense.bias"
INPUTS = {"input_ids": "word", "token_type_ids": "token_type"}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the checkpoint to write")
    parser.add_argument("--reader", type=Path, default=EMBEDDED)
    parser.add_argument(
        "--first", type=Path, default=FROM_NOTHING, help="checkpoint of config and word embeddings"
    )
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(arguments.first / "vocab.txt", arguments.folder / "vocab.txt")
    tensors = recover(ov.Core().read_model(arguments.reader / "reader.xml"))
    config = json.loads((arguments.first / "config.json").read_text())
    config["num_hidden_layers"] = sum(name.endswith(ONE_A_LAYER) for name in tensors)
    (arguments.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    words = EMBEDDINGS.format("word")
    tensors[words] = load_file(arguments.first / "model.safetensors")[words].astype(np.float32)
    save_file(tensors, arguments.folder / "model.safetensors")
    print(f"{len(tensors)} tensors in {arguments.folder}")


def recover(model: ov.Model) -> dict[str, np.ndarray]:
    """Every weight of the reader as float32, by its name in Hugging Face's `BertForQuestionAnswering`."""
    found = {}
    for node in model.get_ordered_ops():
        name = node.get_friendly_name()
        if node.get_type_name() == "Constant" and name.endswith((".weight", ".bias")):
            found[name] = _values(node)
            if name.endswith(".bias") and not name.endswith("LayerNorm.bias"):
                (add,) = (port.get_node() for port in node.output(0).get_target_inputs())
                found[f"{name.removesuffix('.bias')}.weight"] = _matrix(_input(add, 0))
        elif node.get_type_name() == "Gather" and len(_input(node, 0).get_output_shape(0)) == 2:
            kind = INPUTS.get(_input(node, 1).get_friendly_name(), "position")
            found[EMBEDDINGS.format(kind)] = _values(_input(node, 0))
    return {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in found.items()}


def _matrix(product: ov.Node) -> np.ndarray:
    """[out, in] of a MatMul, as it was before smoothing: `x W` is `(x s) (W / s)`."""
    weights, source = _values(_input(product, 1)), _input(product, 0)
    while source.get_type_name() == "FakeQuantize":
        source = _input(source, 0)
    if "smooth_quant" in source.get_friendly_name():
        weights = weights * _values(_input(source, 1)).reshape(1, -1)
    return weights


def _values(node: ov.Node) -> np.ndarray:
    """The array of a constant, converted and scaled where it is compressed."""
    if node.get_type_name() == "Constant":
        return np.asarray(node.get_data(), dtype=np.float32)
    if node.get_type_name() == "Convert":
        return _values(_input(node, 0))
    if node.get_type_name() == "Multiply":
        product: np.ndarray = _values(_input(node, 0)) * _values(_input(node, 1))
        return product
    raise ValueError(f"{node.get_friendly_name()} is a {node.get_type_name()}, and no constant's product")


def _input(node: ov.Node, number: int) -> ov.Node:
    return node.input(number).get_source_output().get_node()


if __name__ == "__main__":
    main()
