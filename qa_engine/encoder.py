"""The sentence encoder: texts in, unit vectors out, near to each other where the texts are about the same.

A text is read as [CLS] text [SEP]; its vector is the mean of its tokens' states at length 1 (Reimers and
Gurevych, "Sentence-BERT", 2019), so that the cosine of two texts is the dot product of their vectors.

But: a text of more than `SIZE` tokens is judged by its first ones; nothing is stored or searched here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa_engine.errors import ModelCorrupt
from qa_engine.models import InstalledModel, require_intact, require_vocabulary
from qa_engine.runtime import Float32s, OpenVinoEncoder
from qa_engine.tokens import Tokenizer, Tokens
from qa_engine.windows import Window

SIZE = 256
"""Tokens of a text that are read: what the encoder was trained with."""
GOLDEN_TOLERANCE = 0.02
"""Between processors with and without bfloat16 lie some thousandths."""


@dataclass(frozen=True, slots=True)
class GoldenPair:
    """Two texts and the cosine that an intact encoder finds for them."""

    question: str
    passage: str
    cosine: float

    @classmethod
    def of(cls, values: Mapping[str, object] | None) -> GoldenPair:
        """The pair of an encoder's manifest.  Raises ModelCorrupt where there is none."""
        found = values or {}
        question, passage, cosine = (found.get(name) for name in ("question", "passage", "cosine"))
        if not (isinstance(question, str) and isinstance(passage, str) and isinstance(cosine, float)):
            raise ModelCorrupt("The encoder's manifest has no golden pair. Install Quoth again.")
        return cls(question, passage, cosine)


GOLDEN = GoldenPair(
    question="What am I entitled to in the way of vacation?",
    passage="Every employee gets 25 days of paid annual leave a year. Unused days must be taken before "
    "the end of March.",
    cosine=0.0,
)
"""What an export asks; it writes down the cosine that it finds."""


class Encoder:
    """A tokenizer and a runtime that belong together; safe to share between threads.

    `id` says whose vectors these are: only those of the same encoder may be compared.
    """

    def __init__(self, tokenizer: Tokenizer, runtime: OpenVinoEncoder, *, identity: str) -> None:
        self.id = identity
        self.runtime = runtime
        self._tokenizer = tokenizer

    @property
    def width(self) -> int:
        """How many numbers a vector has."""
        return self.runtime.width

    def encode(self, texts: Sequence[str]) -> Float32s:
        """The vectors of some texts, shape [len(texts), width], each of length 1."""
        vectors = self.runtime.infer([self._window(tokens) for tokens in self._tokenizer.batch(list(texts))])
        return np.array(vectors, dtype=np.float32).reshape(len(texts), self.width)

    def _window(self, tokens: Tokens) -> Window:
        kept = tokens.ids[: min(SIZE, self.runtime.size) - 2]
        ids = np.concatenate(([self._tokenizer.cls], kept, [self._tokenizer.sep])).astype(np.int32)
        return Window(ids, np.zeros_like(ids), 0, 1, 0, len(kept))


def load_encoder(
    model: InstalledModel,
    *,
    threads: int | None = None,
    cache: Path | None = None,
    before_each: Callable[[], None] | None = None,
) -> Encoder:
    """Check, load and try an encoder; `before_each` as of the runtime.

    Raises ModelCorrupt and ModelMismatch, with what to do.
    """
    require_intact(model)
    golden = GoldenPair.of(model.golden)
    tokenizer = Tokenizer(model.vocab)
    runtime = OpenVinoEncoder(model.xml, threads=threads, cache=cache, before_each=before_each)
    require_vocabulary(model, tokenizer.size, runtime.vocabulary)
    encoder = Encoder(tokenizer, runtime, identity=identity(model))
    question, passage = encoder.encode([golden.question, golden.passage])
    cosine = float(question @ passage)
    if not abs(cosine - golden.cosine) <= GOLDEN_TOLERANCE:
        raise ModelCorrupt(
            f"{model.name} fails its golden pair: found a cosine of {cosine:.3f}, expected "
            f"{golden.cosine:.3f}. Its files are damaged; install Quoth again."
        )
    return encoder


def identity(model: InstalledModel) -> str:
    """The name of an encoder's vectors: its own, and the beginning of its weights' checksum."""
    weights = next((file.checksum.hex[:12] for file in model.files if file.name == model.bin.name), "unknown")
    return f"{model.name}-{weights}"
