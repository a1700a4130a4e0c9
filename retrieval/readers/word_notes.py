"""Footnotes and endnotes of Word, each behind the text to which it belongs, whose place is its own.

But: a list or a table is not parted by them, nor from what introduces it; their notes come behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mammoth import documents, transforms

_DROP_REFERENCES = transforms.element_of_type(documents.NoteReference, lambda _: documents.text(""))


def with_notes_in_place(document: documents.Document) -> documents.Document:
    """The document, in mammoth's terms, with the paragraphs of its notes among its own."""
    return document.copy(children=list(_in_place(document)))


def _in_place(document: documents.Document) -> Iterator[Any]:
    waiting = dict[tuple[str, str], Any]()
    for element in document.children:
        if _parts(element):
            yield from _paragraphs(waiting)
            waiting = {}
        for reference in transforms.get_descendants_of_type(element, documents.NoteReference):
            waiting[reference.note_type, reference.note_id] = document.notes.resolve(reference)
        yield _DROP_REFERENCES(element)
    yield from _paragraphs(waiting)


def _parts(element: Any) -> bool:
    """Does an element part texts: is it a paragraph or a heading, which may be numbered as items are?"""
    if not isinstance(element, documents.Paragraph):
        return False
    return element.numbering is None or (element.style_name or "").lower().startswith("heading")


def _paragraphs(notes: dict[tuple[str, str], Any]) -> Iterator[Any]:
    return (paragraph for note in notes.values() for paragraph in note.body)
