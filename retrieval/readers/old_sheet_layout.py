"""What the records of an XLS file say of its sheets beside their cells, and the parser does not tell.

Reference: [MS-XLS], Excel Binary File Format: BoundSheet8, ColInfo, Row, MergeCells.

But: of a workbook from before Excel 97 it is hoped that these records are the same, as they mostly are.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import olefile

from retrieval.errors import ReadError
from retrieval.readers.sheet_layout import LAST_COLUMN, Layout

_NAMES = ("Workbook", "Book")
_BEGIN, _END = {0x0809, 0x0409, 0x0209, 0x0009}, 0x000A
_SHEET, _COLUMNS, _ROW, _MERGED = 0x0085, 0x007D, 0x0208, 0x00E5
_HIDDEN_COLUMNS, _HIDDEN_ROW = 0x0001, 0x0020


def layouts(data: bytes) -> list[Layout]:
    """The layout of each sheet, in the order in which the workbook lists them."""
    book = _workbook(data)
    try:
        sheets = [struct.unpack_from("<I", said)[0] for kind, said in _records(book, 0) if kind == _SHEET]
        return [_layout(book, start) for start in sheets]
    except struct.error as error:
        raise ReadError("is damaged: its sheets do not say what is hidden") from error


def _workbook(data: bytes) -> bytes:
    """The stream of the workbook: the file is a file system of its own."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as parts:
            name = next((each for each in _NAMES if parts.exists(each)), None)
            if name is None:
                raise ReadError("is no workbook, or one that is incomplete")
            found: bytes = parts.openstream(name).read()
            if len(found) < parts.get_size(name):
                raise ReadError("is damaged: its end is missing")
            return found
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise ReadError("is damaged: its parts cannot be found") from error


def _records(book: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The kinds and contents of the records of a sheet, or of the workbook's own, without charts'."""
    depth = 0
    while start + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, start)
        depth += (kind in _BEGIN) - (kind == _END)
        if depth == 1:
            yield kind, book[start + 4 : start + 4 + length]
        elif depth < 1:
            return
        start += 4 + length


def _layout(book: bytes, start: int) -> Layout:
    layout = Layout()
    for kind, said in _records(book, start):
        if kind == _COLUMNS:
            first, last, _, _, look = struct.unpack_from("<5H", said)
            if look & _HIDDEN_COLUMNS:
                layout.hidden_columns.update(range(first, min(last + 1, LAST_COLUMN)))
        elif kind == _ROW:
            number, look = struct.unpack_from("<H10xH", said)
            if look & _HIDDEN_ROW:
                layout.hidden_rows.add(number)
        elif kind == _MERGED:
            ranges = struct.iter_unpack("<4H", said[2 : 2 + (len(said) - 2) // 8 * 8])
            layout.merged += [(top, left, bottom, right) for top, bottom, left, right in ranges]
    return layout
