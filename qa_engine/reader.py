"""The extractive reader: a question and its passages in, scored spans out.

Three steps pass plain values on: `prepare` (texts to windows), `Runtime.infer` (windows to logits) and
`extract` (logits to spans in the passages' own characters).

But: it ranks nothing across questions and decides nothing; scoring and abstaining come after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from qa_engine import spans
from qa_engine.runtime import Logits, Runtime
from qa_engine.tokens import Tokenizer, Tokens
from qa_engine.windows import Window, windows

SPANS_A_WINDOW = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span of a passage: `passages[passage][start:end]`, in code points.

    `score` is the span's logit less that of the window's no-answer entry, the span ([CLS], [CLS]):
    the log-odds of the span against "this window does not answer".
    """

    passage: int
    start: int
    end: int
    score: float
    window: int


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read for one question.

    `candidates`: the best spans of each window, best first.  `masses`, one a window: log of the sum of
    exp(score) over all its spans, for normalising.  `best`, one a passage: the score of its best span,
    -inf where it had no window.
    """

    candidates: tuple[Candidate, ...] = field(repr=False)
    masses: tuple[float, ...]
    best: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question and its passages as tokens and windows."""

    passages: tuple[Tokens, ...]
    windows: tuple[Window, ...]


class Reader:
    """A tokenizer and a runtime that belong to the same model."""

    def __init__(self, tokenizer: Tokenizer, runtime: Runtime) -> None:
        self.tokenizer = tokenizer
        self.runtime = runtime

    def read(self, question: str, passages: Sequence[str]) -> Reading:
        """Read the passages for the question."""
        return self.read_all([(question, passages)])[0]

    def read_all(self, asked: Sequence[tuple[str, Sequence[str]]]) -> list[Reading]:
        """Read several questions in one go, each over passages of its own."""
        prepared = [self.prepare(question, passages) for question, passages in asked]
        logits = iter(self.runtime.infer([window for each in prepared for window in each.windows]))
        return [extract(each, [next(logits) for _ in each.windows]) for each in prepared]

    def prepare(self, question: str, passages: Sequence[str]) -> Prepared:
        """Tokens and windows of a question over its passages."""
        asked, *tokens = self.tokenizer.batch([question, *passages])
        made = windows(asked, tokens, self.tokenizer, size=self.runtime.size)
        return Prepared(tuple(tokens), tuple(made))


def extract(prepared: Prepared, logits: Sequence[Logits]) -> Reading:
    """The best spans of every window, in characters of its passage."""
    candidates: list[Candidate] = []
    masses: list[float] = []
    best = [-np.inf] * len(prepared.passages)
    for number, (window, scores) in enumerate(zip(prepared.windows, logits, strict=True)):
        inside = slice(window.lead, window.lead + window.count)
        nothing = float(scores.start[0]) + float(scores.end[0])
        table = spans.diagonals(scores.start[inside], scores.end[inside]) - nothing
        masses.append(spans.log_sum(table))
        offsets = prepared.passages[window.passage].offsets[window.first : window.first + window.count]
        for span in spans.best(table, SPANS_A_WINDOW):
            start, end = int(offsets[span.first, 0]), int(offsets[span.last, 1])
            candidates.append(Candidate(window.passage, start, end, span.score, number))
            best[window.passage] = max(best[window.passage], span.score)
    candidates.sort(key=lambda candidate: (-candidate.score, candidate.passage, candidate.start))
    return Reading(tuple(candidates), tuple(masses), tuple(best))
