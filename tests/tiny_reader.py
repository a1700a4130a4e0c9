"""A BERT reader that runs in milliseconds: two layers, 32 wide, a vocabulary of letters, random weights.

Its graph is built by the same code as the embedded reader's, so that OpenVINO itself is tested, not a
stand-in for it.

But: its answers mean nothing.
"""

from __future__ import annotations

import string
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov

from qa_engine.models import InstalledModel, describe, read_manifest, write_manifest
from training.bert_ir import BertShape, build_reader

LETTERS = string.ascii_lowercase + string.digits
WORDS = [
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *LETTERS,
    *(f"##{letter}" for letter in LETTERS),
    *string.punctuation,
    *(f"[unused{number}]" for number in range(500)),  # more words than positions, as real ones have
]
SHAPE = BertShape(layers=2, hidden=32, heads=4, intermediate=64, vocabulary=len(WORDS), positions=512)


def random_weights(name: str) -> np.ndarray:
    """The weights of that name in `BertForQuestionAnswering`: the same on every run.

    They are large enough for the logits of different tokens to differ, as trained ones do.
    """
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    if "LayerNorm" in name:
        return generator.normal(float(name.endswith("weight")), 0.1, SHAPE.hidden).astype(np.float32)
    rows = {
        "word_embeddings": SHAPE.vocabulary,
        "position_embeddings": SHAPE.positions,
        "token_type_embeddings": 2,
        "intermediate": SHAPE.intermediate,
        "qa_outputs": 2,
    }
    size = next((rows[part] for part in name.split(".") if part in rows), SHAPE.hidden)
    if name.endswith("bias"):
        return generator.normal(0, 0.1, size).astype(np.float32)
    inner = ".output.dense" in name and ".attention." not in name
    width = SHAPE.intermediate if inner else SHAPE.hidden
    scale = 1.0 if "embeddings" in name else 2.0 / np.sqrt(width)
    return generator.normal(0, scale, (size, width)).astype(np.float32)


def tiny_model(*, length: int | None = None, frozen_positions: bool = False) -> ov.Model:
    """The graph; `length` and `frozen_positions` as in `build_reader`."""
    return build_reader(SHAPE, random_weights, length=length, frozen_positions=frozen_positions)


def with_position_ids(model: ov.Model, length: int | None = None) -> ov.Model:
    """The same reader with a fourth input, `position_ids`, as some of the zoo's have."""
    positions = ov.opset13.parameter([1, -1 if length is None else length], ov.Type.i64, name="position_ids")
    positions.output(0).set_names({"position_ids"})
    (table,) = (node for node in model.get_ops() if "position_embeddings" in node.get_friendly_name())
    (gather,) = (target.get_node() for target in table.output(0).get_target_inputs())
    gather.input(1).replace_source_output(positions.output(0))
    model.add_parameters([positions])
    model.validate_nodes_and_infer_types()
    return model


def with_frozen_mask(model: ov.Model, length: int) -> ov.Model:
    """The same reader with a constant of `length` in its attention mask, as careless converters leave one.

    Its outputs' shapes follow a reshape, so that nothing but an inference shows that it cannot be reshaped.
    """
    (mask,) = (port for port in model.inputs if "attention_mask" in port.get_names())
    (convert,) = (target.get_node() for target in mask.get_target_inputs())
    readers = convert.output(0).get_target_inputs()
    frozen = ov.opset13.multiply(convert, np.ones((1, length), np.float32))
    for reader in readers:
        reader.replace_source_output(frozen.output(0))
    model.validate_nodes_and_infer_types()
    return model


def with_mixed_rows(model: ov.Model) -> ov.Model:
    """The same reader for one window at a time; of several, each one's logits depend on the others'.

    Its ports promise any number of rows, as a converter leaves them that has folded a batch of one.
    """
    for result in model.get_results():
        logits = result.input_value(0)
        largest = ov.opset13.reduce_max(logits, np.array([0]), True)
        mixed = ov.opset13.subtract(ov.opset13.multiply(logits, np.float32(2)), largest)
        names = logits.get_names()
        logits.set_names(set())
        mixed.output(0).set_names(names)
        result.input(0).replace_source_output(mixed.output(0))
    model.validate_nodes_and_infer_types()
    return model


def save(model: Any, folder: Path) -> Path:
    """Write reader.xml, reader.bin and vocab.txt into `folder`; the path of the .xml."""
    folder.mkdir(parents=True, exist_ok=True)
    ov.save_model(model, folder / "reader.xml", compress_to_fp16=False)
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    return folder / "reader.xml"


def install(folder: Path, **extras: Any) -> InstalledModel:
    """A tiny reader with its manifest; `extras` are `golden`, `calibration` or `figures`."""
    save(tiny_model(), folder)
    write_manifest(
        describe(
            folder, name="tiny", precision="FP32", licence="Apache-2.0", source="made by a test", **extras
        )
    )
    return read_manifest(folder)
