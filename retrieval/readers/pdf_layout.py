"""What the lines of a PDF are together: running headers, tables, columns, headings, paragraphs.

- A line at the edge of a page that stands, but for its numbers, on most pages is a running header or footer.
- Lines side by side make a row.  Several rows of long cells are two columns of prose and are read one
  column after the other; several rows of short cells are a table.
- A heading is a line of the outline, where there is one; else one that is higher than most, or bold and
  alone.  Sizes give levels.

But: all of it is judgement by measure; a PDF says none of these things.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from retrieval.documents import PlaceKind
from retrieval.readers.pdf_lines import Line
from retrieval.readers.pdf_lists import (
    BULLET,
    MARK_ALONE,
    NUMBERED,
    Column,
    Indents,
    columns,
    ends_item,
    leads_up,
)
from retrieval.readers.pieces import Piece
from retrieval.readers.table_sentences import grid_rows
from retrieval.text import normalise

_NUMBERS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"\W*(page\s*)?\d{1,4}(\s*(of|/)\s*\d{1,4})?\W*|[ivxlc]{1,6}", re.IGNORECASE)
_EDGE = 2  # lines from the top and the bottom of a page that may be running ones
_TALLEST_CELL = 8  # lines
_EDGE_SLIP = 3.0  # points by which cells of a column may begin apart
_LONGEST_HEADING = 120
_LONG_CELL = 22  # characters; on average more in each cell is prose
Outline = Mapping[str, int]
"""Levels of headings, from 1, by their text as `key` makes it."""


def key(text: str) -> str:
    """A heading's text for comparison."""
    return re.sub(r"\W+", "", normalise(text)).casefold()


def without_running_lines(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], int]:
    """The pages without running headers, footers and page numbers; and how many lines these were."""
    body = _body_height([line for lines in pages for line in lines])
    edges = [[line for line in _edge_lines(lines) if line.height < body * 1.12] for lines in pages]
    seen = Counter(k for lines in edges for k in {_NUMBERS.sub("#", line.text) for line in lines})
    least = max(3, len(pages) * 2 // 5)
    kept = []
    dropped = 0
    for lines, edge in zip(pages, edges, strict=True):
        running = {
            id(line)
            for line in edge
            if seen[_NUMBERS.sub("#", line.text)] >= least
            or (len(pages) > 1 and _PAGE_NUMBER.fullmatch(line.text))
        }
        kept.append([line for line in lines if id(line) not in running])
        dropped += len(running)
    return kept, dropped


def pieces(pages: Sequence[Sequence[Line]], outline: Outline, labels: Sequence[str]) -> Iterator[Piece]:
    """Headings, paragraphs, items and table rows in reading order, each with its page."""
    rows = [_rows(page) for page in pages]
    lines = [line for page in rows for row in page for line in row]
    levels = _heading_levels(lines, outline)
    words = _whole_words(lines)
    indents = Indents()
    for page in rows:
        for run, is_table in _runs(page):
            if is_table:
                grid = _grid(run)
                place = _place(run[0][0], labels)
                indents.end()
                yield from (Piece("row", (text,), place=place) for _, text in grid_rows(grid))
                continue
            ordered = [line for row in run for line in row]
            their = columns(ordered)
            for block in _blocks(ordered, levels, their):
                piece = _piece(block, levels, words, labels)
                lists = indents.lists(piece.kind, block, their[id(block[0])])
                yield replace(piece, kind="item", lists=lists) if lists else piece


def _edge_lines(lines: Sequence[Line]) -> list[Line]:
    ordered = sorted(lines, key=lambda line: -line.bottom)
    return [*ordered[:_EDGE], *ordered[max(_EDGE, len(ordered) - _EDGE) :]]


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in lines:
        last = rows[-1][-1] if rows else None
        beside = last is not None and line.is_beside(last) and line.left >= last.right - 1
        if last is not None and beside and len(rows[-1]) == 1 and MARK_ALONE.fullmatch(last.text):
            rows[-1] = [replace(line, text=f"{last.text} {line.text}", left=last.left, words_from=line.left)]
        elif beside:
            rows[-1].append(line)
        elif (row := _row_further_up(line, rows)) is not None:
            row.append(line)
        else:
            rows.append([line])
    return rows


def _row_further_up(line: Line, rows: Sequence[list[Line]]) -> list[Line] | None:
    """The row of a table in which a line is the next cell, while the cell before it goes on in lines below.

    Files draw tables cell by cell.  That it is a table says a row of three cells or more above,
    with the same columns; two may be a form, or columns of prose.
    """
    for back in range(2, min(_TALLEST_CELL, len(rows)) + 1):
        row, below = rows[-back], [each for later in rows[len(rows) - back + 1 :] for each in later]
        if row[-1].page != line.page:
            return None
        if line.is_beside(row[-1]) and all(each.right <= line.left + 1 for each in [*row, *below]):
            before = rows[max(len(rows) - back - _TALLEST_CELL, 0) : len(rows) - back]
            above = next((each for each in reversed(before) if len(each) > 2), [])
            edges = [cell.left for cell in above if cell.page == line.page]
            cells = [line, *row, *below]
            are_cells = all(any(abs(edge - each.left) < _EDGE_SLIP for edge in edges) for each in cells)
            return row if are_cells else None
    return None


def _runs(rows: Sequence[list[Line]]) -> Iterator[tuple[list[list[Line]], bool]]:
    """Stretches of rows, and whether each is a table; columns of prose are put in reading order."""
    others: list[list[Line]] = []
    for stretch in _stretches(rows):
        several = [row for row in stretch if len(row) > 1]
        if len(several) > 1 and len(several) < len(stretch) and not _is_prose(several):
            yield from _plain_runs(others)
            yield stretch, True
            others = []
        else:
            others += stretch
    yield from _plain_runs(others)


def _plain_runs(rows: Sequence[list[Line]]) -> Iterator[tuple[list[list[Line]], bool]]:
    for several, group in groupby(rows, key=lambda row: len(row) > 1):
        run = list(group)
        if not several or len(run) < 2:
            yield run, False
        elif _is_prose(run):
            gutter = min(row[1].left for row in run) - 1
            cells = [cell for row in run for cell in row]
            left = [cell for cell in cells if cell.left < gutter]
            yield [left, [cell for cell in cells if cell.left >= gutter]], False
        else:
            yield run, True


def _stretches(rows: Sequence[list[Line]]) -> Iterator[list[list[Line]]]:
    """Rows of several cells with the lines in which one of their cells goes on; or what stands between."""
    stretch: list[list[Line]] = []
    for number, row in enumerate(rows):
        is_within = bool(stretch) and len(stretch[0]) > 1
        following = rows[number + 1] if number + 1 < len(rows) else []
        belongs = is_within and (len(row) > 1 or _goes_on_below(row[0], stretch, following))
        if stretch and not belongs and (is_within or len(row) > 1):
            yield stretch
            stretch = []
        stretch.append(row)
    if stretch:
        yield stretch


def _goes_on_below(line: Line, rows: Sequence[list[Line]], following: Sequence[Line]) -> bool:
    """Is a line by itself the rest of a cell: within a column of the row of several cells above it?

    In the first column a line may as well head a group or begin the text below: there it has to begin small,
    and the table has to go on.
    """
    row = next(each for each in reversed(rows) if len(each) > 1)
    above = rows[-1][0]
    if line.page != above.page or not -0.3 * line.height < above.bottom - line.top < 0.5 * line.height:
        return False
    edges = [cell.left for cell in row]
    column = next((number for number, edge in enumerate(edges) if abs(edge - line.left) < _EDGE_SLIP), None)
    if column is None or any(line.left + _EDGE_SLIP < edge < line.right for edge in edges):
        return False
    return column > 0 or (len(following) > 1 and line.text[0].islower())


def _is_prose(run: Sequence[Sequence[Line]]) -> bool:
    cells = [cell for row in run for cell in row]
    if any(len(row) != 2 for row in run) or len(run) < 4:
        return False
    return sum(len(cell.text) for cell in cells) > _LONG_CELL * len(cells)


def _grid(run: Sequence[Sequence[Line]]) -> list[list[str]]:
    """Cells by column: a column begins where the cells of some row begin.

    A line in which cells go on belongs to the row above it.
    """
    lefts: list[float] = []
    for left in sorted(cell.left for row in run for cell in row):
        if not lefts or left - lefts[-1] > 12:
            lefts.append(left)
    tight = _tight_gap(run, lefts[0])
    grid: list[list[str]] = []
    for above, row in pairwise([None, *run]):
        assert row is not None
        is_lacking = row[0].left - lefts[0] > 12
        is_small = all(cell.text[0].islower() for cell in row)
        is_near = above is not None and len(row) < len(lefts) - 1 and _gap(above, row) < tight
        if above is None or not (len(row) == 1 or (is_lacking and (is_small or is_near))):
            grid.append([""] * len(lefts))
        cells = grid[-1]
        for cell in row:
            column = max(number for number, left in enumerate(lefts) if left <= cell.left + 0.01)
            cells[column] = f"{cells[column]} {cell.text}".strip()
    return grid


def _gap(above: Sequence[Line], row: Sequence[Line]) -> float:
    return above[0].bottom - row[0].top


def _tight_gap(run: Sequence[Sequence[Line]], left: float) -> float:
    """Lines that are nearer than this to the one above are of the same row: rows are further apart."""
    gaps = [_gap(above, row) for above, row in pairwise(run) if row[0].left - left <= 12]
    return min(gaps, default=0.0) - 0.15 * run[0][0].height


def _heading_levels(lines: Sequence[Line], outline: Outline) -> dict[int, int]:
    """The level of each line that is a heading, by `id(line)`."""
    body = _body_height(lines)
    by_outline = {id(line): outline[key(line.text)] for line in lines if key(line.text) in outline}
    if len(by_outline) * 2 >= len(outline) > 2:
        return by_outline
    high = [line for line in lines if _may_be_heading(line) and line.height > body * 1.12]
    heights = sorted({_step(line) for line in high}, reverse=True)
    found = {id(line): min(heights.index(_step(line)) + 1, 5) for line in high}
    for before, line in pairwise([None, *lines]):
        assert line is not None
        alone = before is None or before.page != line.page or before.bottom - line.top > -0.1 * line.height
        if id(line) in found or not (line.bold and alone and _may_be_heading(line)):
            continue
        if line.text[-1] not in ".,;" and line.height > body * 0.9:
            found[id(line)] = min(len(heights) + 1, 6)
    return found if len(found) * 3 < len(lines) or len(lines) < 12 else {}


def _may_be_heading(line: Line) -> bool:
    if len(line.text) > _LONGEST_HEADING or BULLET.match(line.text):
        return False
    return sum(map(str.isalpha, line.text)) > 2


def _body_height(lines: Sequence[Line]) -> float:
    heights = Counter[float]()
    for line in lines:
        heights[_step(line)] += len(line.text)
    return heights.most_common(1)[0][0] if heights else 0.0


def _step(line: Line) -> float:
    return round(line.height * 2) / 2


def _blocks(
    lines: Sequence[Line], levels: Mapping[int, int], their: Mapping[int, Column]
) -> Iterator[list[Line]]:
    block: list[Line] = []
    width = max((line.right for line in lines), default=0.0)
    for line in lines:
        if block and (_begins(line, block, levels, width) or _ends(line, block, levels, their)):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _begins(line: Line, block: Sequence[Line], levels: Mapping[int, int], width: float) -> bool:
    """Does a new block begin with `line`?"""
    before = block[-1]
    if levels.get(id(line)) != levels.get(id(before)):
        return True
    gap = before.bottom - line.top
    if id(line) in levels:
        is_other = _step(line) != _step(before) or NUMBERED.match(line.text) is not None
        return is_other or gap > 0.8 * line.height or gap < -2 * line.height
    if before.is_hyphenated:
        return False
    if BULLET.match(line.text) or (NUMBERED.match(line.text) and before.text[-1] in ".:;!?"):
        return True
    if leads_up(before, line):
        return before.text[-1] in ".:!?" or not line.text[0].islower()
    if gap > 0.55 * line.height:
        return True
    ends = before.text[-1] in ".:!?"
    return ends and (before.right < width - 0.3 * (width - block[0].left) or line.left > before.left + 8)


def _ends(line: Line, block: Sequence[Line], levels: Mapping[int, int], their: Mapping[int, Column]) -> bool:
    """Is `block` an item, and over before `line`?"""
    is_item = id(block[0]) not in levels and not block[-1].is_hyphenated
    return is_item and ends_item(block, line, their[id(block[-1])])


def _piece(block: Sequence[Line], levels: Mapping[int, int], words: set[str], labels: Sequence[str]) -> Piece:
    text = _joined(block, words)
    place = _place(block[0], labels)
    if id(block[0]) in levels:
        return Piece("heading", (text,), level=levels[id(block[0])], place=place)
    bullet = BULLET.match(text)
    if bullet:
        return Piece("item", (text[bullet.end() :],), place=place)
    return Piece("item" if NUMBERED.match(text) else "paragraph", (text,), place=place)


def _whole_words(lines: Sequence[Line]) -> set[str]:
    """The words that no line's end parts."""
    found = set[str]()
    parted = False
    for line in lines:
        words = line.text.split()
        found.update(words[parted : len(words) - line.is_hyphenated])
        parted = line.is_hyphenated
    return {word.strip(".,;:()").lower() for word in found}


def _joined(block: Sequence[Line], words: set[str]) -> str:
    """The lines as one text; a word that was parted at a line's end is whole again."""
    text = block[0].text
    for before, line in pairwise(block):
        if not before.is_hyphenated:
            text += f" {line.text}"
            continue
        first = text.rsplit(None, 1)[-1].strip("(").lower()
        second = line.text.split(None, 1)[0].strip(".,;:)").lower()
        is_known = first + second in words
        is_compound = not is_known and ({first, second} <= words or f"{first}-{second}" in words)
        text += f"-{line.text}" if is_compound else line.text
    return text


def _place(line: Line, labels: Sequence[str]) -> tuple[PlaceKind, str, str]:
    return "page", labels[line.page], f"page={line.page + 1}"
