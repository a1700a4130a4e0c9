"""What the XML of an XLSX file says of its sheets beside their cells, and the parser does not tell.

But: XLS, XLSB and ODS say such things in other ways (`old_sheet_layout.py`, `binary_sheet_layout.py`,
`open_document.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from retrieval.readers.zip_guard import GuardedZip, show_tags

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT_R = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"
_RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})")
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576  # XFD
_CELL = re.compile(r"([A-Z]{1,3})[1-9][0-9]{0,6}")
_NO_SIGN = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]')  # what of a number's format is not a sign of its own
_PERCENTAGES = frozenset({9, 10})  # among the formats that every workbook has: 0% and 0.00%
_TOLD_OF = (b"hidden", b"mergeCell")  # without these words there is nothing to look for


@dataclass(slots=True)
class Layout:
    """The hidden columns and rows of a sheet, by their positions from 0, and the ranges that are one cell.

    A range is its top row, left column, bottom row and right column.  `percentages`: the columns of the cells
    that are shown in percent, by row.
    """

    hidden_columns: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    percentages: dict[int, list[int]] = field(default_factory=dict)


def layouts(archive: GuardedZip) -> Mapping[str, Layout]:
    """The layout of each sheet that has one worth telling, by the sheet's name."""
    book = next((each for each in archive.names if each.endswith("xl/workbook.xml")), None)
    if book is None:
        return {}
    targets = archive.targets(book)
    styles = next((each for each in targets.values() if each.endswith("styles.xml")), None)
    percent = _percent_styles(archive.xml(styles)) if styles in archive.names else frozenset[str]()
    found = {}
    for sheet in archive.xml(book).iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            part = targets.get(sheet.get(f"{_R}id") or sheet.get(f"{_STRICT_R}id") or "")
            if part in archive.names and part.endswith(".xml"):
                found[sheet.get("name", "")] = _layout(archive.read(part), percent)
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


def _percent_styles(styles: Element) -> frozenset[str]:
    """The numbers of the cell styles that show a share in percent."""
    percent, found = set(_PERCENTAGES), list[int]()
    for each in styles.iter():
        name = each.tag.rpartition("}")[2]
        if name == "numFmt" and "%" in _NO_SIGN.sub("", each.get("formatCode", "").partition(";")[0]):
            percent.add(_number(each.get("numFmtId"), -1))
        elif name == "cellXfs":
            found = [_number(style.get("numFmtId"), 0) for style in each]
    return frozenset(str(style) for style, number in enumerate(found) if number in percent)


def _layout(sheet: bytes, percent: Set[str]) -> Layout:
    reader = _LayoutReader(percent)
    if percent or any(word in sheet.replace(b"\0", b"") for word in _TOLD_OF):  # in UTF-16, too
        show_tags(sheet, reader)
    return reader.layout


class _LayoutReader:
    def __init__(self, percent: Set[str]) -> None:
        self.layout = Layout()
        self._percent = percent
        self._row = self._column = -1  # a row or a cell without a number is the one after the last

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """See a tag begin."""
        name = tag.rpartition("}")[2]
        hidden = attributes.get("hidden") in {"1", "true"}
        if name == "row":
            self._row = _number(attributes.get("r"), self._row + 2) - 1
            self._column = -1
            if hidden:
                self.layout.hidden_rows.add(self._row)
        elif name == "c":
            reference = _CELL.fullmatch(attributes.get("r", ""))
            self._column = position(reference[1]) if reference else self._column + 1
            if attributes.get("s") in self._percent:
                self.layout.percentages.setdefault(self._row, []).append(self._column)
        elif name == "col" and hidden:
            first = _number(attributes.get("min"), 1)
            last = min(_number(attributes.get("max"), first), LAST_COLUMN)
            self.layout.hidden_columns.update(range(first - 1, last))
        elif name == "mergeCell" and (cells := _RANGE.fullmatch(attributes.get("ref", ""))):
            left, top, right, bottom = cells.groups()
            self.layout.merged.append((int(top) - 1, position(left), int(bottom) - 1, position(right)))

    def close(self) -> None:
        """See the sheet end."""


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,7}", text) else otherwise
