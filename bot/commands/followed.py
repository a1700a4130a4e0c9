"""Sources that quoth sync goes on reading, whatever is removed of their documents.

But: which source reads what where several cover it is in `bot/belonging.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot import messages
from bot.commands.options import note
from bot.composition import Workplace
from bot.sources import FollowedSource, read_sources
from bot.views.style import printable
from retrieval.discovery import absolute
from retrieval.stored import DocumentRecord
from retrieval.web.memory import Memory
from retrieval.web.start import Start


def starts_of_pages(work: Workplace, collection: str) -> dict[str, str]:
    """Where the pages of a collection were found: the address of a start, by theirs."""
    return {url: page.root for url, page in Memory(work.store.database, collection).pages().items()}


def pages_of(work: Workplace, source: FollowedSource) -> dict[str, bool]:
    """The pages that a source has brought, and whether it is led to them still."""
    pages = Memory(work.store.database, source.collection).pages() if isinstance(source.place, Start) else {}
    return {url: page.is_led_to for url, page in pages.items() if page.root == source.name}


def looks_after(source: FollowedSource, document: str, starts: Mapping[str, str]) -> bool:
    """Does a source look after a document of its collection?  `starts`: where the pages there were found."""
    if isinstance(source.place, Start):
        return starts.get(document) == source.place.url
    return Path(document).is_relative_to(absolute(source.place))


def followed_into(work: Workplace, collection: str) -> list[FollowedSource]:
    """The sources of a collection."""
    return [each for each in read_sources(work.settings.sources) if each.collection == collection]


def sources_of(
    work: Workplace, documents: Iterable[DocumentRecord], starts: Mapping[str, Mapping[str, str]]
) -> list[FollowedSource]:
    """The sources that look after some documents.  `starts`: where the pages were found, by collection."""
    sources = read_sources(work.settings.sources)
    wanted = {
        source
        for each in documents
        for source in sources
        if source.collection == each.collection
        and looks_after(source, each.source, starts.get(each.collection, {}))
    }
    return [each for each in sources if each in wanted]


def note_followed(sources: Iterable[FollowedSource]) -> None:
    """Say that what was removed comes back with the next sync."""
    for each in sources:
        note(messages.STILL_FOLLOWED.format(name=printable(each.name), collection=printable(each.collection)))
