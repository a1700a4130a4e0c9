"""PDF, by PDFium: text with pages, headings and tables as far as the layout shows them.

A citation names the page by its own label and links to it (`#page=7`).  A page of nothing but pictures
has no text here; where all are, the file fails with that reason, since it needs OCR.

But: PDFium is not thread-safe, and a hostile file can make it crash; it only ever runs in the child.
"""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2
import pypdfium2.raw as pdfium

from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.readers.pdf_layout import Outline, key, pieces, without_running_lines
from retrieval.readers.pdf_lines import Line, page_lines
from retrieval.readers.pieces import Piece, assemble
from retrieval.text import normalise

_MOST_PAGES = 5000
_NAMED = 8  # pages listed one by one in a note


def read(data: bytes, name: str) -> Document:
    """The text; its title is the file's own where page 1 says it too, else the first great heading."""
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise ReadError("is protected by a password") from error
        raise ReadError("is damaged or no PDF") from error
    try:
        return _read(pdf, name)
    finally:
        pdf.close()


def _read(pdf: pypdfium2.PdfDocument, name: str) -> Document:
    if len(pdf) > _MOST_PAGES:
        raise ReadError(f"has {len(pdf):,} pages; at most {_MOST_PAGES:,} are read")
    pages: list[list[Line]] = []
    labels: list[str] = []
    pictures: list[str] = []
    damaged: list[str] = []
    for number in range(len(pdf)):
        labels.append(normalise(pdf.get_page_label(number)) or str(number + 1))
        try:
            page = pdf[number]
        except pypdfium2.PdfiumError:
            pages.append([])
            damaged.append(labels[-1])
            continue
        pages.append(page_lines(page, number))
        if not pages[-1] and _has_picture(page):
            pictures.append(labels[-1])
        page.close()
    if not any(pages):
        raise ReadError(_why_empty(len(pdf), pictures, damaged))
    lines = [line for page in pages for line in page]
    if sum(line.is_unknown for line in lines) * 2 > len(lines):
        raise ReadError("its fonts do not say which letters they show; it needs OCR, or to be exported anew")
    kept, dropped = without_running_lines(pages)
    notes = [f"{dropped:,} running headers, footers and page numbers left out"] if dropped else []
    notes += [f"no text layer on {_pages(pictures)}: pictures need OCR"] if pictures else []
    notes += [f"{_pages(damaged)} cannot be read"] if damaged else []
    found = list(pieces(kept, _outline(pdf), labels))
    return assemble(
        found,
        title=_title(pdf, pages) or _greatest_heading(found),
        url=None,
        name=name,
        slugs=False,
        notes=notes,
        dated=pdf.get_metadata_value("ModDate") or pdf.get_metadata_value("CreationDate"),
    )


def _why_empty(pages: int, pictures: Sequence[str], damaged: Sequence[str]) -> str:
    if pictures:
        return f"has no text layer: its {pages:,} pages are pictures, which need OCR first"
    return "is damaged: no page can be read" if damaged else "has no text on its pages"


def _pages(labels: Sequence[str]) -> str:
    listed = ", ".join(labels[:_NAMED])
    more = f" and {len(labels) - _NAMED:,} more" if len(labels) > _NAMED else ""
    return f"page{'s' if len(labels) > 1 else ''} {listed}{more}"


def _has_picture(page: pypdfium2.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _outline(pdf: pypdfium2.PdfDocument) -> Outline:
    found: dict[str, int] = {}
    for bookmark in pdf.get_toc(max_depth=6):
        text = key(bookmark.get_title())
        if text:
            found.setdefault(text, bookmark.level + 1)
    return found


def _title(pdf: pypdfium2.PdfDocument, pages: Sequence[Sequence[Line]]) -> str | None:
    title = normalise(pdf.get_metadata_value("Title"))
    first = key(" ".join(line.text for line in next(filter(None, pages))))
    return title if key(title) and key(title) and key(title) in first else None


def _greatest_heading(found: Sequence[Piece]) -> str | None:
    """The greatest heading of the page where the text begins."""
    headings = [piece for piece in found if piece.kind == "heading" and piece.place == found[0].place]
    return min(headings, key=lambda piece: piece.level).lines[0] if headings else None
