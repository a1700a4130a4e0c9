"""A document as Quoth keeps it: one normalised text, and what lies where in it.

Every reader makes the same thing: a `Document` whose `text` is final (cleaned and NFKC-normalised
once, here and never again) and whose sections and blocks are slices of that text.  Offsets are
counted in code points and are the truth from then on: a citation, a span and a bold mark are all
`document.text[start:end]`.

But: a document knows neither its file nor its collection; the ingest adds these.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from retrieval.text import normalise, normalise_code

BlockKind = Literal["heading", "paragraph", "item", "row", "code"]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading.

    `heading_path` runs from the outermost heading to the section's own and is empty before the
    first heading; the document's title is not part of it.  `anchor` is the heading's HTML id or
    slug, for links.
    """

    heading_path: tuple[str, ...] = ()
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table row, code block or heading: `document.text[start:end]`.

    `section` indexes `document.sections`.  `line` is the 1-based line of the source on which the
    block begins, None where the format has no lines; `breaks` are the offsets in the document's
    text at which the second, third, ... source line of the block begins.  `lists`: the numbers of the
    lists in which it stands, the outermost first, each list with one of its own in the document; a number
    below zero at the end stands for what follows the first block of an item in that item.
    """

    start: int
    end: int
    kind: BlockKind
    section: int
    line: int | None = None
    breaks: tuple[int, ...] = ()
    lists: tuple[int, ...] = ()

    def line_at(self, offset: int) -> int | None:
        """The source line of the character at `offset` of the document's text."""
        return None if self.line is None else self.line + bisect_right(self.breaks, offset)


PlaceKind = Literal["page", "slide", "sheet"]


@dataclass(frozen=True, slots=True)
class Place:
    """From `start` on, until the next place, the text stands on this page, slide or sheet.

    `name` is what a person calls it: a page's own label (`iv`), a slide's number, a sheet's name.
    `fragment` is what a link needs behind its `#`, None where nothing can be linked.
    """

    start: int
    kind: PlaceKind
    name: str
    fragment: str | None = None

    @property
    def label(self) -> str:
        """As a citation says it: `page 7`."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Document:
    """One file or page, read.  Blocks are in order, do not overlap, and are separated by one newline.

    `places` are in order, too, and there are none where the format knows no pages.  `notes` are lines
    for a person about what is not in the text: hidden sheets, running headers, pages without text.
    `dated`: the day on which the file says that it was updated.
    """

    title: str
    text: str = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    url: str | None = None
    places: tuple[Place, ...] = field(repr=False, default=())
    notes: tuple[str, ...] = ()
    dated: date | None = None

    def place_at(self, offset: int) -> Place | None:
        """Where the character at `offset` stands; None where the format knows no pages."""
        number = bisect_right(self.places, offset, key=lambda place: place.start)
        return self.places[number - 1] if number else None


class DocumentBuilder:
    """Puts a document together in reading order; every text passes through here and is normalised once."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._sections: list[Section] = [Section()]
        self._path: list[tuple[int, str]] = []
        self._places: list[Place] = []
        self._place: tuple[PlaceKind, str, str | None] | None = None
        self._numbers: dict[int, int] = {}  # of lists, by what their reader calls them
        self._loose: tuple[int, ...] = ()  # the list of the items that came last, if their reader knows none

    def place(self, kind: PlaceKind, name: str, fragment: str | None = None) -> None:
        """What comes from here on stands on this page, slide or sheet."""
        self._place = (kind, normalise(name), fragment)

    def heading(
        self,
        level: int,
        text: str,
        *,
        line: int | None = None,
        anchor: str | None = None,
        in_path: bool = True,
    ) -> None:
        """Begin a section: a heading of `level` closes all headings of the same or a deeper level.

        A heading that repeats the document's title is not `in_path`: it has an anchor and a block, but
        no section has it in its heading path.
        """
        text = normalise(text)
        if not text:
            return
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        if in_path:
            self._path.append((level, text))
        self._sections.append(Section(tuple(heading for _, heading in self._path), anchor))
        self._loose = ()
        self._append("heading", [text], line, " ")

    def block(
        self,
        kind: BlockKind,
        lines: Iterable[str],
        *,
        line: int | None = None,
        lists: tuple[int, ...] = (),
    ) -> None:
        """Add a block made of consecutive source lines, the first of which is `line`.

        The lines of prose are joined by blanks, those of code by newlines.  A block without any
        text is left out.  `lists`: those in which it stands, numbered as the caller likes; items of which
        nobody knows that are one list if nothing comes between them.
        """
        clean = normalise_code if kind == "code" else normalise
        known = tuple(self._number(each) for each in lists)
        if kind == "item" and not known:
            known = self._loose or (self._number(None),)
        self._loose = known if kind == "item" and not lists else ()
        self._append(kind, [clean(part) for part in lines], line, "\n" if kind == "code" else " ", known)

    def build(
        self, title: str, url: str | None = None, notes: Iterable[str] = (), dated: date | None = None
    ) -> Document:
        """The document so far."""
        return Document(
            title=normalise(title),
            text="\n".join(self._parts),
            sections=tuple(self._sections),
            blocks=tuple(self._blocks),
            url=url,
            places=tuple(self._places),
            notes=tuple(filter(None, map(normalise, notes))),
            dated=dated,
        )

    def _number(self, name: int | None) -> int:
        """The number of a list that its reader calls `name`; None: a new one."""
        if name is None:
            name = 10**9 + len(self._numbers)  # what no reader counts up to
        number = self._numbers.setdefault(abs(name), len(self._numbers) + 1)
        return -number if name < 0 else number

    def _append(
        self,
        kind: BlockKind,
        parts: Sequence[str],
        line: int | None,
        joint: str,
        lists: tuple[int, ...] = (),
    ) -> None:
        if not any(part.strip() for part in parts):
            return
        start = self._length + bool(self._parts)
        if self._place is not None:
            self._places.append(Place(start, *self._place))
            self._place = None
        position, breaks, texts = start, list[int](), list[str]()
        for number, part in enumerate(parts):
            if texts and part:
                position += len(joint)
            if number:
                breaks.append(position)
            if part:
                texts.append(part)
                position += len(part)
        text = joint.join(texts)
        self._parts.append(text)
        self._length = start + len(text)
        known = tuple(breaks) if line is not None else ()
        self._blocks.append(Block(start, self._length, kind, len(self._sections) - 1, line, known, lists))
