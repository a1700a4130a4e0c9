"""The extractive reader: a question and its passages in, scored spans out.

Three steps pass plain values on: `prepare` (texts to windows), `Runtime.infer` (windows to logits) and
`extract` (logits to spans in the passages' own characters).

But: it ranks nothing across questions and decides nothing; scoring and abstaining come after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from qa_engine import spans
from qa_engine.runtime import Logits, Runtime
from qa_engine.tokens import Int32s, Tokenizer, Tokens
from qa_engine.windows import Window, windows

SPANS_A_WINDOW = 8
WINDOWS_AT_ONCE = 6
"""How many are read before one may stop: an even number keeps two streams busy to the end."""
HURRIED = 2
"""The same where time is short: of a large reader's windows each takes a good part of a second."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span of a passage: `passages[passage][start:end]`, in code points.

    `score` is the span's logit less that of the window's no-answer entry, the span ([CLS], [CLS]):
    the log-odds of the span against "this window does not answer".  `answerable` is the log-odds of "this
    window answers", by whichever span; the same of all spans of a window.  `prominence`: how far the span
    stands above the last of its window's best spans.
    """

    passage: int
    start: int
    end: int
    score: float
    window: int
    answerable: float
    prominence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read for one question.

    `candidates`: the best spans of each window, best first.  `windows`: how many were read.  `passages`:
    how many of those given were, from the first.
    """

    candidates: tuple[Candidate, ...] = field(repr=False)
    windows: int
    passages: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question and its passages as tokens and windows."""

    passages: tuple[Tokens, ...]
    windows: tuple[Window, ...]


class Reader:
    """A tokenizer and a runtime that belong to the same model.

    `headings`: the model was trained with a heading in front of the passage, and gets one.
    """

    def __init__(self, tokenizer: Tokenizer, runtime: Runtime, *, headings: bool = False) -> None:
        self.tokenizer = tokenizer
        self.runtime = runtime
        self.headings = headings

    def read(
        self, question: str, passages: Sequence[str], *, headings: Sequence[str] | None = None
    ) -> Reading:
        """Read all passages for the question.

        `headings`, one a passage: what it is about, for models that read it.
        """
        prepared = self.prepare(question, passages, headings)
        return extract(prepared, self.runtime.infer(prepared.windows))

    def read_on(
        self,
        question: str,
        passages: Sequence[str],
        *,
        headings: Sequence[str] | None = None,
        at_once: int = WINDOWS_AT_ONCE,
    ) -> Iterator[Reading]:
        """Read as `read` does, at least `at_once` windows at a time: after each few, all that was read so
        far.

        The last is what `read` returns; whoever has enough before it asks for no more.
        """
        prepared = self.prepare(question, passages, headings)
        candidates: list[Candidate] = []
        read = 0
        for part in _slices(prepared.windows, at_once):
            for number, scores in enumerate(self.runtime.infer(part), read):
                candidates += _best_spans(prepared, number, scores)
            read += len(part)
            whole = read == len(prepared.windows)
            yield _reading(candidates, read, len(passages) if whole else part[-1].passage + 1)

    def read_all(self, asked: Sequence[tuple[str, Sequence[str]]]) -> list[Reading]:
        """Read several questions in one go, each over passages of its own."""
        prepared = [self.prepare(question, passages) for question, passages in asked]
        logits = iter(self.runtime.infer([window for each in prepared for window in each.windows]))
        return [extract(each, [next(logits) for _ in each.windows]) for each in prepared]

    def prepare(
        self, question: str, passages: Sequence[str], headings: Sequence[str] | None = None
    ) -> Prepared:
        """Tokens and windows of a question over its passages."""
        above = list(headings or []) if self.headings else []
        asked, *tokens = self.tokenizer.batch([question, *passages, *above])
        texts, topics = tokens[: len(passages)], tokens[len(passages) :]
        made = windows(asked, texts, self.tokenizer, size=self.runtime.size, headings=topics or None)
        return Prepared(tuple(texts), tuple(made))


def _slices(all_windows: Sequence[Window], least: int) -> Iterator[Sequence[Window]]:
    """Runs of at least so many windows, never parting those of one passage; one run of none."""
    ends = [
        number
        for number in range(1, len(all_windows))
        if all_windows[number].passage != all_windows[number - 1].passage
    ]
    start = 0
    for stop in ends:
        if stop - start >= least <= len(all_windows) - stop:
            yield all_windows[start:stop]
            start = stop
    yield all_windows[start:]


def span_scores(prepared: Prepared, window: Window, logits: Logits) -> tuple[spans.Floats, Int32s]:
    """A window's table of `spans.diagonals` less the score of its no-answer entry, the span ([CLS], [CLS]);
    and where its tokens begin and end, in characters of the passage, shape [tokens, 2].
    """
    inside = slice(window.lead, window.lead + window.count)
    nothing = float(logits.start[0]) + float(logits.end[0])
    table = spans.diagonals(logits.start[inside], logits.end[inside]) - nothing
    return table, prepared.passages[window.passage].offsets[window.first : window.first + window.count]


def extract(prepared: Prepared, logits: Sequence[Logits]) -> Reading:
    """The best spans of every window, in characters of its passage."""
    candidates: list[Candidate] = []
    for number, scores in enumerate(logits):
        candidates += _best_spans(prepared, number, scores)
    return _reading(candidates, len(logits), len(prepared.passages))


def _best_spans(prepared: Prepared, number: int, logits: Logits) -> Iterator[Candidate]:
    window = prepared.windows[number]
    table, offsets = span_scores(prepared, window, logits)
    answerable = _answerable(window, logits)
    found = spans.best(table, SPANS_A_WINDOW)
    for span in found:
        start, end = int(offsets[span.first, 0]), int(offsets[span.last, 1])
        yield Candidate(
            window.passage, start, end, span.score, number, answerable, span.score - found[-1].score
        )


def _answerable(window: Window, logits: Logits) -> float:
    """The log-odds that an answer begins in the window's passage and not at [CLS], and that it ends there.

    By the softmax that the reader was trained with (training/shared_norm.py).  Where a window answers but the
    reader is of two minds about the words, no span has much of it and all together have.
    """
    inside = slice(window.lead, window.lead + window.count)
    return sum(
        float(np.logaddexp.reduce(scores[inside].astype(np.float64)) - scores[0])
        for scores in (logits.start, logits.end)
    )


def _reading(candidates: Iterable[Candidate], windows: int, passages: int) -> Reading:
    ordered = sorted(candidates, key=lambda each: (-each.score, each.passage, each.start))
    return Reading(tuple(ordered), windows, passages)
