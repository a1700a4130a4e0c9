"""Passages: what is stored, retrieved and cited; whole sentences of one section, about `size` long.

Sentences are taken until the next one would not fit.  The passage then ends at the best border in its
second half: where a block ends, rather than between the items or rows of a list, rather than inside a
block or between a list and the paragraph that introduces it.  The next passage begins with the last
`overlap` sentences of this one, so that an answer and the sentence before it stay together.

Laws: every sentence outside headings lies in a passage; passages are in order, each within one section,
no two alike; a passage is no longer than `size` unless it is a single sentence.

A passage that begins amid a list knows what introduces that, and is found by it, too.

But: a passage is not a window.  How much a model reads in one go is the engine's business; here `size`
is only what makes a good unit of retrieval.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from retrieval.documents import Block, Document
from retrieval.lists import leads
from retrieval.sentences import Span, block_sentences

_PIECES_A_WORD = 1.3  # word pieces of a BERT vocabulary to an English word, near enough
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Passage:
    """`document.text[start:end]`, which lies in `document.sections[section]`.

    `sentences` are its sentences as offsets in the document's text; the first begins at `start`, the
    last ends at `end`.  `leads`: of one that begins amid a list the sentences that introduce that, which
    stand before it, the outermost first.
    """

    start: int
    end: int
    section: int
    sentences: tuple[Span, ...] = field(repr=False)
    leads: tuple[Span, ...] = field(default=(), repr=False)


def estimate(text: str) -> int:
    """The number of word pieces of `text`, estimated from its words and signs; at least 1."""
    return max(1, round(_PIECES_A_WORD * len(_WORD.findall(text))))


def passages(
    document: Document,
    *,
    measure: Callable[[str], int] = estimate,
    size: int = 200,
    overlap: int = 1,
    language: str = "en",
) -> list[Passage]:
    """Cut `document` into passages of up to `size` units of `measure`, which is called once a sentence.

    A heading is in no passage, since every passage carries its heading path; but a heading with nothing
    under it is a passage itself, so that nothing is lost.
    """
    if size < 1 or overlap < 0:
        raise ValueError(f"size must be at least 1 and overlap at least 0, not {size} and {overlap}")
    found: list[Passage] = []
    for section, group in groupby(document.blocks, key=lambda block: block.section):
        blocks = list(group)
        body = [block for block in blocks if block.kind != "heading"]
        if not body and not _has_deeper(document, section):
            body = blocks
        units = list(_units(document, body, measure, language))
        for start, end in _cuts(units, size, overlap):
            spans = tuple(unit.span for unit in units[start:end])
            above = _leads(document, body, units[start].block)
            found.append(Passage(spans[0][0], spans[-1][1], section, spans, above))
    return found


def with_leads(document: Document, passage: Passage) -> str:
    """What a passage is found by: its text, below what introduces it."""
    return " ".join(document.text[start:end] for start, end in (*passage.leads, (passage.start, passage.end)))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, its measure, how good it is to begin a passage with it (0, 1 or 2), its block's number."""

    span: Span
    measure: int
    border: int
    block: int


def _has_deeper(document: Document, section: int) -> bool:
    path = document.sections[section].heading_path
    following = document.sections[section + 1].heading_path if section + 1 < len(document.sections) else ()
    return len(following) > len(path) and following[: len(path)] == path


def _units(
    document: Document, blocks: Sequence[Block], measure: Callable[[str], int], language: str
) -> Iterator[_Unit]:
    before: Block | None = None
    for number, block in enumerate(blocks):
        border = 2
        if block.kind in {"item", "row"}:
            border = 1 if before is not None and before.kind == block.kind else 0
        for start, end in block_sentences(document, block, language):
            yield _Unit((start, end), max(measure(document.text[start:end]), 1), border, number)
            border = 0
        before = block


def _leads(document: Document, blocks: Sequence[Block], number: int) -> tuple[Span, ...]:
    before = (blocks[earlier] for earlier in range(number - 1, -1, -1))
    found = leads(blocks[number], before, lambda block: document.text[block.start : block.end])
    return tuple(span for _, span in found)


def _cuts(units: Sequence[_Unit], size: int, overlap: int) -> Iterator[tuple[int, int]]:
    """The passages as ranges of units; each has at least one unit that the one before it has not."""
    start = covered = 0
    while covered < len(units):
        end, total = covered, sum(unit.measure for unit in units[start:covered])
        while end < len(units) and (total + units[end].measure <= size or end == start):
            total += units[end].measure
            end += 1
        if end < len(units):
            end = _best_border(units, start, covered, end, size)
        yield start, end
        covered = end
        start = _with_overlap(units, start, end, size, overlap)


def _best_border(units: Sequence[_Unit], start: int, covered: int, end: int, size: int) -> int:
    """The end of a passage that can reach `end`: the last of the best borders in its second half."""
    best, total = end, sum(unit.measure for unit in units[start:end])
    for border in range(end - 1, covered, -1):
        total -= units[border].measure
        if total * 2 < size:
            break
        if units[border].border > units[best].border:
            best = border
    return best


def _with_overlap(units: Sequence[_Unit], start: int, end: int, size: int, overlap: int) -> int:
    """Where the next passage begins: up to `overlap` units back, if these and the next one fit."""
    if end >= len(units):
        return end
    total = units[end].measure
    begin = end
    while begin - 1 > start and end - begin < overlap and total + units[begin - 1].measure <= size:
        begin -= 1
        total += units[begin].measure
    return begin
