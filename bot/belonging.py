"""Which source a file or page belongs to where several cover it: the deepest.

So a folder within a folder can be followed into another collection, which may be open to fewer people: what
lies there is in that one only, also while it is away.  Folders are where they really are, links followed; of
several in one place the last counts.  Pages lie below the folders of their addresses; since no site need lead
its source to all that is there, only a source of another collection takes pages from one that found them, and
of several in one place the last that is led to a page, if any is.

But: what becomes of what belongs elsewhere is decided in `retrieval/intake.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import inf
from pathlib import Path

from bot.sources import FollowedSource
from retrieval.discovery import absolute
from retrieval.intake import Belonging, Elsewhere
from retrieval.web.addresses import folder, is_web, site
from retrieval.web.kinds import may_be_sitemap
from retrieval.web.start import Start

_NOT_COVERED = -1.0
Found = Callable[[FollowedSource], Mapping[str, bool]]
"""The pages that a source has brought, and whether it is led to them still."""


class Owners:
    """To which of these sources documents belong; where the sources' own links lead is looked up once."""

    def __init__(self, sources: Sequence[FollowedSource], found: Found = lambda _: {}) -> None:
        self._sources = sources
        self._found = found
        self._folders = [_real(each.place) if isinstance(each.place, Path) else None for each in sources]

    def of(self, document: str, source: FollowedSource, found: Found | None = None) -> FollowedSource | None:
        """The deepest source that covers a document, of which `source` knows; None where none does."""
        if is_web(document):
            found = found or self._found
            depths = [
                (_page_depth(document, each, source), _claim(document, each, source, found))
                for each in self._sources
            ]
        else:
            file = _real(Path(document))
            depths = [(_file_depth(file, each), 0) for each in self._folders]
        deepest = max(range(len(depths)), key=lambda each: (*depths[each], each), default=None)
        if deepest is None or depths[deepest][0] == _NOT_COVERED:
            return None
        return self._sources[deepest]

    def elsewhere(self, source: FollowedSource) -> Belonging:
        """Says of what a source comes upon where else it belongs."""

        found = cache(self._found)  # as it is now: each source's round changes it

        def belongs(document: str) -> Elsewhere | None:
            owner = self.of(document, source, found)
            if owner is None or owner == source:
                return None
            if owner.collection == source.collection and not _is_within(document, owner):
                return None
            return Elsewhere(owner.name, owner.collection)

        return belongs if len(self._sources) > 1 else lambda _: None


def _is_within(document: str, source: FollowedSource) -> bool:
    """Does a source read that very file, rather than another name of it or perhaps that page?"""
    return isinstance(source.place, Path) and Path(document).is_relative_to(absolute(source.place))


def _file_depth(file: Path, place: Path | None) -> float:
    return len(place.parts) if place is not None and file.is_relative_to(place) else _NOT_COVERED


def _page_depth(page: str, source: FollowedSource, finder: FollowedSource) -> float:
    """How deep a source covers a page: by name, by its folder, or, if it found it, somehow."""
    start = source.place
    if not isinstance(start, Start):
        return _NOT_COVERED
    if page == start.url:
        return inf
    leads_on = start.depth > 0 or may_be_sitemap(start.url, "")
    below = folder(start.url).partition("://")[2]
    if leads_on and site(page) == site(start.url) and page.partition("://")[2].startswith(below):
        return below.count("/")
    return 0.0 if source == finder else _NOT_COVERED


def _claim(page: str, source: FollowedSource, finder: FollowedSource, found: Found) -> int:
    """Which of several sources in one place has a page: one that is led to it, else the one that found it."""
    is_finder = source == finder
    is_led_to = found(source).get(page, is_finder)  # what the finder has not brought, it finds now
    return 2 if is_led_to else int(is_finder)


def _real(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except ValueError:  # a NUL in the name
        return absolute(path)
