"""Workbooks, made from known text with other libraries than the readers use: XLSX by XlsxWriter, the rest by hand."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

from tests.made_files import zipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """Sheets, some of them `hidden`, and what is hidden and merged in each of them.

    Columns and rows are numbered from 0; `merged`: how many rows and columns, by the place of the first cell.
    """

    sheets: Mapping[str, Sequence[Sequence[str]]]
    hidden: Sequence[str] = ()
    hidden_columns: Sequence[int] = ()
    hidden_rows: Sequence[int] = ()
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[str | float | bool]]],
    hidden: Sequence[str] = (),
    *,
    hidden_columns: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    merged: Sequence[str] = (),
    formats: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """A workbook; in each sheet `hidden_columns` ("C:D") and `hidden_rows` (from 1) are hidden, the
    ranges `merged` ("A2:A3") are one cell with the text of their first, and columns have number `formats`.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for columns, code in formats.items():
                sheet.set_column(columns, None, book.add_format({"num_format": code}))
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            for cells in merged:
                top, left = xl_cell_to_rowcol(cells.partition(":")[0])
                sheet.merge_range(cells, rows[top][left])
            for columns in hidden_columns:
                sheet.set_column(columns, None, None, {"hidden": True})
            for number in hidden_rows:
                sheet.set_row(number - 1, None, None, {"hidden": True})
    return buffer.getvalue()


def ods(book: Workbook) -> bytes:
    """A workbook for LibreOffice."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    names = {kind: office.replace("office:1", f"{kind}:1") for kind in ("office", "table", "text", "style")}
    spaces = " ".join(f'xmlns:{kind}="{name}"' for kind, name in names.items())
    body = ""
    for sheet, rows in book.sheets.items():
        style = "off" if sheet in book.hidden else "on"
        body += f'<table:table table:name="{sheet}" table:style-name="{style}">'
        for column in range(max(map(len, rows))):
            mark = ' table:visibility="collapse"' * (column in book.hidden_columns)
            body += f"<table:table-column{mark}/>"
        for number, row in enumerate(rows):
            mark = ' table:visibility="filter"' * (number in book.hidden_rows)
            body += f"<table:table-row{mark}>"
            for column, cell in enumerate(row):
                high, wide = book.merged.get((number, column), (1, 1))
                span = f' table:number-columns-spanned="{wide}" table:number-rows-spanned="{high}"'
                text = f' office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
                body += f"<table:table-cell{span}{text if cell else '/>'}"
            body += "</table:table-row>"
        body += "</table:table>"
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{said}"/>'
        "</style:style>"
        for name, said in (("on", "true"), ("off", "false"))
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="{manifest}"/>',
            "content.xml": content,
        }
    )


def xls(book: Workbook) -> bytes:
    """A workbook for Excel 97 to 2003, record by record."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    chart = begin(0x20) + record(0x0208, struct.pack("<8H", 0, 0, 0, 0, 0, 0, 0x20, 0)) + record(0x0A, b"")
    parts = []
    for rows in book.sheets.values():
        part = begin(0x10)
        for column in book.hidden_columns:
            part += record(0x7D, struct.pack("<6H", column, column, 2000, 15, 1, 0))
        for number, row in enumerate(rows):
            look = 0x0120 if number in book.hidden_rows else 0x0100
            part += record(0x0208, struct.pack("<8H", number, 0, len(row), 255, 0, 0, look, 15))
            for column, cell in enumerate(row):
                text = struct.pack("<4HB", number, column, 15, len(cell), 1) + cell.encode("utf-16-le")
                part += record(0x0204, text) if cell else b""
        for (top, left), (high, wide) in book.merged.items():
            part += record(0xE5, struct.pack("<5H", 1, top, top + high - 1, left, left + wide - 1))
        parts.append(part + chart + record(0x0A, b""))
    names = [
        struct.pack("<HBB", name in book.hidden, len(name), 0) + name.encode("ascii") for name in book.sheets
    ]
    start = len(begin(5)) + sum(len(name) + 8 for name in names) + 4
    whole = begin(5)
    for number, name in enumerate(names):
        # subtle: the state of a sheet is its first byte, what it is the second
        whole += record(0x85, struct.pack("<I", start + sum(map(len, parts[:number]))) + name)
    return _compound_file("Workbook", whole + record(0x0A, b"") + b"".join(parts))


def xlsb(book: Workbook) -> bytes:
    """A workbook in the binary form of XLSX, record by record."""

    def record(kind: int, content: bytes = b"") -> bytes:
        lead = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
        length = len(content)
        return (
            lead
            + (bytes([length & 0x7F | 0x80, length >> 7]) if length > 0x7F else bytes([length]))
            + content
        )

    def said(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def sheet(rows: Sequence[Sequence[str]]) -> bytes:
        last = len(rows) - 1, max(map(len, rows)) - 1
        made = record(129) + record(148, struct.pack("<4I", 0, last[0], 0, last[1]))
        columns = b"".join(
            record(60, struct.pack("<4IH", each, each, 2560, 0, 1)) for each in book.hidden_columns
        )
        made += record(390) + columns + record(391) + record(145)
        for number, row in enumerate(rows):
            made += record(
                0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0x10 * (number in book.hidden_rows), 0, 0)
            )
            made += b"".join(
                record(6, struct.pack("<II", column, 0) + said(cell))
                for column, cell in enumerate(row)
                if cell
            )
        made += record(146) + record(177, struct.pack("<I", len(book.merged)))
        for (top, left), (high, wide) in book.merged.items():
            made += record(176, struct.pack("<4I", top, top + high - 1, left, left + wide - 1))
        return made + record(178) + record(130)

    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    listed, relations, parts = b"", "", dict[str, str | bytes]()
    for number, (name, rows) in enumerate(book.sheets.items(), 1):
        state = struct.pack("<II", name in book.hidden, number)
        listed += record(156, state + said(f"rId{number}") + said(name))
        target = f"worksheets/sheet{number}.bin"
        relations += f'<Relationship Id="rId{number}" Type="{kind}/worksheet" Target="{target}"/>'
        parts[f"xl/{target}"] = sheet(rows)
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return zipped(
        {
            "xl/workbook.bin": record(131) + record(143) + listed + record(144) + record(132),
            "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{space}">{relations}</Relationships>',
            **parts,
        }
    )


def _compound_file(name: str, content: bytes) -> bytes:
    """The container of old office documents, with one stream."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    content = content.ljust(4096, b"\0")  # shorter ones are kept elsewhere
    content = content.ljust(-(-len(content) // 512) * 512, b"\0")
    count = len(content) // 512
    fat = [0xFFFFFFFD, end, *range(3, count + 2), end]
    assert len(fat) <= 128

    def entry(called: str, kind: int, child: int, first: int, size: int) -> bytes:
        shown = called.encode("utf-16-le")
        head = shown.ljust(64, b"\0") + struct.pack("<HBBIII", len(shown) + 2, kind, 1, free, free, child)
        return head + bytes(36) + struct.pack("<IQ", first, size)

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    directory = entry("Root Entry", 5, 1, end, 0) + entry(name, 2, free, 2, len(content))
    table = struct.pack("<128I", *fat, *[free] * (128 - len(fat)))
    return header + table + directory.ljust(512, b"\0") + content
