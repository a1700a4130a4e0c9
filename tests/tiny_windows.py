"""Windows for the tiny reader, and what it makes of them."""

from __future__ import annotations

import numpy as np
import openvino as ov

from qa_engine.runtime import Logits
from qa_engine.windows import Window
from tests.tiny_reader import WORDS, tiny_model

TOLERANCE = 1e-5

"""Between two float32 computations of the same logits, which are about 1."""


LENGTHS = (5, 16, 17, 100, 384, 3, 250)


def window(length: int, seed: int = 0) -> Window:
    generator = np.random.default_rng([length, seed])
    ids = generator.integers(5, len(WORDS), length).astype(np.int32)
    types = (np.arange(length) >= length // 3).astype(np.int32)
    return Window(ids, types, 0, 0, 0, length)


WINDOWS = [window(length) for length in LENGTHS]


def distance(ours: list[Logits], theirs: list[Logits]) -> float:
    """The largest difference of any logit."""
    return max(
        float(np.abs(getattr(a, side) - getattr(b, side)).max())
        for a, b in zip(ours, theirs, strict=True)
        for side in ("start", "end")
    )


def by_hand(windows: list[Window]) -> list[Logits]:
    """The oracle: OpenVINO called plainly, one window at a time at its own length, all in float32."""
    compiled = ov.Core().compile_model(tiny_model(), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    found = []
    for each in windows:
        ids, types = each.ids[np.newaxis].astype(np.int64), each.types[np.newaxis].astype(np.int64)
        result = compiled({"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types})
        found.append(Logits(result["output_s"][0].copy(), result["output_e"][0].copy()))
    return found
