"""XLSX, XLSB, XLS and ODS, by calamine: each row a sentence that says its headers again.

A citation names the sheet and the row.  A merged cell's value belongs to each of its rows; hidden sheets,
columns and rows are left out, and the document says so.

But: a cell is its value; of how it is formatted only percentages are told, in XLSX, and no currencies.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from retrieval.documents import Document, PlaceKind
from retrieval.errors import ReadError
from retrieval.readers import binary_sheet_layout, old_sheet_layout, open_document, sheet_layout
from retrieval.readers.pieces import Piece, assemble
from retrieval.readers.sheet_layout import Layout, letters, position
from retrieval.readers.storeys import joined
from retrieval.readers.table_sentences import Spans, grid_rows
from retrieval.readers.zip_guard import GuardedZip
from retrieval.text import normalise

_MOST_CELLS = 5_000_000
_NAMED = 8  # hidden columns or rows listed one by one in a note
_TALLEST = 1000  # rows that a merged range can fill
_ALL_DIGITS = 1e21  # from here on a number is written with its power of ten, below with all of its digits
_HEAD = 4_096  # bytes of a sheet in which its dimension stands
_SHEET_PART = re.compile(r"/?xl/worksheets/[^/]+\.xml")
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def read(data: bytes, name: str) -> Document:
    """The visible sheets; the title is made of the file's `name`."""
    archive = GuardedZip(data) if data.startswith(b"PK") else None
    listed: list[Layout] = []
    known: Mapping[str, Layout] = {}
    # Before the parser, which aborts at some files that are damaged; but it tells of passwords in ODS.
    if archive is None:
        listed = old_sheet_layout.layouts(data)
    else:
        _guard_against_sparse_sheets(archive)
        known = {**sheet_layout.layouts(archive), **binary_sheet_layout.layouts(archive)}
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise ReadError("is protected by a password") from error
    except CalamineError as error:
        raise ReadError("is damaged or no workbook") from error
    if archive is None:
        if len(listed) != len(workbook.sheet_names):
            raise ReadError("is damaged: its sheets do not say what is hidden")
        known = dict(zip(workbook.sheet_names, listed, strict=True))
    elif open_document.CONTENT in archive.names:
        known = open_document.layouts(archive)
    dated = archive.core_date() if archive is not None else None
    sheets = [each for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    hidden = [each.name for each in sheets if each.visible != SheetVisibleEnum.Visible]
    pieces: list[Piece] = []
    notes = [f"hidden sheets left out: {', '.join(hidden)}"] if hidden else []
    for sheet in sheets:
        if sheet.name not in hidden:
            layout = known.get(sheet.name, Layout())
            rows = _rows(workbook, sheet.name, layout)
            _fill_down(rows, layout)
            pieces += _sheet(sheet.name, rows, layout)
            notes += _notes(sheet.name, rows, layout)
    return assemble(pieces, title=None, url=None, name=name, slugs=False, notes=notes, dated=dated)


def _guard_against_sparse_sheets(archive: GuardedZip) -> None:
    """Refuse a sheet that says itself that it is too large: the parser makes a full rectangle of any."""
    for part in filter(_SHEET_PART.fullmatch, archive.names):
        said = _DIMENSION.search(archive.read(part, at_most=_HEAD))
        if said is None:
            continue
        left, top, right, bottom = (word.decode() for word in said.groups())
        cells = (position(right) - position(left) + 1) * (int(bottom) - int(top) + 1)
        if cells > _MOST_CELLS:
            raise ReadError(
                f"has a sheet that reaches to cell {right}{bottom}, over {cells:,} cells; "
                f"at most {_MOST_CELLS:,} are read"
            )


def _rows(workbook: CalamineWorkbook, name: str, layout: Layout) -> list[list[str]]:
    """The cells of a sheet, from A1 on, as they are shown."""
    try:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > _MOST_CELLS:
            raise ReadError(f"has {sheet.total_height * sheet.total_width:,} cells in a sheet")
        values = sheet.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise ReadError(f"is damaged (sheet {normalise(name)[:100]})") from error
    rows = [[cell_text(cell) for cell in row] for row in values]
    for number, columns in layout.percentages.items():
        for column in columns:
            value = values[number][column] if number < len(values) and column < len(values[number]) else None
            if isinstance(value, float):
                rows[number][column] = f"{_number(100 * value)}%"
    return rows


def _fill_down(rows: list[list[str]], layout: Layout) -> None:
    """Say the value of a merged range in each of its rows, in its first column, as tables of HTML do.

    The first column that is shown, as Excel does.  A row that has nothing else stays empty: it is part of a
    title that reaches over several rows.
    """
    for top, left, bottom, right in layout.merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        width = min(right + 1, len(rows[top]))
        column = next((each for each in range(left, width) if each not in layout.hidden_columns), left)
        value = rows[top][column] = rows[top][left]
        for row in rows[top + 1 : min(bottom, top + _TALLEST) + 1]:
            if any(map(str.strip, row)):
                row[column] = value


def _sheet(name: str, rows: Sequence[Sequence[str]], layout: Layout) -> Iterator[Piece]:
    place: tuple[PlaceKind, str, None] = ("sheet", name, None)
    yield Piece("heading", (name,), level=2, place=place)
    # Hidden rows are taken out, not emptied: an empty row would part the table.
    numbers = [number for number in range(len(rows)) if number not in layout.hidden_rows]
    table = joined([rows[number] for number in numbers], _spans(layout, numbers))
    shown = [_shown(row, layout.hidden_columns) for row in table.rows]
    spans = _spans(layout, [numbers[position] for position in table.positions])
    for row, text in grid_rows(shown, table.headers, _among_shown(spans, layout.hidden_columns)):
        yield Piece("row", (text,), numbers[table.positions[row]] + 1, place=place)


def _spans(layout: Layout, numbers: Sequence[int]) -> Spans:
    """The merged cells of several columns, by where the rows of these `numbers` come."""
    found: dict[int, list[tuple[int, int]]] = {}
    positions = {number: position for position, number in enumerate(numbers)}
    for top, left, _, right in layout.merged:
        if right > left and top in positions:
            found.setdefault(positions[top], []).append((left, right))
    return found


def _among_shown(spans: Spans, hidden: set[int]) -> Spans:
    """The same, counted without the columns that are hidden."""
    return {
        row: [(first - _below(first, hidden), last - _below(last + 1, hidden)) for first, last in each]
        for row, each in spans.items()
    }


def _below(column: int, hidden: set[int]) -> int:
    return sum(each < column for each in hidden)


def _shown(row: Sequence[str], hidden: set[int]) -> list[str]:
    return [cell for column, cell in enumerate(row) if column not in hidden]


def _notes(name: str, rows: Sequence[Sequence[str]], layout: Layout) -> Iterator[str]:
    """What is left out of a sheet; an empty column or row says nothing that one could miss."""
    columns = [
        letters(column)
        for column in sorted(layout.hidden_columns)
        if any(row[column].strip() for row in rows if column < len(row))
    ]
    hidden = [number for number in sorted(layout.hidden_rows) if number < len(rows)]
    numbers = [str(number + 1) for number in hidden if any(map(str.strip, rows[number]))]
    for kind, labels in (("columns", columns), ("rows", numbers)):
        if labels:
            yield f"hidden {kind} left out in sheet {name}: {_listed(labels)}"


def _listed(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - _NAMED:,} more" if len(labels) > _NAMED else ""
    return ", ".join(labels[:_NAMED]) + more


def cell_text(cell: Any) -> str:
    """A cell as a person writes it: 12, not 12.0; days without a time at midnight."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ", "minutes")
    return str(cell)


def _number(value: float) -> str:
    """A number with all digits that Excel keeps, without the slips of arithmetic (0.30000000000000004)."""
    if not 1 <= abs(value) < _ALL_DIGITS:
        return f"{value:.10g}"
    return format(Decimal(f"{round(value, 10):.15g}"), "f")
