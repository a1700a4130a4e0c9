"""Runtimes without a model: the fake at the engine's seam (`qa_engine.runtime.Runtime`).

`ChosenRuntime` finds the phrases that a test chose; `NoisyRuntime` gives random logits.

But: neither reads the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from qa_engine.runtime import Logits
from qa_engine.tokens import Tokenizer
from qa_engine.windows import SIZE, Window

UNLIKELY = -10.0


class ChosenRuntime:
    """A model that scores a window's spans as chosen: `phrases` maps texts to log-odds against no answer.

    Every place where a phrase's tokens stand in the passage is a span of that score; all other spans are
    far worse; no answer has the logit 0.
    """

    def __init__(self, tokenizer: Tokenizer, phrases: Mapping[str, float], *, size: int = SIZE) -> None:
        self.size = size
        self.seen: list[Window] = []
        self._phrases = [(tokenizer(text).ids.tolist(), score) for text, score in phrases.items()]

    def infer(self, windows: Sequence[Window]) -> list[Logits]:
        self.seen.extend(windows)
        return [self._score(window) for window in windows]

    def _score(self, window: Window) -> Logits:
        start, end = (np.full(len(window), UNLIKELY, np.float32) for _ in range(2))
        start[0] = end[0] = 0
        ids = window.ids.tolist()
        for phrase, score in self._phrases:
            for first in range(window.lead, window.lead + window.count - len(phrase) + 1):
                last = first + len(phrase) - 1
                if ids[first : last + 1] == phrase:
                    start[first] = max(start[first], score / 2)
                    end[last] = max(end[last], score / 2)
        return Logits(start, end)


class NoisyRuntime:
    """A model with random logits, the same for the same seed."""

    def __init__(self, seed: int, *, size: int = SIZE) -> None:
        self.size = size
        self._generator = np.random.default_rng(seed)

    def infer(self, windows: Sequence[Window]) -> list[Logits]:
        return [
            Logits(*self._generator.normal(0, 4, (2, len(window))).astype(np.float32)) for window in windows
        ]
