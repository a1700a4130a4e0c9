"""Pages whose text has changed, held back until it is known that they do not all say the same.

A site that is being mended, or that wants to know who asks, may say so at every address and with status 200,
as if that were the page.

But: how pages are read, and how they are stored, is `keeping.py`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from retrieval.documents import Document
from retrieval.intake import Item
from retrieval.stored import DocumentRecord
from retrieval.web.visits import Page

MOST_TEXTS = 50
"""How many texts are held at once; where a site says one of them everywhere, it comes again before long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A page that was read and is not stored yet, in place of `before`, whose text was `said`."""

    item: Item
    page: Page = field(repr=False)
    links: tuple[str, ...] | None = field(repr=False)
    document: Document = field(repr=False)
    sha256: str
    before: DocumentRecord
    said: str = field(repr=False)


class Held:
    """Changes by what the pages say now."""

    def __init__(self) -> None:
        self._by_text: dict[str, list[Change]] = {}

    def add(self, change: Change) -> list[Change]:
        """Hold a change back; returns those with the text that was held the longest, if there are many."""
        self._by_text.setdefault(change.document.text, []).append(change)
        return self.take() if len(self._by_text) > MOST_TEXTS else []

    def take(self) -> list[Change]:
        """Those with the text that was held the longest; none where nothing is held."""
        return self._by_text.pop(next(iter(self._by_text), ""), [])


def are_of_their_site(changes: list[Change]) -> bool:
    """Do pages that said several things say one now, which is then their site's word and not theirs?"""
    return len({change.said for change in changes}) > 1
