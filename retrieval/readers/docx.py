"""DOCX, by mammoth and the HTML reader: headings, lists, tables, text boxes, tracked insertions.

Hidden text and formulas are left out, and the document says so.

But: text that only its style hides is read.  Word has no pages before it is printed, so a citation names
the headings.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import mammoth

from retrieval.documents import Document
from retrieval.errors import ReadError
from retrieval.readers.html import read_fragment
from retrieval.readers.pieces import assemble
from retrieval.readers.word_markup import has_formulas, hide, put_as_known
from retrieval.readers.word_notes import with_notes_in_place
from retrieval.readers.word_styles import heading_levels, with_word_s_own
from retrieval.readers.zip_guard import GuardedZip, parse_xml

_STYLES_PART = "word/styles.xml"
_STYLES = """
p[style-name^='toc '] => !
p[style-name^='TOC '] => !
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Heading 1'] => h2:fresh
p[style-name='Heading 2'] => h3:fresh
p[style-name='Heading 3'] => h4:fresh
p[style-name='Heading 4'] => h5:fresh
p[style-name='Heading 5'] => h6:fresh
"""


def read(data: bytes, name: str) -> Document:
    """The text; its title is the paragraph styled as such, else made of the file's `name`."""
    archive = GuardedZip(data)
    changed: dict[str, bytes] = {}
    left_out = dict[str, None]()
    levels: dict[str, int] = {}
    for part in archive.names:
        if part.endswith((".xml", ".rels")):
            root = parse_xml(archive.read(part))
            if part.startswith("word/"):
                levels |= heading_levels(root) if part == _STYLES_PART else {}
                hidden, other = hide(root), put_as_known(root)
                left_out |= {"hidden text left out": None} if hidden else {}
                left_out |= {"formulas left out": None} if has_formulas(root) else {}
                if hidden or other:
                    changed[part] = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    try:
        converted = mammoth.convert_to_html(
            io.BytesIO(_with_parts(data, changed) if changed else data),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(_no_picture),
            transform_document=lambda document: with_notes_in_place(with_word_s_own(document, levels)),
        )
    except (OSError, KeyError) as error:  # mammoth's ways to say that a part is missing
        raise ReadError("is no Word document, or a part of it is missing") from error
    # Word's bookmarks (_Toc179830764) are no place that a person or a link could go to.
    pieces = read_fragment(converted.value, None, guess_headers=True)
    found = [replace(piece, anchor=None) for piece in pieces]
    headings = [piece.level for piece in found if piece.kind == "heading"]
    if headings and headings[0] == 2 and headings.count(2) == 1 and 1 not in headings:
        # No paragraph is styled as the title, and one heading stands above all others.
        found = [replace(piece, level=max(piece.level - 1, 0)) for piece in found]
    return assemble(
        found,
        title=None,
        url=None,
        name=name,
        slugs=False,
        notes=left_out,
        dated=archive.core_date(),
    )


def _with_parts(data: bytes, changed: dict[str, bytes]) -> bytes:
    """The file with other contents in some of its parts."""
    buffer = io.BytesIO()
    archive = GuardedZip(data)
    with zipfile.ZipFile(buffer, "w") as copy:
        for part in archive.names:
            copy.writestr(part, changed[part] if part in changed else archive.read(part))
    return buffer.getvalue()


def _no_picture(_: object) -> dict[str, str]:
    return {}
