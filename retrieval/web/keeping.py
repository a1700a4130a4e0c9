"""What pages say goes into the store, and what is remembered of them.

A page whose text has changed is held back for a while (`held.py`).

But: which pages are asked for, and which of them go, is `pages.py`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Protocol

from retrieval.errors import ReadError
from retrieval.intake import DocumentReader, Intake, Item
from retrieval.readers.formats import HTML, SUFFIXES
from retrieval.readers.pool import Addresses
from retrieval.report import Row
from retrieval.stored import DocumentRecord
from retrieval.web.addresses import canonical, shown, site
from retrieval.web.held import Change, Held, are_of_their_site
from retrieval.web.kinds import file_name, in_utf8, is_no_text
from retrieval.web.memory import Memory, Remembered
from retrieval.web.visits import Page, Validators


class PageReader(DocumentReader, Protocol):
    """Whatever also finds the links in a page and the addresses in a sitemap."""

    def addresses(self, data: bytes, name: str) -> Addresses: ...


@dataclass(slots=True, kw_only=True)
class Keeper:
    """The pages of a collection, as one start leads to them.

    `known` and `remembered`: pages of earlier rounds, by address.  `is_led_to`: whether the start still leads
    to one.
    """

    root: str
    intake: Intake
    reader: PageReader
    memory: Memory
    known: dict[str, DocumentRecord]
    remembered: dict[str, Remembered]
    is_led_to: Callable[[str], bool]
    held: Held = field(default_factory=Held)

    def found_before(self) -> list[str]:
        """The pages that the start has led to."""
        return [url for url, page in self.remembered.items() if page.root == self.root]

    def validators(self, url: str, *, for_links: bool) -> Validators | None:
        """Those of a stored page, unless its content is needed again, perhaps for its links."""
        record, page = self.known.get(url), self.remembered.get(url)
        if record is None or page is None or not self.intake.is_current(record):
            return None
        return None if page.links is None and for_links else page.validators

    def bring_up_to_date(
        self, page: Page, *, named: bool, was: str | None, follow: Callable[[str], bool] | None
    ) -> tuple[list[Row], tuple[str, ...]]:
        """The rows for a page, which may be none yet, and the pages that it links to, each once.

        `was`: the path from where its document has just moved here.  `follow`: whether a link is to be
        followed; None where none is.
        """
        item = item_of(page.url, named=named, size=len(page.data or b""), mtime_ns=page.modified_ns)
        before, links = self.known.get(page.url), None
        if page.data is None:
            assert before is not None  # or the server would not have been asked whether it has changed
            found: Row | Change = item.row("unchanged", before)
            links = self.remembered[page.url].links
        else:
            data = in_utf8(page.data, page.media_type, page.charset)
            name = file_name(page.url, page.media_type)
            found = self._read(item, page, data, name, before)
            if follow is not None and SUFFIXES[PurePosixPath(name).suffix.lower()] is HTML:
                addresses = (canonical(each, page.url) for each in self.reader.addresses(data, name).found)
                once = dict.fromkeys(filter(None, addresses))
                links = tuple(each for each in once if follow(each) and not is_no_text(each))
        if isinstance(found, Change):
            return list(self._decided(self.held.add(replace(found, links=links)))), links or ()
        self._remember(page, links)
        if was is not None and found.status == "unchanged":
            found = replace(found, status="moved", reason=f"was {was}")
        return [found], links or ()

    def decide(self) -> Iterator[Row]:
        """The rows for what is still held back."""
        while changes := self.held.take():
            yield from self._decided(changes)

    def _read(
        self, item: Item, page: Page, data: bytes, name: str, before: DocumentRecord | None
    ) -> Row | Change:
        """The row for a page that was sent, or what may come in place of the stored one."""
        sha256 = hashlib.sha256(data).hexdigest()
        if before and self.intake.is_current(before) and before.sha256 == sha256:
            if not self.intake.dry_run and (before.size, before.mtime_ns) != (item.size, item.mtime_ns):
                self.intake.store.touch(before.id, size=item.size, mtime_ns=item.mtime_ns)
            return item.row("unchanged", before)
        document = self.reader.read(data, name)
        own = canonical(document.url or "")
        if own is None or site(own) != site(item.source):  # a page speaks for its own site only
            document = replace(document, url=None)
        stored = self.intake.store.content(before.id) if before else None
        if before and stored and stored.text != document.text:
            return Change(
                item=item, page=page, links=None, document=document, sha256=sha256, before=before,
                said=stored.text,
            )  # fmt: skip
        return self.intake.keep(item, document, sha256, before)

    def _decided(self, changes: list[Change]) -> Iterator[Row]:
        """Store pages that have the same text now, or tell that it is not theirs."""
        for change in changes:
            if are_of_their_site(changes):
                others = f"{len(changes) - 1:,} other{'s' if len(changes) > 2 else ''}"
                why = f"says the same as {others} now: is the site down, or wants to know who asks?"
                yield self.intake.refused(change.item, ReadError(why))
            else:
                yield self.intake.keep(change.item, change.document, change.sha256, change.before)
                self._remember(change.page, change.links)

    def _remember(self, page: Page, links: tuple[str, ...] | None) -> None:
        if self.intake.dry_run:
            return
        before = self.remembered.get(page.url)
        validators = page.validators
        if before is not None and page.data is None:  # what the answer leaves out still holds
            validators = Validators(
                validators.etag or before.validators.etag, validators.modified or before.validators.modified
            )
        now = Remembered(
            root=self.root, validators=validators, links=links, is_led_to=self.is_led_to(page.url)
        )
        self.intake.storing.settle()  # else the site might say "not modified" of what was never stored
        if now != before:
            self.memory.remember(page.url, now)


def item_of(url: str, *, named: bool, size: int = 0, mtime_ns: int = 0) -> Item:
    """A page as the intake knows what it takes."""
    return Item(source=url, shown=shown(url), size=size, mtime_ns=mtime_ns, named=named, url=url)
