"""What a reader finds in a file, and how it becomes a document: title, sections, anchors.

A reader of prose formats gives a list of pieces in reading order; `assemble` decides what they share:
which heading is the title, and what the anchors are.

But: a piece knows nothing of offsets and is not clean text yet; the DocumentBuilder sees to both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import PurePath
from urllib.parse import urlsplit

from retrieval.dates import day_of
from retrieval.documents import BlockKind, Document, DocumentBuilder, PlaceKind
from retrieval.text import normalise

_NO_PART_OF_A_SLUG = re.compile(r"[^\w\- ]")
_ANCHOR = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]{1,200}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block to be: its source lines, and for a heading its level (1 to 6) and explicit anchor.

    `place`: the page, slide or sheet that it stands on, as `DocumentBuilder.place` takes it.  `lists`: those
    in which it stands, as `Block.lists`, numbered by `Lists` or otherwise.
    """

    kind: BlockKind
    lines: tuple[str, ...]
    line: int | None = None
    level: int = 0
    anchor: str | None = None
    place: tuple[PlaceKind, str, str | None] | None = None
    lists: tuple[int, ...] = ()


_NUMBERS = count(1)


def new_list() -> int:
    """A number that no list of any page has: pages are put together of several."""
    return next(_NUMBERS)


class Lists:
    """The lists and items that are open at a place of a page, and so the `Piece.lists` of what is there."""

    def __init__(self) -> None:
        self._open: list[tuple[tuple[int, ...], bool]] = []  # numbers, and whether it is an ordered one
        self._items: list[bool] = []  # of the open ones: has the item its first block?
        # The ordered list that was over last, by how many it stood in.
        self._ended: dict[int, tuple[int, ...]] = {}

    @property
    def path(self) -> tuple[int, ...]:
        """The lists that are open, the outermost first."""
        return tuple(number for numbers, _ in self._open for number in numbers)

    @property
    def within_item(self) -> bool:
        return bool(self._items)

    def begin(self, *numbers: int, first: int | None = None) -> None:
        """A list begins, or several in one.  `first`: the number of an ordered one's first item; it is the
        last such list that goes on where that is not 1.
        """
        before = self._ended.get(len(self._open), ()) if first not in {None, 1} else ()
        self._open.append((numbers or before or (new_list(),), first is not None))

    def end(self) -> None:
        """The innermost list is over."""
        if self._open:
            numbers, is_ordered = self._open.pop()
            if is_ordered:
                self._ended[len(self._open)] = numbers

    def begin_item(self) -> None:
        """An item of the innermost list begins."""
        self._items.append(False)

    def end_item(self) -> None:
        """The innermost item is over."""
        if self._items:
            self._items.pop()

    def next_block(self) -> tuple[int, ...]:
        """The lists of a block, or of a whole table, that comes now: first in its item, or behind that."""
        if not self._items or not self._open:
            return ()
        if not self._items[-1]:
            self._items[-1] = True
            return self.path
        return (*self.path, -new_list())


_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")  # front matter titles may be marked up: `Leave <em>first</em>`


def assemble(
    pieces: Iterable[Piece],
    *,
    title: str | None,
    url: str | None,
    name: str,
    slugs: bool,
    notes: Iterable[str] = (),
    dated: object = None,
) -> Document:
    """A document made of `pieces`.

    The title is `title`, else the first heading of level 1, else it is made of the file's `name`.  A
    heading that is the title, and under which everything else stands, is left out of the heading
    paths: the document's only heading of level 1, before all other headings.  With `slugs` a heading
    without an anchor gets one in GitHub's manner.  `dated`: what the file says of when it was updated.
    """
    pieces = list(pieces)
    headings = [piece for piece in pieces if piece.kind == "heading" and _text(piece)]
    tops = [piece for piece in headings if piece.level == 1]
    title = normalise(_TAG.sub("", title or ""))
    titular: Piece | None = None
    if len(tops) == 1 and tops[0] is headings[0] and (not title or _same(title, _text(tops[0]))):
        titular = tops[0]
        title = _text(titular)  # `Leave`, where the page says `Leave | Acme` in its head
    title = title or (_text(tops[0]) if tops else "") or title_of(name)

    anchors = _Anchors()
    builder = DocumentBuilder()
    place = None
    for piece in pieces:
        if piece.place is not None and piece.place != place:
            builder.place(*piece.place)
            place = piece.place
        if piece.kind == "heading":
            text = _text(piece)
            anchor = anchors.explicit(piece.anchor) or (anchors.slug(text) if slugs else None)
            level = piece.level
            builder.heading(level, text, line=piece.line, anchor=anchor, in_path=piece is not titular)
        else:
            builder.block(piece.kind, piece.lines, line=piece.line, lists=piece.lists)
    return builder.build(title, url, notes, day_of(dated))


def title_of(name: str) -> str:
    """A title made of a file's name: `parental-leave.md` becomes `Parental leave`."""
    stem = normalise(re.sub(r"[-_]+", " ", PurePath(name).stem)) or normalise(name) or "Untitled"
    return stem[:1].upper() + stem[1:]


def web_url(value: object) -> str | None:
    """`value` if it is an absolute http(s) address, else None: nothing else is ever linked."""
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]+|[^\s\x00-\x1f\x7f-\x9f]+", value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme in {"http", "https"} and parts.hostname else None


def _text(piece: Piece) -> str:
    return normalise(" ".join(piece.lines))


def _same(title: str, heading: str) -> bool:
    """Does the heading say what the title says?

    Perhaps without the site's name (`Leave | Acme`), or with more words than the title (`Leaving` and
    `Leaving Skerryvane`).
    """
    title, heading = title.casefold(), heading.casefold()
    if set(title.split()) <= set(heading.split()):
        return True
    return title.startswith(heading) and re.match(r"\s*($|[-|:·•–—])", title[len(heading) :]) is not None  # noqa: RUF001


class _Anchors:
    """Anchors that are unique in a document, in time linear in their number."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def explicit(self, anchor: str | None) -> str | None:
        """An anchor that stands in the file: the first heading that claims it has it."""
        if not anchor or anchor in self._seen or not _ANCHOR.fullmatch(anchor):
            return None
        self._seen[anchor] = 0
        return anchor

    def slug(self, text: str) -> str | None:
        """GitHub's: lower case, blanks to hyphens, other signs out, `-1`, `-2` when it is taken."""
        base = slug = _NO_PART_OF_A_SLUG.sub("", text.lower()).replace(" ", "-")
        while slug in self._seen:
            self._seen[base] += 1
            slug = f"{base}-{self._seen[base]}"
        self._seen[slug] = 0
        return slug or None
