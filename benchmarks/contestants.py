"""Who takes part in `benchmarks.peers`: the ways to read the sample, each ready to be timed.

But: what is not installed is left out and named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import openvino as ov

from benchmarks.sample import QUESTION, sample_texts
from benchmarks.turns import Variant
from qa_engine.cpus import available_cpus
from qa_engine.models import EMBEDDED
from qa_engine.reader import Reader
from qa_engine.runtime import Logits, OpenVinoRuntime
from qa_engine.tokens import Tokenizer
from qa_engine.windows import SIZE, Window
from training.bert_ir import SMALL
from training.random_reader import make, random_weights

OURS = "ours"
PADDED, PADDED_BF16 = "padded, float32", "padded, bfloat16"
SHAPE = SMALL


@dataclass(slots=True)
class Contestants:
    """`variants` by name; the `versions` of what they are made with; modules that are `missing`.

    `off`: of those that run the same weights, how far a logit lies from OpenVINO's in float32 at most.
    """

    asked: Sequence[Window]
    variants: dict[str, Variant] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    off: dict[str, float] = field(default_factory=dict)

    @classmethod
    def gather(cls, asked: Sequence[Window], folder: Path, checkpoint: Path | None) -> Contestants:
        """All that can run here; files are written into `folder`."""
        found = cls(asked, versions=[f"OpenVINO {ov.__version__.split('-')[0]}"])
        expected = found._add_padded(float_reader(folder / "float", checkpoint))
        try:
            found._add_torch(expected, folder, checkpoint)
            found._add_onnx(expected, folder)
        except ImportError as error:
            found.missing.append(error.name or str(error))
        found._add_ours()
        return found

    def _add_padded(self, xml: Path) -> list[Logits]:
        """As Open Model Zoo's demo reads; float32's logits."""
        wide = OpenVinoRuntime(xml, streams=1, dynamic=False, precision="f32")
        self.variants[PADDED] = lambda: [wide.infer([window]) for window in self.asked]
        expected = wide.infer(self.asked)
        if has_bfloat16():
            narrow = OpenVinoRuntime(xml, streams=1, dynamic=False)
            self.variants[PADDED_BF16] = lambda: [narrow.infer([window]) for window in self.asked]
            self.off[PADDED_BF16] = distance(narrow.infer(self.asked), expected)
        return expected

    def _add_torch(self, expected: Sequence[Logits], folder: Path, checkpoint: Path | None) -> None:
        """The pipeline; leaves float.onnx in `folder`."""
        from benchmarks import torch_peer

        self.versions.append(torch_peer.VERSIONS)
        if checkpoint is None:
            checkpoint = folder / "checkpoint"
            torch_peer.write_checkpoint(checkpoint, SHAPE, random_weights(SHAPE), EMBEDDED / "vocab.txt")
        texts = sample_texts()
        for name, threads in (("HF pipeline", available_cpus()), ("HF pipeline, 1 thread", 1)):
            self.variants[name] = torch_peer.pipeline(checkpoint, QUESTION, texts, threads=threads)
        self.off["PyTorch"] = distance(torch_peer.logits(checkpoint, self.asked), expected)
        torch_peer.export_onnx(checkpoint, folder / "float.onnx")

    def _add_onnx(self, expected: Sequence[Logits], folder: Path) -> None:
        from benchmarks import onnx_peer

        self.versions.append(onnx_peer.VERSIONS)
        for name, tuned in (("ORT int8", False), ("ORT int8, tuned", True)):
            file = folder / f"{name}.onnx"
            onnx_peer.dynamic_int8(folder / "float.onnx", file, SHAPE, fused=tuned)
            reader = onnx_peer.OnnxReader(file, at_once=tuned)
            self.variants[name] = partial(reader.infer, self.asked)
            self.off[name] = distance(reader.infer(self.asked), expected)

    def _add_ours(self) -> None:
        runtime = OpenVinoRuntime(EMBEDDED / "reader.xml")
        reader = Reader(Tokenizer(EMBEDDED / "vocab.txt"), runtime)
        alone = OpenVinoRuntime(EMBEDDED / "reader.xml", batch=0)
        self.variants["ours, one a time"] = partial(alone.infer, self.asked)
        self.variants["ours, text to spans"] = partial(reader.read, QUESTION, sample_texts())
        self.variants[OURS] = partial(runtime.infer, self.asked)


def float_reader(folder: Path, checkpoint: Path | None) -> Path:
    """A float IR of [1, 384], of the checkpoint or of random weights."""
    if checkpoint is None:
        make(folder, SHAPE, length=SIZE)
        return folder / "random.xml"
    from training.checkpoint import build, read_shape  # needs safetensors

    if (shape := read_shape(checkpoint)) != SHAPE:
        raise SystemExit(f"{checkpoint} has {shape}; the embedded reader has {SHAPE}")
    folder.mkdir()
    ov.save_model(build(checkpoint, length=SIZE), folder / "reader.xml", compress_to_fp16=False)
    return folder / "reader.xml"


def has_bfloat16() -> bool:
    """Whether the processor computes in bfloat16, which OpenVINO then does by default."""
    return "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def distance(ours: Sequence[Logits], theirs: Sequence[Logits]) -> float:
    """The largest difference of any logit."""
    return max(
        float(np.abs(getattr(a, side) - getattr(b, side)).max())
        for a, b in zip(ours, theirs, strict=True)
        for side in ("start", "end")
    )
