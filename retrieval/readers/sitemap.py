"""Sitemaps and indexes of sitemaps: the addresses that they list.

Reference: https://www.sitemaps.org/protocol.html

But: their dates and priorities are left alone; whether a page has changed, its server says.
"""

from __future__ import annotations

from itertools import islice

from retrieval.errors import ReadError
from retrieval.readers.zip_guard import parse_xml

MOST = 50_000
"""Addresses in one file, by the protocol; more are not looked at."""


def addresses(data: bytes) -> tuple[list[str], bool]:
    """The addresses, and whether they are those of further sitemaps."""
    root = parse_xml(data)
    kind = _local(root.tag)
    if kind not in ("urlset", "sitemapindex"):
        raise ReadError("is XML, but no sitemap")
    found = (
        (part.text or "").strip() for entry in root for part in entry if _local(part.tag) == "loc"
    )  # subtle: of the entries only, since extensions for pictures have a `loc` deeper down
    return list(islice(filter(None, found), MOST)), kind == "sitemapindex"


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
