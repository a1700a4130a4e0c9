"""A token bucket for each person: a burst is fine, a flood is not, and nobody pays for another's flood.

But: it forgets everything when the process ends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

MOST_PEOPLE = 10_000  # buckets kept; a full one says nothing that a missing one does not


class TokenBuckets:
    """`per_minute` questions a minute each, as many of them at once."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._rate = per_minute / 60.0
        self._clock = clock
        self._guard = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}  # who: (tokens, when)

    def take(self, who: str) -> float:
        """Take a token.  0: there was one; else the seconds until there will be."""
        now = self._clock()
        with self._guard:
            tokens, then = self._buckets.get(who, (self._size, now))
            tokens = min(self._size, tokens + (now - then) * self._rate)
            if tokens < 1.0:
                self._buckets[who] = (tokens, now)
                return (1.0 - tokens) / self._rate
            self._buckets[who] = (tokens - 1.0, now)
            if len(self._buckets) > MOST_PEOPLE:
                self._forget_the_full(now)
        return 0.0

    def _forget_the_full(self, now: float) -> None:
        full = [
            who
            for who, (tokens, then) in self._buckets.items()
            if tokens + (now - then) * self._rate >= self._size
        ]
        for who in full:
            del self._buckets[who]
