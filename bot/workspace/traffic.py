"""What went between Slack and the bot, the latest of it, with tokens made unreadable.

But: nothing is kept for long, and nothing is judged.
"""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MOST = 400
_SECRET = re.compile(r"\b(xox[a-z]|xapp)-[\w-]+|(?<=/response/)\w+|(?<=ticket=)\w+")
_SECRET_NAMES = frozenset({"token", "trigger_id", "client_secret", "refresh_token", "access_token"})


@dataclass(slots=True)
class Exchange:
    """A request of the bot's with Slack's answer, or an event of Slack's with the acknowledgement.

    `seconds`: until the answer came; None as long as there is none.
    """

    number: int
    way: Literal["to slack", "to the bot"]
    name: str
    body: Any = field(repr=False)
    at: float = field(default_factory=time.time)
    begun: float = field(default_factory=time.monotonic, repr=False)
    answer: Any = field(default=None, repr=False)
    seconds: float | None = None

    @property
    def record(self) -> dict[str, Any]:
        """It as JSON for whoever looks at it."""
        return {
            "number": self.number, "way": self.way, "name": self.name, "at": self.at,
            "milliseconds": None if self.seconds is None else round(self.seconds * 1000),
            "body": masked(self.body), "answer": masked(self.answer),
        }  # fmt: skip


class Traffic:
    """The latest exchanges; safe to share between threads."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called when there is more to see."""
        self._changed = changed
        self._guard = threading.Lock()
        self._latest: deque[Exchange] = deque(maxlen=MOST)
        self.count = 0

    def begin(self, way: Literal["to slack", "to the bot"], name: str, body: Any) -> Exchange:
        """Something was sent."""
        with self._guard:
            self.count += 1
            exchange = Exchange(self.count, way, name, body)
            self._latest.append(exchange)
        self._changed()
        return exchange

    def end(self, exchange: Exchange, answer: Any) -> None:
        """What was sent has its answer."""
        exchange.answer, exchange.seconds = answer, time.monotonic() - exchange.begun
        self._changed()

    def latest(self, most: int = MOST) -> list[dict[str, Any]]:
        """The last exchanges, the newest first."""
        with self._guard:
            return [exchange.record for exchange in reversed(self._latest)][:most]


def masked(value: Any) -> Any:
    """The same without tokens, tickets and the like."""
    if isinstance(value, str):
        return _SECRET.sub(lambda found: f"{found[1]}-…" if found[1] else "…", value)
    if isinstance(value, Mapping):
        return {
            key: "…" if key in _SECRET_NAMES and isinstance(entry, str) else masked(entry)
            for key, entry in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(entry) for entry in value]
    return value
