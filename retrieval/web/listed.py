"""What a sitemap lists: the pages of its own site, or the sitemaps of an index, and what is left out of them.

But: a sitemap is read in `retrieval/readers/sitemap.py`, in a process of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.readers.pool import Addresses
from retrieval.web.addresses import canonical, site

MOST_SITEMAPS = 50
"""Sitemaps that an index may lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Canonical addresses of the sitemap's `own` site; `is_whole`: all of them.  `left_out`: what is told."""

    own: list[str]
    is_index: bool
    is_whole: bool
    left_out: list[str]


def listed(addresses: Addresses, url: str) -> Listed:
    """What of the addresses in the sitemap at `url` may be asked for."""
    found = dict.fromkeys(canonical(each, url) for each in addresses.found)
    own = [each for each in found if each is not None and site(each) == site(url)]
    told = list[str]()
    if len(own) < len(found):
        told.append(f"lists {len(found) - len(own):,} addresses of other sites, which are not fetched")
    if not own:
        told.append("lists no page of this site")
    is_whole = not addresses.is_index or len(own) <= MOST_SITEMAPS
    if not is_whole:
        told.append(f"lists {len(own):,} sitemaps; the first {MOST_SITEMAPS} are read")
        own = own[:MOST_SITEMAPS]
    return Listed(own=own, is_index=addresses.is_index, is_whole=is_whole, left_out=told)
