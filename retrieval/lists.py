"""Lists: what introduces an item, and which items a sentence introduces.

"The card must not be used for:" and "cash" stand in two blocks, and the second alone says the opposite of
both.  So whoever shows an item shows what introduces it, and whoever shows a sentence that ends in a
colon shows what it leads to.

But: nothing is stored here; the blocks of a document and in how many lists each stands tell it all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from retrieval.documents import Block
from retrieval.sentences import Span, sentences

REACH = 200
"""So many blocks up an introduction is looked for: time must not grow with the square of a list."""
MOST_ITEMS = 8
MOST_CHARACTERS = 600
"""Of the items below a sentence so many are shown, the first one in any case."""

_LEADS_ON = re.compile(r":\s*$")
_ANNOUNCES = re.compile(r"\b(?:the following|as follows|listed below)\b", re.IGNORECASE)
_SHORT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAround:
    """The list in which some text stands, or that it introduces.

    `introductions`: the sentences above the text that lead to it, the outermost first.  `items`: what
    follows upon a text that breaks off at a colon or amid the list behind it; `left`: how many more.
    """

    introductions: tuple[str, ...] = field(default=(), repr=False)
    items: tuple[str, ...] = field(default=(), repr=False)
    left: int = 0


def list_around(
    end: int, up: Iterator[Block], down: Iterator[Block], text: Callable[[Block], str]
) -> ListAround:
    """The list around some text that ends at the offset `end`.

    `up`: the block in which it begins and those before that, the nearest first; `down`: the one in which it
    ends and those behind, in order; no more of either are taken than are needed.  `text`: that of a block.
    """
    first, last = next(up, None), next(down, None)
    leading = [] if first is None else leads(first, up, text)
    items: Iterator[Block] = iter(())
    if first is not None and last is not None:
        if last.end == end and _LEADS_ON.search(text(last)):
            items = below(last, down)
        elif last.kind in {"item", "row"} and last != first and _LEADS_ON.search(text(first)):
            items = below(first, down)  # whose first ones stand in the text
    shown, left = _first(map(text, items))
    said = tuple(text(block)[start - block.start : stop - block.start] for block, (start, stop) in leading)
    return ListAround(introductions=said, items=shown, left=left)


def leads(block: Block, before: Iterable[Block], text: Callable[[Block], str]) -> list[tuple[Block, Span]]:
    """What leads to a block, the outermost first: blocks, and where in the document their sentences stand.

    `before`: the blocks before it, the nearest first, of which no more than `REACH` are looked at.
    """
    found = [(each, introduction(each, text(each))) for each in above(block, islice(before, REACH))]
    return [(each, span) for each, span in reversed(found) if span is not None]


def above(block: Block, before: Iterable[Block]) -> Iterator[Block]:
    """The blocks that may introduce `block`, the innermost first: the items in which it stands, and the
    paragraph above their list.

    `before`: those before it, the nearest first; no more of them are taken than are needed.
    """
    inner = block
    for each in before:
        if inner.kind in {"heading", "paragraph"} or each.kind == "heading" or each.section != block.section:
            return
        if each.kind == "paragraph" or (each.kind == "item" and _belongs(inner, each)):
            yield each
            inner = each
        elif not _beside(inner, each):
            return


def below(block: Block, after: Iterable[Block]) -> Iterator[Block]:
    """What `block` may introduce: the items or rows that follow, each in its turn, or the code.

    `after`: those after it, the nearest first; no more of them are taken than are needed.
    """
    first: Block | None = None
    for each in after:
        if each.kind in {"heading", "paragraph"} or each.section != block.section:
            return
        if block.kind != "paragraph" and not (block.kind == "item" and _belongs(each, block)):
            return
        if first is not None and (first.kind == "code" or not _beside(each, first)):
            return
        yield each
        first = first or each


def introduction(block: Block, text: str) -> Span | None:
    """The sentence with which a block of this text introduces what stands below it; None if it does not.

    A paragraph does by its last sentence, where that says so; a short item by being there.
    """
    spans = sentences(text)
    if not spans:
        return None
    start, end = spans[-1]
    is_short = block.kind == "item" and len(spans) == 1 and len(text) <= _SHORT
    if is_short or _LEADS_ON.search(text, start, end) or _ANNOUNCES.search(text, start, end):
        return block.start + start, block.start + end
    return None


def _first(items: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The first of some items, as many as have room, and how many are left."""
    first: list[str] = []
    left = length = 0
    for item in items:
        length += len(item)
        if left or (first and (len(first) == MOST_ITEMS or length > MOST_CHARACTERS)):
            left += 1
        else:
            first.append(item)
    return tuple(first), left


def _belongs(inner: Block, item: Block) -> bool:
    """Whether a block stands in an item that comes before it, if nothing comes between that ends the list.

    Code that is not indented belongs to the item right above it all the same.
    """
    if inner.kind == "code":
        return item.depth <= max(inner.depth, 1)
    return inner.kind == "item" and item.depth < inner.depth


def _beside(one: Block, other: Block) -> bool:
    """Whether two blocks are of one list, at whatever depth, or of one table."""
    if one.kind == "row" or other.kind == "row":
        return one.kind == other.kind
    return one.depth > 0 and other.depth > 0
