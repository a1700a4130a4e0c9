"""HTML tables as rows with their headers.

A cell that spans columns or rows belongs to each of them where it is a header.  Where it is a value it is
said in each of its rows, so that every row can be quoted by itself, and of each of its columns that has
another name ("Pro: included. Team: included."), but for the first cell of a row ("Total") and what is longer
than a name.

Headers that nothing marks are a first row in bold, or one of three names or more above figures.

But: a table used for layout (it holds tables or headings, or says so by its role) is no table here; the
caller reads its cells as running text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from retrieval.readers.table_sentences import (
    Row,
    header_row,
    is_said_again,
    may_head_group,
    under,
    with_groups,
)
from retrieval.readers.walk import descend, is_dropped, is_struck, text_of

_WIDEST = 200  # columns; a larger colspan is a slip or an attack
_TALLEST = 1000
_FIGURE = re.compile(r"\W{0,3}\d")
_WEIGHT = re.compile(r"font-weight\s*:\s*(?:(?P<bold>bold|[6-9]00)|\w+)", re.IGNORECASE)


def table_rows(table: LexborNode, guess_headers: bool = False) -> list[Row] | None:
    """The rows to quote; a caption or a line that heads a group comes as a paragraph of one cell.

    None if this is a table for layout.  Where no headers are marked, the first row may hold them;
    `guess_headers`: it does wherever it looks like headers.
    """
    if table.attributes.get("role") in {"presentation", "none"} or _is_layout(table):
        return None
    rows: list[Row] = []
    grid = _Grid()
    captions = (caption for caption in table.css("caption") if not is_dropped(caption))
    rows += [("paragraph", [], [text_of(caption)]) for caption in captions]
    group = ""  # what the line says that heads the rows at hand
    lines = table.css("tr")
    bold_head = _bold_head(table, lines)
    for line in lines:
        section = line.parent
        if is_dropped(line) or (section is not None and is_dropped(section)):
            continue
        cells = [cell for cell in line.iter() if cell.tag in {"td", "th"}]
        cells = [cell for cell in cells if not is_dropped(cell) or is_struck(cell)]  # whose column stays
        in_head = section is not None and section.tag == "thead"
        heads = bool(cells) and all(cell.tag == "th" for cell in cells)
        is_bold = bold_head is not None and line.mem_id == bold_head.mem_id
        is_alone = bool(grid.headers) and not any(map(text_of, cells[1:]))
        if in_head or is_bold or (heads and len(cells) > 1 and not is_alone):
            rows += grid.head(cells, storey=in_head)
            group = ""
        elif len(cells) == 1 and _span(cells[0], "colspan", _WIDEST) >= (2 if heads else grid.whole):
            text = text_of(cells[0])
            rows.append(("paragraph", [], [text]))
            group = text.rstrip(" :") if grid.headers and may_head_group(text) else ""
        elif cells:
            rows.append(("row", *under(group, grid.headers, grid.values(cells))))
    rows += grid.unused()
    return with_groups(_with_guessed_headers(rows, by_figures=not guess_headers))


def _bold_head(table: LexborNode, lines: Sequence[LexborNode]) -> LexborNode | None:
    """The first line, if it is bold and the next one is not, and nothing says which cells are headers."""
    if len(lines) < 2 or table.css_first("th, thead") is not None:
        return None
    first, second = ([cell for cell in line.iter() if cell.tag == "td"] for line in lines[:2])
    is_head = len(first) > 1 and all(map(_is_bold, first)) and not all(map(_is_bold, second))
    return lines[0] if is_head else None


def _is_bold(cell: LexborNode) -> bool:
    depth = 0
    is_said = False
    for kind, node in descend(cell):
        if kind == "text" and (node.text_content or "").strip():
            is_said = True
            if not depth:
                return False
        elif kind in {"enter", "leave"} and _makes_bold(node):
            depth += 1 if kind == "enter" else -1
    return is_said


def _makes_bold(node: LexborNode) -> bool:
    weight = _WEIGHT.search(node.attributes.get("style") or "")
    return weight["bold"] is not None if weight else node.tag in {"b", "strong"}


def _with_guessed_headers(rows: list[Row], *, by_figures: bool) -> list[Row]:
    """The first row as headers, if it looks like it; `by_figures`: and a column has figures below it.

    A page has lists of names in columns, whose first row is no other than the rest.
    """
    bare = [cells for kind, headers, cells in rows if kind == "row" and not headers]
    marked = any(headers for _, headers, _ in rows)
    if marked or len(bare) < 2 or len(bare[0]) < 3 or header_row(bare) != 0:
        return rows
    if by_figures and not _has_figures_below(bare):
        return rows
    before = next(number for number, (kind, _, _) in enumerate(rows) if kind == "row")
    below = rows[before + 1 :]
    return rows[:before] + [(kind, bare[0] if kind == "row" else [], cells) for kind, _, cells in below]


def _has_figures_below(rows: Sequence[Sequence[str]]) -> bool:
    if any(map(_FIGURE.match, rows[0])):
        return False
    for column in range(len(rows[0])):
        cells = [row[column] for row in rows[1:] if column < len(row) and row[column]]
        if cells and len(cells) * 2 >= len(rows) - 1 and all(map(_FIGURE.match, cells)):
            return True
    return False


def _is_layout(table: LexborNode) -> bool:
    nested = any(inner.mem_id != table.mem_id for inner in table.css("table"))
    return nested or table.css_first("td h1, td h2, td h3, td h4, td h5, td h6") is not None


def _span(cell: LexborNode, name: str, limit: int) -> int:
    value = cell.attributes.get(name) or "1"
    return min(max(int(value), 1), limit) if value.isdecimal() and len(value) < 6 else 1


@dataclass(slots=True)
class _Grid:
    """Headers so far, and the cells that reach down into rows to come (by column: rows left, text)."""

    headers: list[str] = field(default_factory=list)
    reaching: dict[int, tuple[int, str]] = field(default_factory=dict)
    are_unused: bool = False

    @property
    def whole(self) -> int:
        """How many columns a value that stands for no single one of them spans at least."""
        return max(len(self.headers), 2) if self.headers else _WIDEST + 1

    def head(self, cells: list[LexborNode], *, storey: bool) -> list[Row]:
        """Take a row of headers: one more storey of the last one's, or new ones in their place.

        Gives the old ones, as a row, if they stood over nothing.
        """
        fresh = self._row(cells, repeat=True)
        lonely: list[Row] = []
        if storey and self.are_unused:
            width = max(len(fresh), len(self.headers))
            pairs = zip(_padded(self.headers, width), _padded(fresh, width), strict=True)
            fresh = [upper if upper == lower else f"{upper} {lower}".strip() for upper, lower in pairs]
        else:
            lonely = self.unused()
        self.headers, self.are_unused = fresh, True
        return lonely

    def unused(self) -> list[Row]:
        """Headers without a row below them: they are text all the same."""
        return [("row", [], self.headers)] if self.are_unused else []

    def values(self, cells: list[LexborNode]) -> list[str]:
        """The cells of a row, by column."""
        self.are_unused = False
        return self._row(cells, repeat=False)

    def _row(self, cells: list[LexborNode], *, repeat: bool) -> list[str]:
        row: list[str] = []
        waiting = iter(cells)
        cell = next(waiting, None)
        while cell is not None or len(row) in self.reaching:
            if len(row) in self.reaching:
                left, text = self.reaching.pop(len(row))
                if left > 1:
                    self.reaching[len(row)] = (left - 1, text)
                row.append(text)
                continue
            assert cell is not None
            text, down = text_of(cell), _span(cell, "rowspan", _TALLEST)
            for column in range(_span(cell, "colspan", _WIDEST)):
                shown = (
                    text
                    if repeat or not column or is_said_again(self.headers, text, len(row), column)
                    else ""
                )
                if down > 1:
                    self.reaching[len(row)] = (down - 1, shown)
                row.append(shown)
            cell = next(waiting, None)
        return row


def _padded(row: list[str], width: int) -> list[str]:
    return row + [""] * (width - len(row))
