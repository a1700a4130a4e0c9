"""Files of the formats that companies have, made from known text with other libraries than the readers use.

PDF by reportlab, pages and mail by the standard library, the rest as XML in a zip by hand.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from email.message import EmailMessage
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

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


COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


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


def docx(
    story: Story, extra: str = "", *, before: str = "", own_styles: str = "", footnotes: Sequence[str] = ()
) -> bytes:
    """A Word document; `extra` is XML behind the story, `before` in each paragraph before its words, and
    `own_styles` are XML beside Word's own.  `footnotes` are numbered from 1.
    """
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
    noted = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:footnote>'
        for number, text in enumerate(footnotes, 1)
    )
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _relations({"rId1": (office, "word/document.xml")}),
            "word/_rels/document.xml.rels": _relations(
                {
                    f"rId{number}": (office.replace("officeDocument", part), f"{part}.xml")
                    for number, part in enumerate(("styles", "footnotes"), 1)
                }
            ),
            "word/footnotes.xml": f'<w:footnotes xmlns:w="{word}">{noted}</w:footnotes>',
            "word/styles.xml": f'<w:styles xmlns:w="{word}">{styled}{own_styles}</w:styles>',
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
