"""XLSX, XLS and ODS, by calamine: each row a sentence that says its headers again.

A citation names the sheet and the row.  Hidden sheets are left out, and the document says so.

But: a cell is its value; how it is formatted (a percentage, a currency) the parser does not tell.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from retrieval.documents import Document, PlaceKind
from retrieval.errors import ReadError
from retrieval.readers.pieces import Piece, assemble
from retrieval.readers.table_sentences import grid_rows
from retrieval.readers.zip_guard import GuardedZip
from retrieval.text import normalise

_MOST_CELLS = 5_000_000
_HEAD = 4_096  # bytes of a sheet in which its dimension stands
_SHEET_PART = re.compile(r"/?xl/worksheets/[^/]+\.xml")
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def read(data: bytes, name: str) -> Document:
    """The visible sheets; the title is made of the file's `name`."""
    dated = None
    if data.startswith(b"PK"):
        archive = GuardedZip(data)
        _guard_against_sparse_sheets(archive)
        dated = archive.core_date()
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise ReadError("is protected by a password") from error
    except CalamineError as error:
        raise ReadError("is damaged or no workbook") from error
    sheets = [each for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    hidden = [each.name for each in sheets if each.visible != SheetVisibleEnum.Visible]
    pieces: list[Piece] = []
    for sheet in sheets:
        if sheet.name not in hidden:
            pieces += _sheet(workbook, sheet.name)
    notes = [f"hidden sheets left out: {', '.join(hidden)}"] if hidden else []
    return assemble(pieces, title=None, url=None, name=name, slugs=False, notes=notes, dated=dated)


def _guard_against_sparse_sheets(archive: GuardedZip) -> None:
    """Refuse a sheet that says itself that it is too large: the parser makes a full rectangle of any."""
    for part in filter(_SHEET_PART.fullmatch, archive.names):
        said = _DIMENSION.search(archive.read(part, at_most=_HEAD))
        if said is None:
            continue
        left, top, right, bottom = (word.decode() for word in said.groups())
        cells = (_column(right) - _column(left) + 1) * (int(bottom) - int(top) + 1)
        if cells > _MOST_CELLS:
            raise ReadError(
                f"has a sheet that reaches to cell {right}{bottom}, over {cells:,} cells; "
                f"at most {_MOST_CELLS:,} are read"
            )


def _column(letters: str) -> int:
    """The number of a column, from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _sheet(workbook: CalamineWorkbook, name: str) -> Iterator[Piece]:
    place: tuple[PlaceKind, str, None] = ("sheet", name, None)
    try:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > _MOST_CELLS:
            raise ReadError(f"has {sheet.total_height * sheet.total_width:,} cells in a sheet")
        rows = [[cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except CalamineError as error:
        raise ReadError(f"is damaged (sheet {normalise(name)[:100]})") from error
    yield Piece("heading", (name,), level=2, place=place)
    for number, text in grid_rows(rows):
        yield Piece("row", (text,), number + 1, place=place)


def cell_text(cell: Any) -> str:
    """A cell as a person writes it: 12, not 12.0; days without a time at midnight."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.10g}"
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ", "minutes")
    return str(cell)
