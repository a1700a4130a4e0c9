"""What the records of an XLSB file say of its sheets beside their cells, and the parser does not tell.

Reference: [MS-XLSB], Excel Binary File Format: BrtBundleSh, BrtColInfo, BrtRowHdr, BrtMergeCell.

But: only Excel writes such files, and only what it writes is understood.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from retrieval.errors import ReadError
from retrieval.readers.sheet_layout import LAST_COLUMN, Layout
from retrieval.readers.zip_guard import GuardedZip

_BOOK = "xl/workbook.bin"
_SHEET, _COLUMNS, _ROW, _MERGED = 156, 60, 0, 176
_HIDDEN_COLUMNS, _HIDDEN_ROW = 0x0001, 0x10


def layouts(archive: GuardedZip) -> Mapping[str, Layout]:
    """The layout of each sheet, by the sheet's name; none of another format."""
    if _BOOK not in archive.names:
        return {}
    targets = archive.targets(_BOOK)
    try:
        sheets = [_strings(said[8:], 2) for kind, said in _records(archive.read(_BOOK)) if kind == _SHEET]
        return {
            name: _layout(archive.read(targets[relation])) for relation, name in sheets if relation in targets
        }
    except (struct.error, IndexError) as error:
        raise ReadError("is damaged: its sheets do not say what is hidden") from error


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """The kinds and contents of the records of a part."""
    at = 0
    while at < len(part):
        kind, at = _number(part, at, most=2)
        length, at = _number(part, at, most=4)
        yield kind, part[at : at + length]
        at += length


def _number(part: bytes, at: int, *, most: int) -> tuple[int, int]:
    """A number of at most so many bytes, seven bits each, and where the next begins."""
    number = 0
    for place in range(most):
        number |= (part[at + place] & 0x7F) << 7 * place
        if part[at + place] < 0x80:
            break
    return number, at + place + 1


def _strings(said: bytes, count: int) -> list[str]:
    """The strings that a record's content begins with, each behind its length in characters."""
    found, at = [], 0
    for _ in range(count):
        (length,) = struct.unpack_from("<I", said, at)
        found.append(said[at + 4 : at + 4 + 2 * length].decode("utf-16-le", "replace"))
        at += 4 + 2 * length
    return found


def _layout(sheet: bytes) -> Layout:
    layout = Layout()
    for kind, said in _records(sheet):
        if kind == _COLUMNS:
            first, last, look = struct.unpack_from("<II8xH", said)
            if look & _HIDDEN_COLUMNS:
                layout.hidden_columns.update(range(first, min(last + 1, LAST_COLUMN)))
        elif kind == _ROW:
            number, look = struct.unpack_from("<I7xB", said)
            if look & _HIDDEN_ROW:
                layout.hidden_rows.add(number)
        elif kind == _MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", said)
            layout.merged.append((top, left, bottom, right))
    return layout
