"""Builds a reader of exact dimensions, names and static shape from random weights.

    python -m training.random_reader FOLDER [--size large|small] [--static 384] [--fp16]

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

import numpy as np
import openvino as ov

from qa_engine.loading import GOLDEN, best_span, load
from qa_engine.models import EMBEDDED, describe, open_model, write_manifest
from training.bert_ir import BERT_LARGE, MINILM_L6, BertShape, Weights, build_reader

SHAPES = {"large": BERT_LARGE, "small": MINILM_L6}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=SHAPES, default="large")
    parser.add_argument("--static", type=int, default=384, help="length of the inputs; 0: dynamic")
    parser.add_argument("--fp16", action="store_true", help="store the weights in 16 bits")
    arguments = parser.parse_args()
    make(arguments.folder, SHAPES[arguments.size], length=arguments.static or None, fp16=arguments.fp16)


def make(folder: Path, shape: BertShape, *, length: int | None = 384, fp16: bool = False) -> None:
    """Write model, vocabulary and manifest into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(EMBEDDED / "vocab.txt", folder / "vocab.txt")
    model = build_reader(shape, random_weights(shape), length=length)
    ov.save_model(model, folder / "random.xml", compress_to_fp16=fp16)
    del model
    answer = best_span(
        load(open_model(folder / "random.xml"), golden=False).reader, GOLDEN.question, GOLDEN.passage
    )
    write_manifest(
        describe(
            folder,
            name=f"random-{shape.layers}x{shape.hidden}",
            precision="FP16" if fp16 else "FP32",
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


if __name__ == "__main__":
    main()
