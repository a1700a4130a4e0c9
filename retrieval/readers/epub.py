"""EPUB, by the standard library and the HTML reader: chapters in the order of the book.

But: a citation names headings; a book without them has only its title.
"""

from __future__ import annotations

import posixpath
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.readers.html import read_fragment
from retrieval.readers.pieces import Piece, assemble
from retrieval.readers.zip_guard import GuardedZip
from retrieval.text import decode

_CONTAINER = "META-INF/container.xml"


def read(data: bytes, name: str) -> Document:
    """The book; its title is that of its metadata, else made of the file's `name`."""
    archive = GuardedZip(data)
    if "META-INF/encryption.xml" in archive.names and "META-INF/rights.xml" in archive.names:
        raise ReadError("is protected against copying")
    root = next((each.get("full-path") for each in _all(archive.xml(_CONTAINER), "rootfile")), None)
    if not root:
        raise ReadError("is no book: its container names no content")
    package = archive.xml(root)
    files = {item.get("id"): item.get("href", "") for item in _all(package, "item")}
    pieces: list[Piece] = []
    missing = 0
    for reference in _all(package, "itemref"):
        path = posixpath.normpath(
            posixpath.join(posixpath.dirname(root), unquote(files.get(reference.get("idref"), "")))
        )
        if path in archive.names:
            pieces += read_fragment(decode(archive.read(path)), None)
        else:
            missing += 1
    title = next((each.text for each in _all(package, "title") if each.text), None)
    notes = [f"{missing} chapters are missing in the file"] if missing else []
    dates = [each.text for each in _all(package, "meta") if each.get("property") == "dcterms:modified"]
    dated = next(filter(None, [*dates, *(each.text for each in _all(package, "date"))]), None)
    return assemble(pieces, title=title, url=None, name=name, slugs=False, notes=notes, dated=dated)


def _all(root: Element, name: str) -> list[Element]:
    """All elements of that local name, whatever their namespace."""
    return [each for each in root.iter() if each.tag.rsplit("}", 1)[-1] == name]
