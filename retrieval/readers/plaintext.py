"""Plain text: paragraphs between blank lines, and the few headings that are beyond doubt.

A heading is a short line underlined with `=` or `-` of about its own length.  A short first line that
stands alone is the title.  Lines that begin with a bullet are items, those further to the right items of
the one before; a line behind the last one that begins anew at the left is none of its.

But: capitals and numbers make no heading here; too many lines of letters and tables look like that.
"""

from __future__ import annotations

import re

from retrieval.documents import Document
from retrieval.readers.pieces import Piece, assemble, new_list
from retrieval.text import decode

_UNDERLINE = re.compile(r"\s*(={3,}|-{3,})\s*")
_BULLET = re.compile(r"\s*([-*•‣◦·–])\s+(?=\S)")  # noqa: RUF001
_FULL_LINE = 60
"""Characters of a line from which on it may have been wrapped."""
_LONGEST_HEADING = 80


def read(data: bytes, name: str) -> Document:
    """The text; its title is its first line if that looks like one, else made of the file's `name`."""
    return assemble(text_pieces(decode(data)), title=None, url=None, name=name, slugs=False)


def text_pieces(text: str, *, titled: bool = True) -> list[Piece]:
    """The pieces of some text with newlines as its only line ends; `titled`: the first may be its title."""
    pieces: list[Piece] = []
    paragraph: list[str] = []
    open_lists: list[tuple[int, int]] = []
    begins = 1
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if not line.strip():
            pieces += _paragraph(paragraph, begins, open_lists, first=titled and not pieces)
            paragraph = []
            continue
        if not paragraph:
            begins = number
        paragraph.append(line)
    return pieces


def _paragraph(
    lines: list[str], begins: int, open_lists: list[tuple[int, int]], *, first: bool
) -> list[Piece]:
    """The pieces of some lines; `open_lists`: those that go on, how far to the right and their numbers."""
    if not lines:
        return []
    if len(lines) >= 2 and _is_underlined(*lines[:2]):
        level = 1 if "=" in lines[1] else 2
        heading = Piece("heading", (lines[0],), begins, level)
        open_lists.clear()
        return [heading, *_paragraph(lines[2:], begins + 2, open_lists, first=False)]
    if first and len(lines) == 1 and _looks_like_title(lines[0]):
        return [Piece("heading", (lines[0],), begins, 1)]
    starts = [number for number in range(len(lines)) if not number or _begins_anew(lines, number)]
    pieces = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        bullet = _BULLET.match(lines[start])
        texts = (lines[start][bullet.end() if bullet else 0 :], *lines[start + 1 : end])
        if bullet is None:
            open_lists.clear()
            pieces.append(Piece("paragraph", texts, begins + start))
            continue
        while open_lists and open_lists[-1][0] > bullet.start(1):
            open_lists.pop()
        if not open_lists or open_lists[-1][0] < bullet.start(1):
            open_lists.append((bullet.start(1), new_list()))
        pieces.append(Piece("item", texts, begins + start, lists=tuple(number for _, number in open_lists)))
    return pieces


def _begins_anew(lines: list[str], number: int) -> bool:
    """Whether a line is an item, or stands behind the items and is none of theirs."""
    if _BULLET.match(lines[number]):
        return True
    bullet = next(filter(None, map(_BULLET.match, reversed(lines[:number]))), None)
    line, before = lines[number], lines[number - 1]
    indent = len(line) - len(line.lstrip())
    return (
        bullet is not None
        and indent <= bullet.start(1)
        and line[indent].isupper()
        and len(before.rstrip()) < _FULL_LINE
    )


def _is_underlined(line: str, underline: str) -> bool:
    length = len(line.strip())
    return (
        length <= _LONGEST_HEADING
        and _UNDERLINE.fullmatch(underline) is not None
        and abs(len(underline.strip()) - length) <= 3
        and _UNDERLINE.fullmatch(line) is None
    )


def _looks_like_title(line: str) -> bool:
    line = line.strip()
    return len(line) <= _LONGEST_HEADING and line[-1] not in ".,;:!?" and line[0].isalnum()
