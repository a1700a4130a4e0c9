"""Exports a checkpoint to the embedded reader: IR, int8, manifest, model card.

    python -m training.export_reader CHECKPOINT [--out FOLDER] [--precision INT8|FP32]

int8 is NNCF's post-training quantisation (weights and activations) with a calibration set drawn from the
train rows, seeded, so that the same checkpoint gives the same file.

But: the weights of `calibration` (see qa_engine/calibration.py) are kept from the manifest that is there;
`python -m training.calibrate` fits them anew.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import openvino as ov

from qa_engine.loading import GOLDEN
from qa_engine.models import EMBEDDED, MANIFEST, describe, read_manifest, write_manifest
from qa_engine.tokens import Tokenizer
from qa_engine.windows import Window, windows
from training.checkpoint import build
from training.data import sample, train_rows
from training.quantisation import quantise

CALIBRATION_ROWS = 300
SEED = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path, help="folder with config.json, model.safetensors, vocab.txt")
    parser.add_argument("--out", type=Path, default=EMBEDDED)
    parser.add_argument("--precision", choices=["INT8", "FP32"], default="INT8")
    parser.add_argument(
        "--headings",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="the checkpoint was trained with headings before passages, and will get them",
    )
    parser.add_argument("--name", default="quoth-minilm-l9")
    arguments = parser.parse_args()

    kept = read_manifest(arguments.out) if (arguments.out / MANIFEST).exists() else None
    arguments.out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(arguments.checkpoint / "vocab.txt", arguments.out / "vocab.txt")
    model = build(arguments.checkpoint)
    if arguments.precision == "INT8":
        model = quantise(model, calibration_windows(Tokenizer(arguments.out / "vocab.txt")))
    ov.save_model(model, arguments.out / "reader.xml", compress_to_fp16=arguments.precision == "INT8")
    write_manifest(
        describe(
            arguments.out,
            name=arguments.name,
            precision=arguments.precision,
            licence="Apache-2.0",
            source="trained by the Quoth project from all-MiniLM-L6-v2",
            golden={"question": GOLDEN.question, "passage": GOLDEN.passage, "answer": GOLDEN.answer},
            calibration=kept.calibration if kept else None,
            figures=kept.figures if kept else None,
            reads={"headings": True} if arguments.headings else None,
        )
    )
    for path in sorted(arguments.out.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path}")


def calibration_windows(tokenizer: Tokenizer) -> list[Window]:
    """The first window of some train rows."""
    return [
        window
        for row in sample(train_rows(), CALIBRATION_ROWS, seed=SEED)
        for window in windows(tokenizer(row.question), [tokenizer(row.context)], tokenizer)[:1]
    ]


if __name__ == "__main__":
    main()
