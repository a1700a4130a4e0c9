"""Table rows as sentences that can be quoted: `Plan: Pro. Price: $12.`

A row says its headers again, so that it can be read alone.  Formats that mark headers (HTML, Markdown)
name them; for those that do not (sheets, slides) `grid_rows` looks for them.

But: nothing here knows a format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from retrieval.text import normalise

_LONGEST_HEADER = 80  # characters
_PLACEHOLDER = re.compile(r"Column\d+")  # what Excel calls a column without a name
_NAMING_FIGURE = re.compile(r"[#№%€$£]|(?:19|20)\d\d")  # figures that name a column: #, 2025
_LOOKED_AT = 20  # rows in which a header is looked for


def row_sentence(headers: Sequence[str], cells: Sequence[str]) -> str:
    """A table row as something that can be quoted: `Header: value. Header: value.`

    Empty cells are left out, and so are signs alone (an empty box) where no header says what they mean.
    A row of two cells without headers is `cell: cell.`  A full stop that a cell brings along is not doubled.
    """
    headers = [normalise(header).rstrip(" :") for header in headers]
    values = [normalise(cell) for cell in cells]
    if len(values) == 2 and all(values) and not any(headers):
        headers, values = ["", values[0].rstrip(" :")], ["", values[1]]
    parts = []
    for number, value in enumerate(values):
        header = headers[number] if number < len(headers) else ""
        if value and (header or len(values) == 1 or any(map(str.isalnum, value))):
            sentence = f"{header}: {value}" if header and header != value else value
            parts.append(sentence if sentence[-1] in ".!?:;…" else sentence + ".")
    return " ".join(parts)


def join_clauses(lines: Iterable[str]) -> str:
    """Lines of a table's cell as one text: set off by semicolons where they do not end a clause."""
    text = ""
    for line in filter(None, map(normalise, lines)):
        text += ("" if not text else " " if text[-1] in ".,;:!?…" else "; ") + line
    return text


def grid_rows(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, str]]:
    """The rows of a grid as sentences, with their numbers from 0; the header is said in each row below it.

    The header is the first row that is as wide as most, all words (or years, or `#`); rows before it are
    text.  A later row that repeats it is left out.  What a line says that heads a group is said in each row
    of the group.
    """
    number = header_row(rows)
    headers = [] if number is None else list(rows[number])
    names = _filled(headers)
    are_used = number is not None and any(_filled(row) not in ([], names) for row in rows[number + 1 :])
    first = len(rows) if number is None else number + 1
    groups = [""] * first + _groups(rows[first:], len(names))
    for position, row in enumerate(rows):
        values = _filled(row)
        sentence = row_sentence(*under(groups[position], headers, row) if position >= first else ([], row))
        if are_used and (values == names or all(map(_PLACEHOLDER.fullmatch, values))):
            continue
        if len(values) == 1 and len(names) > 2 and position >= first:
            if _is_figure(values[0]):  # a formula that waits for its row
                continue
            sentence = row_sentence([], values)  # a line that heads a group
        if sentence:
            yield position, sentence


def under(group: str, headers: Sequence[str], cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """The headers and cells of a row with the words of the line that heads its group before them."""
    return (["", *headers], [group, *cells]) if group else (list(headers), list(cells))


def may_head_group(line: str) -> bool:
    """Can the only cell of a row be what the rows below it have in common, and no remark on a table?"""
    is_remark = line[-1:] in {".", "!", "?", ";"} or ":" in line[:-1]
    return 0 < len(line) <= _LONGEST_HEADER and not is_remark and not _is_figure(line)


def _groups(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """For each row below a header of so many names what the line says that heads its group, else nothing.

    Such a line has its first cell only, and full rows around it.  Two of them one below the other, or rows
    that lack cells here and there, are rather rows that nobody has filled in.
    """
    sizes = [len(_filled(row)) for row in rows]
    several = [size for size in sizes if size > 1]
    is_full = sum(size * 4 >= width * 3 for size in several) * 4 >= len(several) * 3
    if width < 3 or not is_full:
        return [""] * len(rows)
    lone = [size == 1 and bool(normalise(row[0])) for size, row in zip(sizes, rows, strict=True)]
    found, group = [], ""
    for position, row in enumerate(rows):
        if lone[position]:
            line = normalise(row[0]).rstrip(" :")
            beside = lone[max(position - 1, 0) : position] + lone[position + 1 : position + 2]
            group = line if may_head_group(line) and not any(beside) else ""
        found.append("" if lone[position] else group)
    return found


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """The position of the row that names the columns, None where there is none."""
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    full = sorted(width for width in widths if width > 1)
    if not full:
        return None
    usual = full[len(full) // 2]
    for number, row in enumerate(rows[:_LOOKED_AT]):
        filled = [cell.strip() for cell in row if cell.strip()]
        if len(filled) > 1 and len(filled) * 4 >= usual * 3:
            names = all(len(cell) <= _LONGEST_HEADER and _may_name(cell) for cell in filled)
            words = not all(map(_is_figure, filled))
            return number if names and words and len(set(filled)) * 4 >= len(filled) * 3 else None
    return None


def _filled(row: Sequence[str]) -> list[str]:
    return [cell for cell in map(normalise, row) if cell]


def _may_name(cell: str) -> bool:
    """Whether the cell can be the name of a column: words, a year, or a sign for numbers."""
    return not _is_figure(cell) or _NAMING_FIGURE.fullmatch(cell) is not None


def _is_figure(cell: str) -> bool:
    return sum(map(str.isalpha, cell)) * 2 < len(cell.replace(" ", ""))
