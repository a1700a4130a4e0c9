"""The lists of a PDF: in which an item stands, and where an item is over, by where its lines begin.

An item stands in the last one above it that begins further left.  Two are of one list where their marks, or
the words behind these, begin at the same place: marks may be set to the right, and words right behind them.

But: only indents are seen.  A list whose inner items begin where the outer ones do is a single list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from retrieval.documents import BlockKind
from retrieval.readers.pdf_lines import Line
from retrieval.readers.pieces import new_list

BULLET = re.compile(r"[•◦▪‣●○■–∙·o*\-]\s+(?=\S)|[•◦▪‣●○■∙·](?=\S)")  # noqa: RUF001
# Digits, one letter or a roman number: any word of up to three letters would be "No." and "Mr.", too.
_LABEL = r"\(?(?:\d{1,3}|\d{1,2}[a-z]|[a-z]|x{0,3}(?:ix|iv|vi{0,3}|i{1,3})|x{2,3})[.)]|\d+(?:\.\d+)+\.?"
NUMBERED = re.compile(rf"(?:{_LABEL})\s+\S", re.IGNORECASE)
MARK_ALONE = re.compile(rf"{_LABEL}|[•◦▪‣●○■∙·o*\-]", re.IGNORECASE)
_SLIP = 0.5  # times the height of a line by which what begins at one place may begin apart
_UP = 1.5  # times the height of a line: a step up of more leads to the next column


@dataclass(frozen=True, slots=True)
class Column:
    """Where the lines of a column begin and end, and how far it lies to the right of the first one."""

    left: float
    right: float
    shift: float = 0.0


def is_marked(text: str) -> bool:
    """Does a line begin as an item does?"""
    return BULLET.match(text) is not None or NUMBERED.match(text) is not None


def columns(lines: Sequence[Line]) -> Mapping[int, Column]:
    """The column of each line by `id(line)`; the lines are in reading order."""
    numbers = [0]
    for before, line in pairwise(lines):
        numbers.append(numbers[-1] + leads_up(before, line))
    found: dict[int, Column] = {}
    first: Column | None = None
    for _, group in groupby(zip(numbers, lines, strict=True), key=lambda pair: (pair[0], pair[1].page)):
        column = [line for _, line in group]
        left, right = min(line.left for line in column), max(line.right for line in column)
        is_beside = first is not None and left > (first.left + first.right) / 2
        shown = Column(left, right, left - first.left if first is not None and is_beside else 0.0)
        first = first or shown
        found.update((id(line), shown) for line in column)
    return found


def leads_up(before: Line, line: Line) -> bool:
    """Does the text go on further up on the page: in the next column?"""
    return before.page == line.page and before.bottom - line.top < -_UP * line.height


def ends_item(block: Sequence[Line], line: Line, column: Column) -> bool:
    """Is `line` no more of an item whose lines so far are `block`?

    It is not if the lines below the mark stood further right, or if there was room for its first word in the
    line before.  Of numbered ones the first line may stand further right than the others, of marked ones not.
    """
    first, before = block[0], block[-1]
    slip = _SLIP * line.height
    if not is_marked(first.text) or line.left > first.left + slip or leads_up(before, line):
        return False
    if before is not first and before.page == first.page and before.left > first.left + slip:
        return True
    if line.page == first.page and line.left < first.left - slip and BULLET.match(first.text):
        return True
    word = len(line.text.split(None, 1)[0]) + 2  # a blank, and one for letters that are wider than most
    room = column.right - before.right
    return not line.text[0].islower() and room > word * (line.right - line.left) / len(line.text)


class Indents:
    """The lists that are open at a place of a PDF."""

    def __init__(self) -> None:
        self._open: list[tuple[float, float, int]] = []  # where mark and words begin, the list's number
        self._last: Line | None = None  # of the item before

    def lists(self, kind: BlockKind, block: Sequence[Line], column: Column) -> tuple[int, ...]:
        """The lists, as `Piece.lists`, of a block that comes now; none if it is no item.

        What begins a page may be the rest of the item that the last one ended with.
        """
        if kind == "item":
            self._last = block[-1]
            return self._item(block[0], column)
        if kind == "paragraph" and self._last is not None and _goes_on(self._last, block[0]):
            self._last = block[-1]
            return (*(number for _, _, number in self._open), -new_list())
        self.end()
        return ()

    def end(self) -> None:
        """Something else comes than an item."""
        self._open.clear()
        self._last = None

    def _item(self, line: Line, column: Column) -> tuple[int, ...]:
        mark, words = line.left - column.shift, line.words_from - column.shift
        slip = _SLIP * line.height
        is_theirs = False
        while self._open:
            its_mark, its_words, _ = self._open[-1]
            is_theirs = min(abs(mark - its_mark), abs(words - its_words)) < slip
            if is_theirs or mark > its_mark:
                break
            self._open.pop()
        if not is_theirs:
            self._open.append((mark, words, new_list()))
        return tuple(number for _, _, number in self._open)


def _goes_on(last: Line, line: Line) -> bool:
    return last.page != line.page and last.text[-1] not in ".:;!?" and line.text[0].islower()
