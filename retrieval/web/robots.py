"""What a site's robots.txt lets us fetch, and how fast, as RFC 9309 has it.

Protego parses it and finds the rule: `*` and `$` in paths, the most specific one wins, Allow before Disallow.

But: how the file is fetched, and what holds where it cannot be, is decided in `visits.py`.
"""

from __future__ import annotations

from protego import Protego

MOST_READ = 500 << 10  # bytes; RFC 9309 asks for at least so many


class Rules:
    """The rules for one agent; its first word is its name in the file."""

    def __init__(self, data: bytes, agent: str) -> None:
        """`data`: the file as it came; an empty one forbids nothing."""
        self._parsed = Protego.parse(data[:MOST_READ].decode("utf-8-sig", "replace"))
        self._name = agent.partition("/")[0]

    def allow(self, url: str) -> bool:
        """Whether a page may be fetched."""
        return self._parsed.can_fetch(url, self._name)

    @property
    def delay(self) -> float:
        """The least seconds between two requests; 0 where the site names none."""
        rate = self._parsed.request_rate(self._name)
        return max(self._parsed.crawl_delay(self._name) or 0.0, rate.seconds / rate.requests if rate else 0.0)
