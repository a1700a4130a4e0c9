"""Files of the formats that companies have, made from known text with other libraries than the readers use.

PDF by reportlab, sheets by XlsxWriter, pages and mail by the standard library, the rest as XML in a zip by hand.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from email.message import EmailMessage
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import xlsxwriter
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table
from xlsxwriter.utility import xl_cell_to_rowcol

Story = Sequence[tuple[str, str]]
"""Pairs of a kind ("h1", "h2", "p") and a text."""

STORY: Story = (
    ("h1", "Travel policy"),
    ("p", "Employees book trains before flights. A journey of less than five hours is made by rail."),
    ("h2", "Daily allowance"),
    ("p", "The allowance is 42 euros a day. It is paid with the salary of the following month."),
    ("p", "Receipts over 25 euros are kept for two years, on paper or as a picture."),
    ("h2", "Approval"),
    (
        "p",
        "The team lead approves journeys inside the country. Journeys abroad need the director, Ms. Okafor.",
    ),
)


def zipped(members: Mapping[str, str | bytes], saved: Mapping[str, date] = MappingProxyType({})) -> bytes:
    """A zip archive; `saved`: the days of members that were not saved just now."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            day = saved.get(name)
            archive.writestr(
                zipfile.ZipInfo(name, (day.year, day.month, day.day, 12, 0, 0)) if day else name, content
            )
    return buffer.getvalue()


def pdf(story: Story, *, password: str | None = None, page_break_before: str | None = None) -> bytes:
    """A PDF with a page break before each part of the kind `page_break_before`."""
    return _pdf([(kind, escape(text)) for kind, text in story], password, page_break_before)


def pdf_marked(text: str) -> bytes:
    """A PDF of one paragraph with marks of reportlab's: <super>, <sub>."""
    return _pdf([("p", text)], None, None)


def _pdf(story: Story, password: str | None, page_break_before: str | None) -> bytes:
    styles = getSampleStyleSheet()
    flow: list[object] = []
    for kind, text in story:
        if kind == page_break_before and flow:
            flow.append(PageBreak())
        flow.append(Paragraph(text, styles["BodyText" if kind == "p" else f"Heading{kind[1]}"]))
    buffer = io.BytesIO()
    encryption = StandardEncryption(password) if password else None
    SimpleDocTemplate(buffer, pagesize=A4, encrypt=encryption).build(flow)
    return buffer.getvalue()


class _PagesNoted(SimpleDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """Notes on which page each paragraph begins, however it is parted."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.pages: dict[int, int] = {}

    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802  reportlab's name
        if isinstance(flowable, _Numbered):
            self.pages.setdefault(flowable.number, self.page)


class _Numbered(Paragraph):  # type: ignore[misc]
    """A paragraph whose parts know its number."""

    number = 0

    def split(self, *arguments: Any) -> Any:
        parts = super().split(*arguments)
        for part in parts:
            part.number = self.number
        return parts


def pdf_that_flows(story: Story) -> tuple[bytes, list[int]]:
    """A PDF whose text flows over its pages, and the page, from 1, on which each part of the story begins."""
    styles = getSampleStyleSheet()
    flow = []
    for number, (kind, text) in enumerate(story):
        paragraph = _Numbered(escape(text), styles["BodyText" if kind == "p" else f"Heading{kind[1]}"])
        paragraph.number = number
        flow.append(paragraph)
    buffer = io.BytesIO()
    template = _PagesNoted(buffer, pagesize=A5)
    template.build(flow)
    return buffer.getvalue(), [template.pages[number] for number in range(len(story))]


def pdf_table(rows: Sequence[Sequence[str]]) -> bytes:
    """A PDF of one table."""
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4).build([Table(rows, colWidths=120)])
    return buffer.getvalue()


def pdf_lines(pages: Sequence[Sequence[tuple[float, float, str]]]) -> bytes:
    """A PDF of lines at given places, in points from the lower left."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for page in pages:
        canvas.setFont("Helvetica", 11)
        for x, y, text in page:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def pdf_picture() -> bytes:
    """A PDF whose page is a picture."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.drawImage(ImageReader(Image.new("RGB", (60, 60), "white")), 0, 0, 400, 400)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[str | float | bool]]],
    hidden: Sequence[str] = (),
    *,
    hidden_columns: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    merged: Sequence[str] = (),
) -> bytes:
    """A workbook; in each sheet `hidden_columns` ("C:D") and `hidden_rows` (from 1) are hidden, and the
    ranges `merged` ("A2:A3") are one cell with the text of their first.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
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


def ods(
    sheets: Mapping[str, Sequence[Sequence[str]]],
    hidden: Sequence[str] = (),
    *,
    hidden_columns: Sequence[int] = (),
    hidden_rows: Sequence[int] = (),
    merged: Mapping[tuple[int, int], tuple[int, int]] = MappingProxyType({}),
) -> bytes:
    """The same for LibreOffice, with numbers from 0; `merged`: rows and columns by the place of the first."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    names = {kind: office.replace("office:1", f"{kind}:1") for kind in ("office", "table", "text", "style")}
    spaces = " ".join(f'xmlns:{kind}="{name}"' for kind, name in names.items())
    body = ""
    for sheet, rows in sheets.items():
        style = "off" if sheet in hidden else "on"
        body += f'<table:table table:name="{sheet}" table:style-name="{style}">'
        for column in range(max(map(len, rows))):
            mark = ' table:visibility="collapse"' * (column in hidden_columns)
            body += f"<table:table-column{mark}/>"
        for number, row in enumerate(rows):
            mark = ' table:visibility="filter"' * (number in hidden_rows)
            body += f"<table:table-row{mark}>"
            for column, cell in enumerate(row):
                high, wide = merged.get((number, column), (1, 1))
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


def xls(
    sheets: Mapping[str, Sequence[Sequence[str]]],
    hidden: Sequence[str] = (),
    *,
    hidden_columns: Sequence[int] = (),
    hidden_rows: Sequence[int] = (),
    merged: Mapping[tuple[int, int], tuple[int, int]] = MappingProxyType({}),
) -> bytes:
    """The same for Excel 97 to 2003, record by record."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    chart = begin(0x20) + record(0x0208, struct.pack("<8H", 0, 0, 0, 0, 0, 0, 0x20, 0)) + record(0x0A, b"")
    parts = []
    for rows in sheets.values():
        part = begin(0x10)
        for column in hidden_columns:
            part += record(0x7D, struct.pack("<6H", column, column, 2000, 15, 1, 0))
        for number, row in enumerate(rows):
            look = 0x0120 if number in hidden_rows else 0x0100
            part += record(0x0208, struct.pack("<8H", number, 0, len(row), 255, 0, 0, look, 15))
            for column, cell in enumerate(row):
                text = struct.pack("<4HB", number, column, 15, len(cell), 1) + cell.encode("utf-16-le")
                part += record(0x0204, text) if cell else b""
        for (top, left), (high, wide) in merged.items():
            part += record(0xE5, struct.pack("<5H", 1, top, top + high - 1, left, left + wide - 1))
        parts.append(part + chart + record(0x0A, b""))
    names = [struct.pack("<HBB", name in hidden, len(name), 0) + name.encode("ascii") for name in sheets]
    start = len(begin(5)) + sum(len(name) + 8 for name in names) + 4
    book = begin(5)
    for number, name in enumerate(names):
        # subtle: the state of a sheet is its first byte, what it is the second
        book += record(0x85, struct.pack("<I", start + sum(map(len, parts[:number]))) + name)
    return _compound_file("Workbook", book + record(0x0A, b"") + b"".join(parts))


def xlsb(
    sheets: Mapping[str, Sequence[Sequence[str]]],
    hidden: Sequence[str] = (),
    *,
    hidden_columns: Sequence[int] = (),
    hidden_rows: Sequence[int] = (),
    merged: Mapping[tuple[int, int], tuple[int, int]] = MappingProxyType({}),
) -> bytes:
    """The same in the binary form of XLSX, record by record."""

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
        columns = b"".join(record(60, struct.pack("<4IH", each, each, 2560, 0, 1)) for each in hidden_columns)
        made += record(390) + columns + record(391) + record(145)
        for number, row in enumerate(rows):
            made += record(
                0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0x10 * (number in hidden_rows), 0, 0)
            )
            made += b"".join(
                record(6, struct.pack("<II", column, 0) + said(cell))
                for column, cell in enumerate(row)
                if cell
            )
        made += record(146) + record(177, struct.pack("<I", len(merged)))
        for (top, left), (high, wide) in merged.items():
            made += record(176, struct.pack("<4I", top, top + high - 1, left, left + wide - 1))
        return made + record(178) + record(130)

    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    listed, relations, parts = b"", "", dict[str, str | bytes]()
    for number, (name, rows) in enumerate(sheets.items(), 1):
        state = struct.pack("<II", name in hidden, number)
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


def html(story: Story, *, ids: bool = True) -> bytes:
    """A page between navigation and footer; with `ids` each heading has its number in the story as one."""
    page = ElementTree.Element("html")
    head, body = (ElementTree.SubElement(page, tag) for tag in ("head", "body"))
    ElementTree.SubElement(head, "meta", charset="utf-8")
    ElementTree.SubElement(head, "title").text = f"{story[0][1]} | Acme"
    ElementTree.SubElement(ElementTree.SubElement(body, "nav"), "a", href="/").text = "Home"
    main = ElementTree.SubElement(body, "main")
    for number, (kind, text) in enumerate(story):
        marks = {"id": f"part-{number}"} if ids and kind != "p" else {}
        ElementTree.SubElement(main, kind, marks).text = text
    ElementTree.SubElement(body, "footer").text = "Imprint"
    return b"<!doctype html>" + bytes(ElementTree.tostring(page, encoding="utf-8", method="html"))


def mail(text: str, *, subject: str = "Größe of the rooms", subtype: str = "plain") -> bytes:
    """A message of one part."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "Ana <ana@x.example>", "bo@x.example"
    message["Date"] = "Mon, 04 Mar 2024 10:00:00 +0000"
    message.set_content(text, subtype=subtype)
    return bytes(message)


def epub(chapters: Sequence[str], title: str = "The book") -> bytes:
    """A book of chapters in HTML; its files are numbered against their order, with a blank in their names."""
    last = len(chapters) - 1
    items = "".join(f'<item id="c{n}" href="text/c%20{last - n}.xhtml"/>' for n in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    metadata = f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></metadata>'
    return zipped(
        {
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></container>',
            "O/b.opf": f"<package>{metadata}<manifest>{items}</manifest><spine>{spine}</spine></package>",
            **{
                f"O/text/c {last - n}.xhtml": f"<html><body>{chapter}</body></html>"
                for n, chapter in enumerate(chapters)
            },
        }
    )


def docx(story: Story, extra: str = "", *, before: str = "") -> bytes:
    """A Word document; `extra` is XML behind the story, `before` in each paragraph before its words."""
    styles = {"h1": "Heading1", "h2": "Heading2", "p": "Normal"}
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{styles[kind]}"/></w:pPr>{before}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>'
        for kind, text in story
    )
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    styled = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/></w:style>'
        for n in (1, 2)
    )
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _relations({"rId1": (office, "word/document.xml")}),
            "word/_rels/document.xml.rels": _relations(
                {"rId1": (office.replace("officeDocument", "styles"), "styles.xml")}
            ),
            "word/styles.xml": f'<w:styles xmlns:w="{word}">{styled}</w:styles>',
            "word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{body}{extra}</w:body></w:document>',
        }
    )


def word_table(rows: Sequence[Sequence[str]]) -> str:
    """The XML of a table for `docx`."""
    lines = "".join(
        "<w:tr>"
        + "".join(f"<w:tc><w:p><w:r><w:t>{escape(c)}</w:t></w:r></w:p></w:tc>" for c in row)
        + "</w:tr>"
        for row in rows
    )
    return f"<w:tbl>{lines}</w:tbl>"


def slide_table(rows: Sequence[Sequence[str | None]]) -> str:
    """The XML of a table for `pptx`; None is a cell that belongs to the one above."""
    lines = ""
    for row in rows:
        marks = [' vMerge="1"' * (cell is None) for cell in row]
        cells = zip(marks, row, strict=True)
        lines += "<a:tr>"
        lines += "".join(
            f"<a:tc{mark}><a:txBody><a:p>{_runs(cell or '')}</a:p></a:txBody></a:tc>" for mark, cell in cells
        )
        lines += "</a:tr>"
    return f"<p:graphicFrame><a:graphic><a:graphicData><a:tbl>{lines}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"


def slide_box(
    lines: Sequence[str], place: tuple[int, int, int, int], *, group: tuple[int, int] | None = None
) -> str:
    """The XML of a box of text for `pptx`: left, top, width, height; in a group that has twice the measure and
    stands at `group`.
    """
    left, top, wide, high = place
    if group is not None:
        left, top, wide, high = 2 * (left - group[0]), 2 * (top - group[1]), 2 * wide, 2 * high
    body = "".join(f"<a:p>{_runs(line)}</a:p>" for line in lines)
    box = (
        f'<p:sp><p:nvSpPr><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{left}" y="{top}"/>'
        f'<a:ext cx="{wide}" cy="{high}"/></a:xfrm></p:spPr><p:txBody>{body}</p:txBody></p:sp>'
    )
    if group is None:
        return box
    x, y = group
    return (
        f'<p:grpSp><p:grpSpPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="100" cy="100"/><a:chOff x="0" y="0"/>'
        f'<a:chExt cx="200" cy="200"/></a:xfrm></p:grpSpPr>{box}</p:grpSp>'
    )


def pptx(
    slides: Sequence[tuple[str, Sequence[str]]], hidden: Sequence[int] = (), *, extra: str = ""
) -> bytes:
    """A deck of slides with a title and lines, in which ^{this} is raised; files are numbered against the order.

    `extra` is XML behind the lines of each slide.
    """
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    members: dict[str, str | bytes] = {"[Content_Types].xml": _TYPES}
    relations, ids = {}, []
    for number, (title, lines) in enumerate(slides, 1):
        file = f"slides/slide{len(slides) + 1 - number}.xml"
        relations[f"rId{number}"] = (f"{r}/slide", file)
        ids.append(f'<p:sldId id="{255 + number}" r:id="rId{number}"/>')
        body = "".join(f"<a:p>{_runs(line)}</a:p>" for line in lines)
        shown = ' show="0"' if number in hidden else ""
        members[f"ppt/{file}"] = (
            f'<p:sld xmlns:a="{a}" xmlns:p="{p}"{shown}><p:cSld><p:spTree>'
            f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>'
            f"<p:txBody><a:p><a:r><a:t>{escape(title)}</a:t></a:r></a:p></p:txBody></p:sp>"
            f"<p:sp><p:nvSpPr><p:nvPr/></p:nvSpPr><p:txBody>{body}</p:txBody></p:sp>"
            f"{extra}</p:spTree></p:cSld></p:sld>"
        )
    members["ppt/presentation.xml"] = (
        f'<p:presentation xmlns:p="{p}" xmlns:r="{r}"><p:sldIdLst>{"".join(ids)}</p:sldIdLst></p:presentation>'
    )
    members["ppt/_rels/presentation.xml.rels"] = _relations(relations)
    return zipped(members)


def _runs(line: str) -> str:
    """Runs of a line, in which ^{1} is raised and ~~20~~ crossed out."""
    runs = ""
    for text in re.split(r"(\^\{.*?\}|~~.*?~~)", line):
        raised, struck = text.startswith("^{"), text.startswith("~~")
        look = ' baseline="30000"' * raised + ' strike="sngStrike"' * struck
        shown = text[2:-1] if raised else text.strip("~") if struck else text
        runs += f"<a:r><a:rPr{look}/><a:t>{escape(shown)}</a:t></a:r>"
    return runs


_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    lines = "".join(f'<Relationship Id="{i}" Type="{t}" Target="{f}"/>' for i, (t, f) in targets.items())
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'


def with_core(data: bytes, *, modified: str, created: str) -> bytes:
    """The office file with properties that say when it was made and last saved (ISO 8601)."""
    package = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    terms = "http://purl.org/dc/terms/"
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(
            "docProps/core.xml",
            f'<cp:coreProperties xmlns:cp="{package}" xmlns:dcterms="{terms}">'
            f"<dcterms:created>{created}</dcterms:created><dcterms:modified>{modified}</dcterms:modified>"
            "</cp:coreProperties>",
        )
    return buffer.getvalue()
