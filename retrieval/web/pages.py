"""Web pages into the store: those that a start leads to, and those that it has led to before.

A start is a page, a page to follow links from, or a sitemap.  Pages that were stored from it earlier are
asked for again even if nothing leads to them any more: only the site's own word (404, 410) makes one go, like
a file that was removed.  A server's error, a timeout, a refusal leave the old version and are told.  So does
what all pages say at once, that they are gone or moved to one, or a text: it is the site that is ill then.

But: neither scripts nor style sheets are run, so a page that is made by scripts has no text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import InitVar, dataclass, field, replace

from retrieval.errors import PageGone, ReadError, UnsupportedFormat
from retrieval.intake import Intake
from retrieval.report import Progress, Row
from retrieval.stored import DocumentRecord
from retrieval.web.addresses import folder, is_spelled_alike, shown
from retrieval.web.fetch import Manners, unpacked
from retrieval.web.keeping import Keeper, PageReader, item_of
from retrieval.web.kinds import GZIP, may_be_sitemap
from retrieval.web.listed import listed
from retrieval.web.memory import Memory, Remembered
from retrieval.web.start import Start
from retrieval.web.visits import Page, Visitor


def ingest_pages(
    starts: Sequence[Start],
    intake: Intake,
    reader: PageReader,
    *,
    manners: Manners,
    progress: Progress | None = None,
) -> list[Row]:
    """Bring a collection up to date with web pages; a row for each page that was asked for."""
    rows = list[Row]()
    for start in starts:
        memory = Memory(intake.store.database, intake.collection)
        round_ = _Round(
            start=start,
            intake=intake,
            reader=reader,
            visitor=Visitor(start.url, manners),
            memory=memory,
            most_bytes=manners.page_bytes,
            # subtle: anew for each start, since an earlier one may have stored or moved the same pages
            known={record.source: record for record in intake.store.documents([intake.collection])},
            remembered=memory.pages(),
        )
        for row in round_.rows():
            rows.append(row)
            if progress is not None:
                progress(len(rows), len(rows) + len(round_.waiting), row)
    return rows


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An address to ask for, and how many links away from the start it is.

    `lists`: it may be a sitemap.  `was`: the path from where its document has just moved here.
    """

    url: str
    distance: int = 0
    named: bool = False
    lists: bool = False
    was: str | None = None


@dataclass(slots=True, kw_only=True)
class _Round:
    """All that one start leads to.  `known` and `remembered`: pages of earlier rounds, by address."""

    start: Start
    intake: Intake
    reader: PageReader
    visitor: Visitor
    memory: InitVar[Memory]
    most_bytes: int
    known: dict[str, DocumentRecord]
    remembered: dict[str, Remembered]
    waiting: deque[_Wanted] = field(default_factory=deque)
    asked: set[str] = field(default_factory=set)  # or waiting to be
    done: set[str] = field(default_factory=set)  # where pages really were
    kept: set[str] = field(default_factory=set)  # those of them that could be read, and so have a document
    leaving: dict[str, list[_Wanted]] = field(default_factory=dict)  # stored pages that moved, by where to
    left: set[str] = field(default_factory=set)  # to those to whom they belong
    gone: list[tuple[_Wanted, PageGone]] = field(default_factory=list)  # stored pages, by the site's word
    due: set[str] = field(default_factory=set)  # stored pages that are still to be asked for
    beyond: set[str] = field(default_factory=set)  # new pages for which the limit leaves no room
    unled: set[str] = field(default_factory=set)  # asked for only because they are stored
    begins: set[str] = field(default_factory=set)  # where the start is
    pages: int = 0
    keeper: Keeper = field(init=False)
    below: str = ""  # links are followed to addresses that begin so
    is_whole: bool = True  # nothing that might have led to more pages was left out
    is_astray: bool = False  # the start could not be read, so that the site may not be itself

    def __post_init__(self, memory: Memory) -> None:
        self._stay_below(self.start.url)
        self.keeper = Keeper(
            root=self.start.url, intake=self.intake, reader=self.reader, memory=memory, known=self.known,
            remembered=self.remembered, is_led_to=self._is_led_to,
        )  # fmt: skip

    def rows(self) -> Iterator[Row]:
        """Ask for all pages but those that belong elsewhere; of these, one row says how many there are."""
        own = [self.known[url] for url in self.keeper.found_before() if url in self.known]
        for row in self.intake.handed_over(own):
            del self.known[row.source], self.remembered[row.source]
            yield row
        self.due |= set(self.keeper.found_before())
        yield from self._ask_for_all()
        yield from self.keeper.decide()
        yield from self._let_gone_go()
        if self.left:
            yield self._told(self.start.url, f"addresses left to sources of their own: {len(self.left):,}")

    def _ask_for_all(self) -> Iterator[Row]:
        """Ask for one page after the other until none is left, or as many as allowed were asked for."""
        self._want(_Wanted(self.start.url, named=True, lists=True))
        while self.waiting or self._want_what_was_known() or self.leaving:
            if self.leaving and (not self.waiting or self.pages == self.start.limit):
                yield from self._let_go()
                continue
            if self.pages == self.start.limit:
                break
            wanted = self.waiting.popleft()
            if self._is_beyond_the_limit(wanted):
                self.beyond.add(wanted.url)
                continue
            self.due.discard(wanted.url)
            self.pages += 1
            try:
                yield from self._ask_for(wanted)
            except ReadError as error:
                self.is_astray |= wanted.named
                self.is_whole &= not (wanted.lists or self._follows(wanted))
                yield self.intake.refused(item_of(wanted.url, named=wanted.named), error)
        if unasked := self.beyond.union(each.url for each in self.waiting) | self.due:
            stored = f"; {len(self.due):,} of them are stored as they were" if self.due else ""
            yield self._told(
                self.start.url,
                f"{len(unasked):,} pages that it leads to were not asked for: the limit is "
                f"{self.start.limit:,} pages{stored}",
            )

    def _is_beyond_the_limit(self, wanted: _Wanted) -> bool:
        """Would a new page take the place of one that is stored, which nobody would then look after?"""
        is_new = wanted.url not in self.due and wanted.was is None and not wanted.lists
        return is_new and self.pages + len(self.due) >= self.start.limit

    def _want(self, wanted: _Wanted) -> None:
        if self.intake.elsewhere(wanted.url) is not None:
            self.left.add(wanted.url)
        elif wanted.url not in self.asked:
            self.asked.add(wanted.url)
            self.waiting.append(wanted)

    def _stay_below(self, url: str) -> None:
        """Follow links to what lies in the folder of an address.

        A start that leads further up, perhaps to the home page since its part of the site is gone, brings no
        more of the site with it than was asked for.
        """
        below = folder(url).partition("://")[2]
        if not self.below.startswith(below):
            self.below = below

    def _want_what_was_known(self) -> bool:
        """Their links are not followed: how far from the start they are by now, if at all, nobody knows."""
        for url in self.keeper.found_before():
            if url not in self.done:
                if url not in self.asked:
                    self.unled.add(url)
                self._want(_Wanted(url, self.start.depth))
        return bool(self.waiting)

    def _ask_for(self, wanted: _Wanted) -> list[Row]:
        """The rows for what lies at an address.  Raises ReadError where that cannot be had."""
        record = self.known.get(wanted.url)
        try:
            page = self.visitor.visit(
                wanted.url, lambda url: self.keeper.validators(url, for_links=self._follows(wanted))
            )
        except PageGone as error:
            if record is None or (wanted.named and set(self.keeper.found_before()) - {wanted.url}):
                raise
            self.gone.append((wanted, error))
            return []
        if wanted.named:
            self.begins.add(page.url)
        if page.data is not None and may_be_sitemap(page.url, page.media_type):
            return self._list(wanted, page)
        if wanted.named and self._was_a_sitemap(page):
            raise ReadError("was a sitemap and is none now")
        if page.url != wanted.url:
            to = self.intake.elsewhere(page.url)
            if to is not None and not (record is not None and page.moved):
                why = f"leads to {shown(page.url)}, which belongs to {to.place}"
                if record is not None:
                    raise ReadError(why)
                return [self._told(wanted.url, why)]
            if not page.moved and not self._may_lead_elsewhere(wanted, page):
                raise ReadError(f"leads to {shown(page.url)} for now")
            if wanted.named and to is None:
                self._stay_below(page.url)
            if record is not None:
                self.pages -= 1  # that to which it leads is counted
                self.leaving.setdefault(page.url, []).append(wanted)
                return []
            if page.url in self.done:
                return [self._led_to_again(wanted.url, page.url)]
        self.asked.add(page.url)
        self.done.add(page.url)
        self.due.discard(page.url)
        rows, links = self.keeper.bring_up_to_date(
            page, named=wanted.named, was=wanted.was, follow=self._is_below if self._follows(wanted) else None
        )
        for link in links:
            if self._follows(wanted) and self._is_below(link):  # another start may have remembered others
                self._want(_Wanted(link, wanted.distance + 1))
        self.kept.add(page.url)
        return rows

    def _let_go(self) -> Iterator[Row]:
        """Let stored pages that moved for good go there; not those that all lead to one, perhaps to sign in.

        That is known only when all others have been asked for.
        """
        leaving, self.leaving = self.leaving, {}
        for to, those in leaving.items():
            others = sum(not is_spelled_alike(each.url, to) for each in those) - 1
            for wanted in those:
                if others > 0 and not is_spelled_alike(wanted.url, to):
                    self.is_astray |= wanted.named
                    error = ReadError(f"leads to {shown(to)} now, as {others:,} others do")
                    yield self.intake.refused(item_of(wanted.url, named=wanted.named), error)
                else:
                    yield from self._leave(wanted, to)

    def _let_gone_go(self) -> Iterator[Row]:
        """Let the documents of pages that are gone go, unless the start could not be read or all are gone.

        Known, too, only when all others have been asked for.
        """
        are_all = len(self.gone) > 1 and self.kept <= self.begins
        for wanted, error in self.gone:
            if self.is_astray:
                yield self.intake.refused(item_of(wanted.url, named=wanted.named), error)
            elif are_all:
                why = ReadError(f"the page is gone: {error}, and so are all others")
                yield self.intake.refused(item_of(wanted.url, named=wanted.named), why)
            else:
                yield self.intake.absent(self.known[wanted.url], f"the page is gone: {error}")

    def _may_lead_elsewhere(self, wanted: _Wanted, page: Page) -> bool:
        """May an address lead to that page for now, which is perhaps one to sign in?

        Only where a person named the address and it has led nowhere else before, where it is the same but
        for a slash or the "s" of https, or where the page was read anyway and nothing is stored of it.
        """
        if wanted.url in self.known:
            return False
        if page.url in self.done or is_spelled_alike(wanted.url, page.url):
            return True
        return wanted.named and (page.url in self.remembered or not self.keeper.found_before())

    def _was_a_sitemap(self, page: Page) -> bool:
        """Did the start, which is that page now, list pages?  A start that is a page is stored itself."""
        found = self.keeper.found_before()
        if not found or self.start.url in self.remembered or page.url in self.remembered:
            return False
        return may_be_sitemap(self.start.url, "") or (self.start.depth == 0 and len(found) > 1)

    def _leave(self, wanted: _Wanted, to: str) -> Iterator[Row]:
        """A stored page has moved: its document goes along, or goes if there is one already.

        It goes, too, from one collection to another, which may be open to fewer people.
        """
        record, there = self.known[wanted.url], replace(wanted, url=to)
        belongs = self.intake.elsewhere(to)
        if belongs is not None:
            self.is_astray |= wanted.named
            yield self.intake.hand_over(record, belongs, f"leads to {shown(to)} now, which ")
            return
        if to in self.known or to in self.kept:
            yield self.intake.absent(record, f"leads to {shown(to)} now")
        else:
            there = replace(there, was=record.path)
            self.known[to] = replace(record, source=to, path=shown(to), url=to)
            if not self.intake.dry_run:
                self.intake.store.move(record.id, source=to, path=shown(to), url=to)
            if to in self.asked:
                yield self._led_to_again(wanted.url, to)
        self._want(there)

    def _is_led_to(self, url: str) -> bool:
        """Does the start lead to a page?  As before, where not all was seen that it leads to."""
        before = self.remembered.get(url)
        saw_all = self.is_whole and not self.is_astray and not self.beyond
        return url not in self.unled or bool(before and before.is_led_to and not saw_all)

    def _follows(self, wanted: _Wanted) -> bool:
        return wanted.distance < self.start.depth

    def _is_below(self, url: str) -> bool:
        return url.partition("://")[2].startswith(self.below)

    def _list(self, wanted: _Wanted, page: Page) -> list[Row]:
        """Want what a sitemap lists, or the sitemaps that an index does; a row only for what is left out."""
        data = page.data or b""
        if data.startswith(GZIP):
            data = unpacked(data, self.most_bytes)
        found = listed(self.reader.addresses(data, "sitemap.xml"), page.url)
        if not wanted.lists or (found.is_index and not wanted.named):
            raise UnsupportedFormat("is a sitemap, which none of them should be here")
        self.pages -= 1  # it is none; other XML is counted, else a list of such would have no limit
        self.is_whole &= found.is_whole
        for each in found.own:
            self._want(_Wanted(each, lists=found.is_index))
        return [self._told(page.url, "; ".join(found.left_out))] if found.left_out else []

    def _led_to_again(self, url: str, to: str) -> Row:
        return self._told(url, f"leads to {shown(to)}, which was asked for already")

    def _told(self, url: str, reason: str) -> Row:
        return Row(status="skipped", path=shown(url), source=url, reason=reason)
