"""Where the pages of a site begin: what a person names to have them followed.

But: what it leads to is found out in `pages.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_PAGES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where to begin: a canonical address.

    `depth`: how many links away from it pages are read, all below its folder.  `limit`: how many pages are
    asked for, those that are stored before new ones.
    """

    url: str
    depth: int = 0
    limit: int = MOST_PAGES
