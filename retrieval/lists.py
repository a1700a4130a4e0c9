"""Lists: what introduces an item, and which items a sentence introduces.

"The card must not be used for:" and "cash" stand in two blocks, and the second alone says the opposite of
both.  So whoever shows an item shows what introduces it, and whoever shows a sentence that ends in a
colon shows what it leads to.  A list that nothing else introduces has the heading right above it for an
introduction where it is shown, if it would be misread without ("What we do not pay"); where it is searched
and read, headings stand anyway.

Each block knows in which lists it stands, one within the other (`Block.lists`), so that neighbours are not
taken for one list, nor a footnote for an item of the last.  What stands in an item behind its first block has
that for an introduction, as an inner list has.

But: nothing is stored here; the blocks of a document tell it all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile

from retrieval.documents import Block
from retrieval.sentences import Span, sentences

Text = Callable[[Block], str]
"""The text of a block."""

REACH = 200
"""So many blocks up an introduction is looked for: time must not grow with the square of a list."""
MOST_ITEMS = 8
MOST_CHARACTERS = 600
"""Of the items below a sentence so many are shown, the first one in any case."""
SHORT_ITEM, SHORT_LINE = 120, 80
"""Characters of an item, or of a line without a full stop, that says what the list below it is about."""

_LEADS_ON = re.compile(r":\s*$")
_ANNOUNCES = re.compile(
    r"\b(?:the following(?! (?:day|week|month|quarter|year|morning)s?\b)(?: \w+){0,6}"
    r"|as follows|listed below)\W*$",
    re.IGNORECASE,
)
_MARK = re.compile(r"\(?(?:\d+(?:\.\d+)*|[a-z]|[ivxl]+)[.)]?\s", re.IGNORECASE)
_WHOLE = re.compile(r"[.!?]\W*$")
_RESTRICTS = re.compile(
    r"\b(?:no|not|never|none|nothing|nobody|cannot|without|only|unless|except(?:ions?|ed)?|instead|avoid\w*"
    r"|don(?:['\u2019]t|ts)|\w+n['\u2019]t|forbidden|prohibit\w*|exclu\w+|limit\w*|ban(?:ned|s)?|refus\w+)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?,;]\W*$")


@dataclass(frozen=True, slots=True)
class Item:
    """What is shown of an item: its text, and how much deeper it stands than the first that is shown."""

    text: str = field(repr=False)
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAround:
    """The list in which some text stands, or that it introduces.

    `introductions`: the sentences above the text that lead to it, the outermost first.  `items`: what
    follows upon a text that breaks off at a colon or amid the list behind it, or upon several rows of a
    table; `left`: how many more.  `rows`: of a text of rows, how many more its table has that are not shown;
    no more than `REACH` on either side are counted.
    """

    introductions: tuple[str, ...] = field(default=(), repr=False)
    items: tuple[Item, ...] = field(default=(), repr=False)
    left: int = 0
    rows: int = 0


def list_around(end: int, up: Iterator[Block], down: Iterator[Block], text: Text) -> ListAround:
    """The list around some text that ends at the offset `end`.

    `up`: the block in which it begins and those before that, the nearest first; `down`: the one in which it
    ends and those behind, in order; no more of either are taken than are needed.
    """
    first, last = next(up, None), next(down, None)
    if first is None or last is None:
        return ListAround()
    if first.kind == last.kind == "row":
        return _table_around(first, last, list(islice(up, REACH)), list(islice(down, REACH)), text)
    said = _said(first, up, text)
    items: Iterator[Block] = iter(())
    if last.end == end and (_leads_on(last, text) or (first == last and _introduces(last, text))):
        items = below(last, down)
    elif last != first and last.kind in {"item", "row"} and _leads_on(first, text):
        items = below(first, down, seen=last)  # whose first ones stand in the text
    shown, left = _first(items, text)
    return ListAround(introductions=said, items=shown, left=left)


def _table_around(
    first: Block, last: Block, before: list[Block], after: list[Block], text: Text
) -> ListAround:
    """The table around rows: a rule in several rows is not whole without those behind."""
    rows_before = sum(1 for _ in takewhile(lambda each: _is_row_beside(first, each), before))
    rows_after = list(takewhile(lambda each: _is_row_beside(last, each), after))
    shown: tuple[Item, ...] = ()
    if first != last:
        shown, _ = _first(iter(rows_after[:MOST_ITEMS]), text)
    left = rows_before + len(rows_after) - len(shown)
    return ListAround(introductions=_said(first, iter(before), text), items=shown, rows=left)


def _said(block: Block, before: Iterable[Block], text: Text) -> tuple[str, ...]:
    """What introduces a block, in words."""
    found = leads(block, before, text, headings=True)
    return tuple(text(each)[start - each.start : stop - each.start] for each, (start, stop) in found)


def leads(
    block: Block, before: Iterable[Block], text: Text, *, headings: bool = False
) -> list[tuple[Block, Span]]:
    """What leads to a block, the outermost first: blocks, and where in the document their sentences stand.

    `before`: the blocks before it, the nearest first, of which no more than `REACH` are looked at.
    `headings`: also one right above the list, if nothing else introduces it.
    """
    blocks = above(block, islice(before, REACH), text, headings=headings)
    found = [(each, introduction(each, text(each))) for each in blocks]
    return [(each, span) for each, span in reversed(found) if span is not None]


def above(block: Block, before: Iterable[Block], text: Text, *, headings: bool = False) -> Iterator[Block]:
    """The blocks that may introduce `block`, the innermost first: what is right above its list or table, the
    item in which that stands, what is right above the list of this, and so on.

    Where a format does not tell which list is within which, an item that breaks off at a colon introduces
    those behind it that are marked otherwise (4.2 and (a), not 4.3).  `before`: the blocks before it, the
    nearest first; no more are taken than are needed.  `headings`: one right above the outermost list, too.
    """
    inner = lower = block
    for each in before:
        if inner.kind == "paragraph" or each.section != block.section:
            return
        outer = inner.lists[:-1]
        is_right_above = lower.lists[: len(inner.lists)] == inner.lists
        if each.kind == "heading":
            if headings and is_right_above and not outer and _wants(inner, each, text):
                yield each
            return
        if _is_beside(inner, each):
            has_own_list = len(lower.lists) > len(each.lists)
            if each.lists == inner.lists and not has_own_list and _leads_on_to(each, inner, text):
                yield each
                inner = each
        elif each.kind == "paragraph" or (outer and each.lists == outer):
            if not outer and not is_right_above:
                return
            yield each
            inner = each
        elif is_right_above and each.kind == "item" and _leads_on(each, text):
            yield each  # the list was meant to stand in it, or it is what else stands in the item
            inner = each
        elif not outer and not (inner.lists and each.kind in {"code", "row"}):
            return
        lower = each


def below(block: Block, after: Iterable[Block], *, seen: Block | None = None) -> Iterator[Block]:
    """What `block` introduces if it introduces anything: the list or the table right behind it, or the code;
    of an item all else that stands in it.

    `after`: the blocks after it, the nearest first; no more of them are taken than are needed.  `seen`: the
    last of those that it introduces before these, if it is not the nearest itself.
    """
    all_of_it = block.lists[-1:] > (0,)
    outside = block.lists if all_of_it else block.lists[:-1]
    first = seen
    for each in after:
        if each.kind in {"heading", "paragraph"} or each.section != block.section:
            return
        if each.lists[: len(outside)] != outside or (outside and len(each.lists) == len(outside)):
            return
        own = slice(len(outside), len(outside) + 1)
        if (
            first is not None
            and not all_of_it
            and (first.kind == "code" or first.lists[own] != each.lists[own])
        ):
            return
        if first is not None and not each.lists[own] and each.kind != first.kind:
            return
        yield each
        first = first or each


def introduction(block: Block, text: str) -> Span | None:
    """The sentence with which a block of this text introduces what stands below it; None if it does not.

    Its last one, if that says so; an item, or a line without a full stop, if it is short; a heading as it is.
    """
    if block.kind == "heading":
        return block.start, block.end
    spans = sentences(text)
    if not spans:
        return None
    start, end = spans[-1]
    most = SHORT_LINE if block.kind == "paragraph" or block.lists[-1:] < (0,) else SHORT_ITEM
    is_label = len(spans) == 1 and len(text) <= most and (most == SHORT_ITEM or not _ENDS.search(text))
    if is_label or _LEADS_ON.search(text, start, end) or _ANNOUNCES.search(text[start:end]):
        return block.start + start, block.start + end
    return None


def _wants(block: Block, heading: Block, text: Text) -> bool:
    """Whether an item or a row would be misread without the heading right above: it is no whole sentence, or
    the heading forbids, limits or excepts.  Of other headings the citation tells.
    """
    if block.kind == "item" and not _WHOLE.search(text(block)):
        return True
    return block.kind in {"item", "row"} and _RESTRICTS.search(text(heading)) is not None


def _leads_on(block: Block, text: Text) -> bool:
    """Whether a block breaks off at a colon, so that without what follows it says nothing."""
    return block.kind in {"paragraph", "item"} and _LEADS_ON.search(text(block)) is not None


def _leads_on_to(block: Block, other: Block, text: Text) -> bool:
    """Whether a block breaks off at a colon above one that is marked otherwise."""
    mark, its = _mark(text(block)), _mark(text(other))
    return _leads_on(block, text) and mark is not None and its is not None and mark != its


def _mark(text: str) -> str | None:
    """The manner in which an item is marked in its text: `1.1` for 4.2, `(a)` for (c); None without."""
    found = _MARK.match(text)
    return None if found is None else re.sub(r"[a-z]+", "a", re.sub(r"\d+", "1", found[0].lower())).strip()


def _introduces(block: Block, text: Text) -> bool:
    return block.kind in {"paragraph", "item"} and introduction(block, text(block)) is not None


def _is_beside(one: Block, other: Block) -> bool:
    """Whether two blocks are of one list, the second perhaps within an item, or of one table."""
    if one.lists:
        return other.lists[: len(one.lists)] == one.lists
    return one.kind == other.kind == "row" and not other.lists


def _is_row_beside(row: Block, other: Block) -> bool:
    """Whether a block is a row of the same table, as far as sections and lists tell tables apart."""
    return other.kind == "row" and (other.section, other.lists) == (row.section, row.lists)


def _first(blocks: Iterator[Block], text: Text) -> tuple[tuple[Item, ...], int]:
    """The first of some blocks, as many as have room, and how many are left."""
    items: list[Item] = []
    left = length = least = 0
    for block in blocks:
        said, depth = text(block), sum(number > 0 for number in block.lists)
        length += len(said)
        if not items:
            least = depth
        if left or (items and (len(items) == MOST_ITEMS or length > MOST_CHARACTERS)):
            left += 1
        else:
            items.append(Item(said, max(depth - least, 0)))
    return tuple(items), left
