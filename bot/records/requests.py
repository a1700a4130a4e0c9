"""Questions that were passed on to a person: who wants to know, and where it was posted.

But: nothing is posted here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from retrieval.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody who wants to know.  `channel`, `ts`: the message that passed the question on."""

    id: int
    question: int
    person: str
    text: str = field(repr=False)
    channel: str
    ts: str
    told: bool


class Requests:
    """The table of the records; safe to share between threads."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def add(self, question: int, person: str, text: str, *, channel: str, ts: str) -> None:
        """Somebody wants to know; again, nothing happens."""
        with self._database.writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO requests (question_id, person, text, channel, ts, at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (question, person, text, channel, ts, self._clock()),
            )

    def of_question(self, question: int) -> list[Request]:
        """Who wants to know the answer to a question, in the order of their coming."""
        return self._where("r.question_id = ?", (question,))

    def in_thread(self, team: str, channel: str, thread: str) -> list[Request]:
        """Those whose question was passed on by the message that begins a thread, or was asked in it."""
        return self._where(
            "q.team = ? AND ((r.channel = ? AND r.ts = ?) OR (q.channel = ? AND q.thread = ?))",
            (team, channel, thread, channel, thread),
        )

    def begins(self, team: str, channel: str, thread: str) -> bool:
        """Whether a thread began with a question that was passed on."""
        found = self._where("q.team = ? AND r.channel = ? AND r.ts = ?", (team, channel, thread))
        return bool(found)

    def told(self, number: int) -> None:
        """The person has their answer."""
        with self._database.writing() as db:
            db.execute("UPDATE requests SET told_at = ? WHERE id = ?", (self._clock(), number))

    def _where(self, where: str, values: Iterable[str | int]) -> list[Request]:
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT r.id, r.question_id, r.person, r.text, r.channel, r.ts, r.told_at IS NOT NULL "
                f"FROM requests r JOIN questions q ON q.id = r.question_id WHERE {where} ORDER BY r.id",
                tuple(values),
            ).fetchall()
        names = ("id", "question", "person", "text", "channel", "ts", "told")
        return [Request(**dict(zip(names, (*row[:-1], bool(row[-1])), strict=True))) for row in rows]
