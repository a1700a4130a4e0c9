"""Plain text: paragraphs between blank lines, and the few headings that are beyond doubt.

A heading is a short line underlined with `=` or `-` of about its own length.  A short first line that
stands alone is the title.  Lines that begin with a bullet are items, those further to the right items of
the one before.

But: capitals and numbers make no heading here; too many lines of letters and tables look like that.
"""

from __future__ import annotations

import re

from retrieval.documents import Document
from retrieval.readers.pieces import Piece, assemble
from retrieval.text import decode

_UNDERLINE = re.compile(r"\s*(={3,}|-{3,})\s*")
_BULLET = re.compile(r"\s*([-*•‣◦])\s+(?=\S)")
_LONGEST_HEADING = 80


def read(data: bytes, name: str) -> Document:
    """The text; its title is its first line if that looks like one, else made of the file's `name`."""
    return assemble(text_pieces(decode(data)), title=None, url=None, name=name, slugs=False)


def text_pieces(text: str, *, titled: bool = True) -> list[Piece]:
    """The pieces of some text with newlines as its only line ends; `titled`: the first may be its title."""
    pieces: list[Piece] = []
    paragraph: list[str] = []
    begins = 1
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if not line.strip():
            pieces += _paragraph(paragraph, begins, first=titled and not pieces)
            paragraph = []
            continue
        if not paragraph:
            begins = number
        paragraph.append(line)
    return pieces


def _paragraph(lines: list[str], begins: int, *, first: bool) -> list[Piece]:
    if not lines:
        return []
    if len(lines) >= 2 and _is_underlined(*lines[:2]):
        level = 1 if "=" in lines[1] else 2
        heading = Piece("heading", (lines[0],), begins, level)
        return [heading, *_paragraph(lines[2:], begins + 2, first=False)]
    if first and len(lines) == 1 and _looks_like_title(lines[0]):
        return [Piece("heading", (lines[0],), begins, 1)]
    starts = [0, *(number for number, line in enumerate(lines) if number and _BULLET.match(line))]
    pieces = []
    indents: list[int] = []  # of the lists that have begun
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        bullet = _BULLET.match(lines[start])
        texts = (lines[start][bullet.end() if bullet else 0 :], *lines[start + 1 : end])
        if bullet:
            indent = bullet.start(1)
            indents = [*(each for each in indents if each < indent), indent]
        pieces.append(Piece("item" if bullet else "paragraph", texts, begins + start, depth=len(indents)))
    return pieces


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
