"""PPTX, by its XML: slides in their order, titles as headings, tables as rows, the speaker's notes.

What is crossed out is left out.

But: charts, pictures and SmartArt have no text here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element

from retrieval.documents import Document, PlaceKind
from retrieval.errors import ReadError
from retrieval.readers.pieces import Piece, assemble, new_list
from retrieval.readers.slide_order import in_order
from retrieval.readers.table_sentences import grid_rows
from retrieval.readers.walk import needs_caret
from retrieval.readers.zip_guard import GuardedZip

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RAISED = re.compile("0*[1-9]")
"""How far a run stands above the line: a share of its letters' size, below zero for one that is lowered."""
_NO_TEXT_OF_ITS_OWN = frozenset({"sldNum", "dt", "ftr", "hdr", "sldImg"})


def read(data: bytes, name: str) -> Document:
    """The slides; the title is that of the first slide."""
    archive = GuardedZip(data)
    main = next((each for each in archive.names if each.endswith("ppt/presentation.xml")), None)
    if main is None:
        raise ReadError("is no presentation: ppt/presentation.xml is missing")
    targets = archive.targets(main)
    pieces: list[Piece] = []
    hidden: list[str] = []
    for number, slide in enumerate(archive.xml(main).iter(f"{_P}sldId"), 1):
        part = targets.get(slide.get(f"{_R}id", ""))
        if part is None or part not in archive.names:
            raise ReadError(f"is damaged: slide {number} is missing")
        root = archive.xml(part)
        if root.get("show") in {"0", "false"}:
            hidden.append(str(number))
            continue
        pieces += _slide(root, number)
        pieces += _speaker_notes(archive, part, number)
    title = next((piece.lines[0] for piece in pieces if piece.kind == "heading"), None)
    notes = [f"hidden slides left out: {', '.join(hidden)}"] if hidden else []
    return assemble(
        pieces, title=title, url=None, name=name, slugs=False, notes=notes, dated=archive.core_date()
    )


def _text_pieces(points: Sequence[tuple[str, int]]) -> Iterator[Piece]:
    """One paragraph, or the items of a list, below what introduces it; each shape has a list of its own."""
    numbers: list[int] = []
    for number, (text, level) in enumerate(points):
        if len(points) == 1 or (number == 0 and text.endswith(":")):
            yield Piece("paragraph", (text,))
            continue
        del numbers[level:]
        while len(numbers) < level:
            numbers.append(new_list())
        yield Piece("item", (text,), lists=tuple(numbers))


def _slide(root: Element, number: int) -> Iterator[Piece]:
    place: tuple[PlaceKind, str, None] = ("slide", str(number), None)
    shapes = list(_shapes(root))
    titles = [shape for shape in shapes if _placeholder(shape) in {"title", "ctrTitle"}]
    for shape in titles[:1]:
        yield Piece("heading", (" ".join(_paragraphs(shape)),), level=2, place=place)
    others = [
        shape
        for shape in shapes
        if shape not in titles[:1]
        and _placeholder(shape) not in _NO_TEXT_OF_ITS_OWN
        and (shape.tag != f"{_P}sp" or any(_paragraphs(shape)))
    ]
    for shape in in_order(root, others, lambda shape: list(_paragraphs(shape))):
        for table in shape.iter(f"{_A}tbl"):
            for _, text in grid_rows(_grid(table)):
                yield Piece("row", (text,), place=place)
        if shape.tag == f"{_P}sp":
            yield from (replace(piece, place=place) for piece in _text_pieces(list(_points(shape))))


def _grid(table: Element) -> list[list[str]]:
    """The cells of a table; one that reaches down says its words in each of its rows."""
    rows: list[list[str]] = []
    for row in table.iter(f"{_A}tr"):
        cells: list[str] = []
        for column, cell in enumerate(row.iter(f"{_A}tc")):
            goes_on = cell.get("vMerge") in {"1", "true"} and rows and column < len(rows[-1])
            cells.append(rows[-1][column] if goes_on else " ".join(_paragraphs(cell)))
        rows.append(cells)
    return rows


def _shapes(root: Element) -> Iterator[Element]:
    """Shapes and frames in the order of the file, those in groups, too."""
    return (each for each in root.iter() if each.tag in (f"{_P}sp", f"{_P}graphicFrame"))


def _placeholder(shape: Element) -> str | None:
    found = shape.find(f".//{_P}nvPr/{_P}ph")
    return None if found is None else found.get("type")


def _paragraphs(shape: Element) -> Iterator[str]:
    return (text for text, _ in _points(shape))


def _points(shape: Element) -> Iterator[tuple[str, int]]:
    """The paragraphs of a shape, and how deep each is indented, from 1."""
    for paragraph in shape.iter(f"{_A}p"):
        text, depth = "", 1
        raised = struck = False  # in this run
        for each in paragraph.iter():
            if each.tag == f"{_A}r":
                raised = struck = False
            elif each.tag == f"{_A}pPr":
                depth = 1 + int(each.get("lvl", "0"))
            elif each.tag == f"{_A}rPr":
                raised = _RAISED.match(each.get("baseline", "")) is not None
                struck = each.get("strike", "noStrike") != "noStrike"
                text += " " if struck else ""
            elif each.tag == f"{_A}t" and not struck:
                own = each.text or ""
                text += "^" + own if raised and needs_caret(text, own) else own
            elif each.tag in (f"{_A}br", f"{_A}tab"):
                text += " "
        if text := text.strip():
            yield text, depth


def _speaker_notes(archive: GuardedZip, part: str, number: int) -> Iterator[Piece]:
    for target in archive.targets(part).values():
        if "/notesSlide" in target and target in archive.names:
            for shape in archive.xml(target).iter(f"{_P}sp"):
                if _placeholder(shape) == "body":
                    for text in _paragraphs(shape):
                        yield Piece("paragraph", (text,), place=("slide", str(number), None))
