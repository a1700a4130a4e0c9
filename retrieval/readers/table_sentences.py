"""Table rows as sentences that can be quoted: `Plan: Pro. Price: $12.`

A row says its headers again, so that it can be read alone.  Formats that mark headers (HTML, Markdown)
name them; for those that do not (sheets, slides) `grid_rows` looks for them.

But: nothing here knows a format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Literal

from retrieval.text import normalise

Row = tuple[Literal["row", "paragraph"], list[str], list[str]]  # kind, headers, cells

Spans = Mapping[int, Sequence[tuple[int, int]]]
"""The first and the last columns of cells that are merged across, by the positions of their rows."""

_LONGEST_HEADER = 80  # characters
_PLACEHOLDER = re.compile(r"Column\d+")  # what Excel calls a column without a name
_NAMING_FIGURE = re.compile(r"[#№%€$£]|(?:19|20)\d\d")  # figures that name a column: #, 2025
_LOOKED_AT = 20  # rows in which a header is looked for
_NAMES_OF_VALUES = re.compile(
    r"(?:.*\W)?(?:address|allowance|amount|answer|budget|charge|code|comment|condition|contact|cost|count|date|"
    r"day|deadline|definition|description|detail|duration|email|entitlement|fee|figure|hour|info|information|"
    r"length|level|limit|location|maximum|meaning|minimum|minute|month|name|no|note|notice|number|order|percent|"
    r"percentage|period|phone|price|quantity|rate|reason|remark|result|room|rule|score|share|size|status|sum|"
    r"target|term|time|total|type|unit|value|version|week|weight|year)s?\W*",
    re.IGNORECASE,
)  # what heads a column of two kinds of values, "25" and "none", rather than is one of them


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


def is_said_again(headers: Sequence[str], value: str, column: int, after: int) -> bool:
    """Is a value that is merged over columns said of this one, too, which is so many `after` its first?

    A row's first cell names the row ("Total"), and what is longer than a name is rather a remark.
    """
    if not 0 < after < column or column >= len(headers) or len(value) > _LONGEST_HEADER:
        return False
    return headers[column] not in {"", headers[column - 1]}


def join_clauses(lines: Iterable[str]) -> str:
    """Lines of a table's cell as one text: set off by semicolons where they do not end a clause."""
    text = ""
    for line in filter(None, map(normalise, lines)):
        text += ("" if not text else " " if text[-1] in ".,;:!?…" else "; ") + line
    return text


def grid_rows(
    rows: Sequence[Sequence[str]], known: Set[int] = frozenset(), spans: Spans = MappingProxyType({})
) -> Iterator[tuple[int, str]]:
    """The rows of a grid as sentences, with their numbers from 0; the header is said in each row below it.

    The header is the first row that is as wide as most, all words (or years, or `#`); rows before it are
    text.  A later row that repeats it is left out.  What a line says that heads a group is said in each row
    of the group.  Below an empty row another table with a header of its own may begin; cells that stand there
    alone are text.  `known`: the positions of headers that the caller knows, by merged cells.  `spans`: the
    values that are merged across.
    """
    filled = list(map(_filled, rows))
    tables = list(_tables(rows, filled, known))
    names = {table.header: filled[table.header] for table in tables if table.header is not None}
    used = {table.header for table in tables if _is_said(table, filled)}
    for table in tables:
        header = table.header
        headers = [] if header is None else rows[header]
        width = 0 if header is None else len(names[header])
        groups = group_lines(rows[table.first : table.last], width)
        for position in range(table.begins, table.last):
            row, values = rows[position], filled[position]
            is_repeated = header is not None and values == names[header]
            if header in used and (is_repeated or all(map(_PLACEHOLDER.fullmatch, values))):
                continue
            if header is None or position < table.first:
                sentence = row_sentence([], row)
            elif _says_header(table, position, values, width):
                said = _across(headers, row, spans.get(position, ()))
                sentence = row_sentence(*under(groups[position - table.first], headers, said))
            elif width > 2 and is_figure(values[0]):  # a formula that waits for its row
                continue
            else:  # a line that heads a group, or a remark
                sentence = row_sentence([], values)
            if sentence:
                yield position, sentence


def _across(headers: Sequence[str], row: Sequence[str], spans: Sequence[tuple[int, int]]) -> Sequence[str]:
    """The cells of a row with values that are merged across said in each column of which they are said."""
    said = list(row)
    for first, last in spans:
        for column in range(first + 1, min(last + 1, len(said))):
            if is_said_again(headers, said[first], column, column - first):
                said[column] = said[first]
    return said


def _is_said(table: _Table, filled: Sequence[Sequence[str]]) -> bool:
    """Is the header of a table said in any of its rows, so that it need not be said by itself?"""
    if table.header is None:
        return False
    names = filled[table.header]
    return any(
        values != names and _says_header(table, position, values, len(names))
        for position, values in enumerate(filled[table.first : table.last], table.first)
    )


def _says_header(table: _Table, position: int, values: Sequence[str], width: int) -> bool:
    """Is a row below a header of so many names one of its values, and no line by itself?"""
    return len(values) > 1 or (bool(values) and width <= 2 and position < table.notes_from)


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of a grid without an empty one between, by their positions."""

    begins: int
    last: int  # the position behind its last row
    header: int | None  # the row that names its columns, perhaps one further up
    first: int  # the first row below the header
    notes_from: int  # from here on a cell alone is a remark below the table


def _tables(
    rows: Sequence[Sequence[str]], filled: Sequence[Sequence[str]], known: Set[int]
) -> Iterator[_Table]:
    widths = list(map(len, filled))
    usual = _usual_width(widths)
    header: int | None = None
    is_searched = False  # there were rows as wide as most, so one without a header may have begun
    said: set[str] = set()  # in the rows below the header
    for begins, last in stretches(widths):
        part = rows[begins:last]
        told = next((position - begins for position in range(begins, last) if position in known), None)
        own = header_row(part, None if is_searched else usual) if told is None else told
        before = [] if header is None else rows[header]
        if told is None and own is not None and is_searched and not _names_others(part, own, said, before):
            own = None
        if own is not None:
            header, said = begins + own, set()
        is_searched = is_searched or any(_is_wide(width, usual) for width in widths[begins:last])
        first = begins if own is None else begins + own + 1
        said.update(cell for values in filled[first:last] for cell in values)
        notes_from = last
        while notes_from > first and widths[notes_from - 1] == 1 and rows[notes_from - 1][0].strip():
            notes_from -= 1
        if max(widths[begins:last]) == 1:
            notes_from = begins
        yield _Table(begins, last, header, first, notes_from)


def stretches(widths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The beginnings and ends of what stands together between empty rows."""
    for is_empty, group in groupby(range(len(widths)), key=lambda position: not widths[position]):
        positions = list(group)
        if not is_empty:
            yield positions[0], positions[-1] + 1


def _names_others(part: Sequence[Sequence[str]], number: int, said: Set[str], headers: Sequence[str]) -> bool:
    """Does a row name the columns of a table of its own, and does not go on with the one above?

    Rows of words look like headers.  So there has to be a column that had no name, or that holds words at
    its head and figures below it; and words that are said in other rows name nothing ("none", "n/a").
    """
    below = [row for row in part[number + 1 :] if len(_filled(row)) > 1]
    names = {column: cell for column, cell in enumerate(part[number]) if cell.strip()}
    values = {cell for row in below for cell in _filled(row)}
    if not below or any(name in said or name in values for name in map(normalise, names.values())):
        return False
    for column, name in names.items():
        cells = [row[column] for row in below if column < len(row) and row[column].strip()]
        is_new = any(headers) and not "".join(headers[column : column + 1]).strip()
        if is_new and len(cells) * 2 > len(below):
            return True
        if cells and not is_figure(name) and all(map(is_figure, cells)):
            return True
    return False


def with_groups(rows: Sequence[Row]) -> list[Row]:
    """A line that heads a group by filling its first cell only as a paragraph; its rows say its words."""
    found: list[Row] = []
    for (kind, headers), some in groupby(rows, key=lambda row: (row[0], row[1])):
        cells = [each for _, _, each in some]
        width = sum(map(bool, headers))
        groups = group_lines(cells, width) if headers else [""] * len(cells)
        for number, values in enumerate(cells):
            is_head = not groups[number] and bool("".join(groups[number + 1 : number + 2]))
            if is_head:
                found.append(("paragraph", [], [values[0]]))
            else:
                found.append((kind, *under(groups[number], headers, values)))
    return found


def under(group: str, headers: Sequence[str], cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """The headers and cells of a row with the words of the line that heads its group before them."""
    return (["", *headers], [group, *cells]) if group else (list(headers), list(cells))


def may_head_group(line: str) -> bool:
    """Can the only cell of a row be what the rows below it have in common, and no remark on a table?"""
    is_remark = line[-1:] in {".", "!", "?", ";"} or ":" in line[:-1]
    return 0 < len(line) <= _LONGEST_HEADER and not is_remark and not is_figure(line)


def group_lines(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """For each row below a header of so many names what the line says that heads its group, else nothing.

    Such a line has its first cell only, and full rows around it.  Two of them one below the other, or rows
    that lack cells here and there, are rather rows that nobody has filled in.
    """
    sizes = list(map(_width, rows))
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


def header_row(rows: Sequence[Sequence[str]], usual: int | None = None) -> int | None:
    """The position of the row that names the columns, None where there is none.

    It is as wide as rows usually are, here or, where that is told, in all of a grid.
    """
    usual = _usual_width(list(map(_width, rows))) if usual is None else usual
    for number, row in enumerate(rows[:_LOOKED_AT]):
        filled = [cell.strip() for cell in row if cell.strip()]
        if _is_wide(len(filled), usual):
            names = all(len(cell) <= _LONGEST_HEADER and may_name(cell) for cell in filled)
            words = not all(map(is_figure, filled))
            several = len(set(filled)) * 4 >= len(filled) * 3
            return number if names and words and several and not _is_fact(rows, number) else None
    return None


def _is_fact(rows: Sequence[Sequence[str]], number: int) -> bool:
    """Is a row of two cells a name and its value, as the rows below it are ("Office: Oslo", "Founded: 1998")?

    That is where words and figures stand below, and nothing says that it names the values.
    """
    if max(map(_width, rows)) != 2:
        return False
    _, named = _filled(rows[number])
    values = [cells[1] for row in rows[number + 1 :] if len(cells := _filled(row)) == 2]
    kinds = {is_figure(value) for value in values}
    return len(kinds) == 2 and not _NAMES_OF_VALUES.fullmatch(named)


def _usual_width(widths: Sequence[int]) -> int:
    """How many cells a row of several cells has in the middle; 0 where there is none."""
    several = sorted(width for width in widths if width > 1)
    return several[len(several) // 2] if several else 0


def _is_wide(width: int, usual: int) -> bool:
    return width > 1 and width * 4 >= usual * 3


def _filled(row: Sequence[str]) -> list[str]:
    return [cell for cell in map(normalise, row) if cell]


def _width(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def may_name(cell: str) -> bool:
    """Whether the cell can be the name of a column: words, a year, or a sign for numbers."""
    return not is_figure(cell) or _NAMING_FIGURE.fullmatch(cell) is not None


def is_figure(cell: str) -> bool:
    """Are less than half of the signs letters?"""
    return sum(map(str.isalpha, cell)) * 2 < len(cell.replace(" ", ""))
