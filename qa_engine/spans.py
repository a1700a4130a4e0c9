"""Spans: from the logits of a window to its best answers.

A span (s, e) of at most `max_tokens` tokens scores start[s] + end[e] (Devlin et al., 2019).  The
spans of one window are laid out by diagonals: row d of the table holds all spans of d + 1 tokens, so
that the whole search is `max_tokens` vector additions instead of an n x n matrix.

But: scores of one window mean nothing beside another's; `calibration.py` makes them comparable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MAX_TOKENS = 30


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `first` to `last`, both included, counted from the first logit given; `score` is in logits."""

    first: int
    last: int
    score: float


def diagonals(start: npt.ArrayLike, end: npt.ArrayLike, *, max_tokens: int = MAX_TOKENS) -> Floats:
    """The scores of all spans, shape [max_tokens, n]: entry (d, s) is start[s] + end[s + d].

    Entries that would end after the last token are -inf.
    """
    starts, ends = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    n = len(starts)
    table = np.full((max_tokens, n), -np.inf)
    for d in range(min(max_tokens, n)):
        np.add(starts[: n - d], ends[d:], out=table[d, : n - d])
    return table


def best(table: Floats, count: int) -> list[Span]:
    """The `count` best spans of a table of `diagonals`, best first.

    Ties go to the span that begins first, then to the shorter.
    """
    flat = table.ravel()
    count = min(count, int(np.isfinite(flat).sum()))
    if count == 0:
        return []
    threshold = np.partition(flat, flat.size - count)[flat.size - count]
    chosen = np.flatnonzero(flat >= threshold)
    lengths, firsts = np.divmod(chosen, table.shape[1])
    order = np.lexsort((lengths, firsts, -flat[chosen]))[:count]
    return [Span(int(firsts[i]), int(firsts[i] + lengths[i]), float(flat[chosen[i]])) for i in order]
