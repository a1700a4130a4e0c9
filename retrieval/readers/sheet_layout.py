"""What the XML of an XLSX file says of its sheets beside their cells, and the parser does not tell.

But: XLS, XLSB and ODS say such things in other ways (`old_sheet_layout.py`, `binary_sheet_layout.py`,
`open_document.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from retrieval.readers.zip_guard import GuardedZip, show_tags

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT_R = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"
_RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})")
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576  # XFD
_TOLD_OF = (b"hidden", b"mergeCell")  # without these words there is nothing to look for


@dataclass(slots=True)
class Layout:
    """The hidden columns and rows of a sheet, by their positions from 0, and the ranges that are one cell.

    A range is its top row, left column, bottom row and right column.
    """

    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def layouts(archive: GuardedZip) -> Mapping[str, Layout]:
    """The layout of each sheet that has one worth telling, by the sheet's name."""
    book = next((each for each in archive.names if each.endswith("xl/workbook.xml")), None)
    if book is None:
        return {}
    targets = archive.targets(book)
    found = {}
    for sheet in archive.xml(book).iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            part = targets.get(sheet.get(f"{_R}id") or sheet.get(f"{_STRICT_R}id") or "")
            if part in archive.names and part.endswith(".xml"):
                found[sheet.get("name", "")] = _layout(archive.read(part))
    return found


def letters(column: int) -> str:
    """What a column is called, by its position from 0: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, last = divmod(column - 1, 26)
        name = chr(ord("A") + last) + name
    return name


def position(name: str) -> int:
    """The position of a column from 0 by its letters: A is 0, AA is 26."""
    number = 0
    for letter in name:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _layout(sheet: bytes) -> Layout:
    reader = _LayoutReader()
    if any(word in sheet.replace(b"\0", b"") for word in _TOLD_OF):  # in UTF-16, too
        show_tags(sheet, reader)
    return reader.layout


class _LayoutReader:
    def __init__(self) -> None:
        self.layout = Layout()
        self._row = -1  # a row without a number is the one after the last

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """See a tag begin."""
        name = tag.rpartition("}")[2]
        hidden = attributes.get("hidden") in {"1", "true"}
        if name == "row":
            self._row = _number(attributes.get("r"), self._row + 2) - 1
            if hidden:
                self.layout.hidden_rows.add(self._row)
        elif name == "col" and hidden:
            first = _number(attributes.get("min"), 1)
            last = min(_number(attributes.get("max"), first), LAST_COLUMN)
            self.layout.hidden_columns.update(range(first - 1, last))
        elif name == "mergeCell" and (reference := _RANGE.fullmatch(attributes.get("ref", ""))):
            left, top, right, bottom = reference.groups()
            self.layout.merged.append((int(top) - 1, position(left), int(bottom) - 1, position(right)))

    def close(self) -> None:
        """See the sheet end."""


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,7}", text) else otherwise
