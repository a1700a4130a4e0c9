"""What passes between the reading process and its parent: frames, and documents as JSON.

A frame is a length (4 bytes, big-endian) and that many bytes.  A document's form is checked when it
arrives: the process that sent it has handled hostile bytes.

But: never pickle, which would let that process run code in its parent.
"""

from __future__ import annotations

import json
import struct
from datetime import date
from itertools import pairwise
from typing import Any, get_args

from retrieval.documents import Block, BlockKind, Document, Place, PlaceKind, Section
from retrieval.errors import ReadError

LENGTH = struct.Struct(">I")
_KINDS = frozenset(get_args(BlockKind))
_PLACES = frozenset(get_args(PlaceKind))


def frame(body: bytes) -> bytes:
    """`body` with its length before it."""
    return LENGTH.pack(len(body)) + body


def pack(message: dict[str, Any]) -> bytes:
    """A message as UTF-8 JSON."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def document_to_json(document: Document) -> dict[str, Any]:
    """A document as plain lists and strings; `document_from_json` is its inverse."""
    return {
        "title": document.title,
        "text": document.text,
        "url": document.url,
        "sections": [[list(section.heading_path), section.anchor] for section in document.sections],
        "blocks": [
            [
                block.start,
                block.end,
                block.kind,
                block.section,
                block.line,
                list(block.breaks),
                list(block.lists),
            ]
            for block in document.blocks
        ],
        "places": [[place.start, place.kind, place.name, place.fragment] for place in document.places],
        "notes": list(document.notes),
        "dated": None if document.dated is None else document.dated.isoformat(),
    }


def document_from_json(value: dict[str, Any]) -> Document:
    """The document; ReadError if the value does not describe one."""
    try:
        document = Document(
            title=_is(value["title"], str),
            text=_is(value["text"], str),
            sections=tuple(
                Section(tuple(_is(heading, str) for heading in path), _is(anchor, str | None))
                for path, anchor in value["sections"]
            ),
            blocks=tuple(
                Block(
                    _is(start, int),
                    _is(end, int),
                    kind,
                    _is(section, int),
                    _is(line, int | None),
                    tuple(_is(offset, int) for offset in breaks),
                    tuple(_is(number, int) for number in lists),
                )
                for start, end, kind, section, line, breaks, lists in value["blocks"]
            ),
            url=_is(value["url"], str | None),
            places=tuple(
                Place(_is(start, int), kind, _is(name, str), _is(fragment, str | None))
                for start, kind, name, fragment in value["places"]
            ),
            notes=tuple(_is(note, str) for note in value["notes"]),
            dated=None if value["dated"] is None else date.fromisoformat(_is(value["dated"], str)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReadError("the reader process sent something that is no document") from error
    if not _is_sound(document):
        raise ReadError("the reader process sent a document whose parts do not fit")
    return document


def _is(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _is_sound(document: Document) -> bool:
    blocks, length = document.blocks, len(document.text)
    return (
        all(
            0 <= block.start < block.end <= length
            and block.kind in _KINDS
            and 0 <= block.section < len(document.sections)
            for block in blocks
        )
        and all(one.end < two.start and one.section <= two.section for one, two in pairwise(blocks))
        and all(0 <= place.start < length and place.kind in _PLACES for place in document.places)
        and all(one.start < two.start for one, two in pairwise(document.places))
        and (document.url is None or document.url.startswith(("http://", "https://")))
    )
