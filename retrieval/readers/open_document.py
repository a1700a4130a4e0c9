"""What the XML of an ODS file says of its sheets beside their cells, and the parser does not tell.

Reference: OpenDocument 1.3, part 3 (`table:visibility`).  A sheet that a style hides the parser knows itself.

But: a table within a cell is not told from the sheet around it; no program writes one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from retrieval.readers.sheet_layout import LAST_COLUMN, LAST_ROW, Layout
from retrieval.readers.zip_guard import GuardedZip, show_tags

CONTENT = "content.xml"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_HIDDEN = frozenset({"collapse", "filter"})


def layouts(archive: GuardedZip) -> Mapping[str, Layout]:
    """The layout of each sheet, by the sheet's name."""
    reader = _ContentReader()
    show_tags(archive.read(CONTENT), reader)
    return reader.found


class _ContentReader:
    def __init__(self) -> None:
        self.found: dict[str, Layout] = {}
        self._layout = Layout()
        self._row = self._column = self._cell = 0  # the next ones
        self._top = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """See a tag begin."""
        if not tag.startswith(_TABLE):
            return
        name = tag.removeprefix(_TABLE)
        hidden = attributes.get(f"{_TABLE}visibility") in _HIDDEN
        if name == "table":
            self._layout = self.found.setdefault(attributes.get(f"{_TABLE}name", ""), Layout())
            self._row = self._column = 0
        elif name == "table-column":
            after = min(self._column + _count(attributes, "number-columns-repeated"), LAST_COLUMN)
            if hidden:
                self._layout.hidden_columns.update(range(self._column, after))
            self._column = after
        elif name == "table-row":
            self._top, self._cell = self._row, 0
            self._row = min(self._row + _count(attributes, "number-rows-repeated"), LAST_ROW)
            if hidden:
                self._layout.hidden_rows.update(range(self._top, self._row))
        elif name in {"table-cell", "covered-table-cell"}:
            wide, high = (_count(attributes, f"number-{kind}-spanned") for kind in ("columns", "rows"))
            if wide > 1 or high > 1:
                left, top = self._cell, self._top
                self._layout.merged.append((top, left, top + high - 1, left + wide - 1))
            self._cell += _count(attributes, "number-columns-repeated")

    def close(self) -> None:
        """See the content end."""


def _count(attributes: Mapping[str, str], name: str) -> int:
    said = attributes.get(_TABLE + name, "")
    return max(int(said), 1) if re.fullmatch(r"[0-9]{1,7}", said) else 1
