"""Heat: how much of a window's probability lies on each token, to be shown on the text.

The softmax over all spans of a window and its no-answer entry, summed over the spans that cover a token: the
probability that the token belongs to the answer, as far as this window alone can tell.

But: windows are not compared here; `calibration.py` does that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from qa_engine.reader import Reader, span_scores
from qa_engine.spans import Floats


@dataclass(frozen=True, slots=True)
class WarmWindow:
    """A window's stretch of the passage with that number.

    `offsets`, shape [tokens, 2]: where each token begins and ends, in characters of the passage.  `heat`,
    shape [tokens], from 0 to 1.
    """

    passage: int
    offsets: Floats = field(repr=False)
    heat: Floats = field(repr=False)


def heat(table: Floats) -> Floats:
    """The probability of each token to be in the answer, shape [n].

    `table`, shape [max_tokens, n]: a table of `spans.diagonals`, less the score of the no-answer entry.
    """
    n = table.shape[1]
    highest = max(0.0, float(table.max(initial=0.0)))  # the no-answer entry scores 0
    weights = np.exp(table - highest)
    weights /= weights.sum() + np.exp(-highest)
    change = np.zeros(n + 1)  # of the sum, from a token to the next
    change[:n] += weights.sum(axis=0)
    for d in range(min(len(weights), n)):
        change[d + 1 :] -= weights[d, : n - d]
    covered: Floats = np.cumsum(change)[:n]
    return np.clip(covered, 0.0, 1.0, out=covered)


def warm_windows(
    reader: Reader, question: str, passages: Sequence[str], headings: Sequence[str]
) -> list[WarmWindow]:
    """Read passages for a question, and tell where in them the reader saw an answer."""
    prepared = reader.prepare(question, passages, headings)
    found = []
    for window, logits in zip(prepared.windows, reader.runtime.infer(prepared.windows), strict=True):
        table, offsets = span_scores(prepared, window, logits)
        found.append(WarmWindow(window.passage, np.asarray(offsets, dtype=np.float64), heat(table)))
    return found
