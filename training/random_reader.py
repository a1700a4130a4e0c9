"""Builds a reader of exact dimensions, names and static shape from random weights.

    python -m training.random_reader FOLDER [--size large|small] [--static 384] [--fp16 | --int8]

BERT-large's real weights are a download of 1.3 GB; loading, memory, speed and the whole path can be
measured without them.  The golden question's answer is whatever these weights answer, so that the model
passes its own check like any other.

But: its answers mean nothing, and it is never committed.
"""

from __future__ import annotations

import argparse
import shutil
import zlib
from pathlib import Path
from typing import Literal

import numpy as np
import openvino as ov

from qa_engine.loading import GOLDEN, best_span, load
from qa_engine.models import EMBEDDED, describe, open_model, write_manifest
from qa_engine.windows import Window
from training.bert_ir import BERT_LARGE, SMALL, BertShape, Weights, build_reader

SHAPES = {"large": BERT_LARGE, "small": SMALL}
Precision = Literal["FP32", "FP16", "INT8"]

CALIBRATION = 8
"""Windows to see the activations' ranges on: those of random weights hardly vary."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=SHAPES, default="large")
    parser.add_argument("--static", type=int, default=384, help="length of the inputs; 0: dynamic")
    numbers = parser.add_mutually_exclusive_group()
    numbers.add_argument("--fp16", dest="precision", action="store_const", const="FP16",
                         help="store the weights in 16 bits")  # fmt: skip
    numbers.add_argument("--int8", dest="precision", action="store_const", const="INT8",
                         help="quantise weights and activations; needs nncf")  # fmt: skip
    arguments = parser.parse_args()
    make(
        arguments.folder,
        SHAPES[arguments.size],
        length=arguments.static or None,
        precision=arguments.precision or "FP32",
    )


def make(folder: Path, shape: BertShape, *, length: int | None = 384, precision: Precision = "FP32") -> None:
    """Write model, vocabulary and manifest into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(EMBEDDED / "vocab.txt", folder / "vocab.txt")
    model = build_reader(shape, random_weights(shape), length=length)
    if precision == "INT8":
        from training.quantisation import quantise  # needs nncf, which the other precisions do without

        model = quantise(model, random_windows(shape))
    ov.save_model(model, folder / "random.xml", compress_to_fp16=precision != "FP32")
    del model
    answer = best_span(
        load(open_model(folder / "random.xml"), golden=False).reader, GOLDEN.question, GOLDEN.passage
    )
    write_manifest(
        describe(
            folder,
            name=f"random-{shape.layers}x{shape.hidden}",
            precision=precision,
            licence="none",
            source="random weights, for measuring only",
            golden={"question": GOLDEN.question, "passage": GOLDEN.passage, "answer": answer},
        )
    )


def random_weights(shape: BertShape) -> Weights:
    """Weights by name as BERT initialises them (normal, deviation 0.02), the same on every run."""
    inner, hidden = shape.intermediate, shape.hidden
    sizes = {
        "word_embeddings.weight": (shape.vocabulary, hidden),
        "position_embeddings.weight": (shape.positions, hidden),
        "token_type_embeddings.weight": (2, hidden),
        "intermediate.dense.weight": (inner, hidden),
        "intermediate.dense.bias": (inner,),
        "attention.output.dense.weight": (hidden, hidden),
        "output.dense.weight": (hidden, inner),
        "qa_outputs.weight": (2, hidden),
        "qa_outputs.bias": (2,),
    }

    def weights(name: str) -> np.ndarray:
        size = next((size for end, size in sizes.items() if name.endswith(end)), None)
        if size is None:
            size = (hidden,) if name.endswith("bias") or "LayerNorm" in name else (hidden, hidden)
        if "LayerNorm.weight" in name:
            return np.ones(size, np.float32)
        # Wider logits than at the start of a training, so that the best span stands out from rounding.
        deviation = 0.2 if name.startswith("qa_outputs") else 0.02
        random = np.random.default_rng(zlib.crc32(name.encode()))
        return random.standard_normal(size, dtype=np.float32) * np.float32(deviation)

    return weights


def random_windows(shape: BertShape) -> list[Window]:
    """Windows of random tokens, the same on every run."""
    random = np.random.default_rng(0)
    lengths = random.integers(64, 256, CALIBRATION)
    return [
        Window(
            random.integers(0, shape.vocabulary, length, dtype=np.int32),
            (np.arange(length) >= length // 4).astype(np.int32),
            0, 0, 0, int(length),
        )
        for length in lengths
    ]  # fmt: skip


if __name__ == "__main__":
    main()
