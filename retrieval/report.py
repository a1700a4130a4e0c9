"""What became of every path of an ingest: rows, and their counts by status and by kind of file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Literal

from retrieval.web.addresses import is_web

WEB_PAGE = "web page"

Status = Literal["added", "changed", "unchanged", "moved", "removed", "missing", "skipped", "failed"]
STATUSES: tuple[Status, ...] = (
    "added", "changed", "unchanged", "moved", "removed", "missing", "skipped", "failed",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one path."""

    status: Status
    path: str
    source: str
    reason: str | None = None
    title: str | None = None
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What became of all of them."""

    rows: tuple[Row, ...] = field(repr=False)

    @property
    def counts(self) -> dict[Status, int]:
        """How many rows there are of each status."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in STATUSES}

    @property
    def types(self) -> dict[str, Counter[Status]]:
        """The same by kind of file: its suffix, or its name where it has none; web pages are one kind."""
        found: dict[str, Counter[Status]] = {}
        for row in self.rows:
            name = PurePath(row.path)
            kind = WEB_PAGE if is_web(row.source) else name.suffix.lower() or name.name
            found.setdefault(kind, Counter())[row.status] += 1
        return dict(sorted(found.items()))


Progress = Callable[[int, int, Row], None]
"""Called after each path with how many are done, how many there are, and what became of it."""
