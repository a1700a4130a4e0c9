"""Questions that were passed on to a person: who wants to know since when, and where it was posted.

But: nothing is posted here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from retrieval.database import Database, json_list


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody who wants to know, in these words.

    `channel`, `ts`: the message that passed the question on; where these words stand below it, the first one
    that did.  `owner`: who was asked; None: not known.
    """

    id: int
    question: int
    person: str
    text: str = field(repr=False)
    owner: str | None
    channel: str
    ts: str
    at: float
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message that told somebody of a pin, by the number of their request.  `text`: the words of that."""

    id: int
    question: int
    text: str = field(repr=False)
    channel: str
    ts: str


class Requests:
    """The table of the records; safe to share between threads."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def add(self, question: int, person: str, text: str, *, owner: str, channel: str, ts: str) -> None:
        """Somebody wants to know; in the same words again: again, or still."""
        with self._database.writing() as db:
            same = (question, person, text, owner, channel, ts)
            again = db.execute(
                "UPDATE requests SET at = ?, told_at = NULL WHERE question_id = ? AND person = ? "
                "AND text = ? AND owner = ? AND channel = ? AND ts = ?",
                (self._clock(), *same),
            )
            if not again.rowcount:
                db.execute(
                    "INSERT INTO requests (question_id, person, text, owner, channel, ts, at) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*same, self._clock()),
                )

    def of_question(self, question: int) -> list[Request]:
        """Who wants to know the answer to a question, in the order of their coming."""
        return self._where("r.question_id = ?", (question,))

    def in_thread(self, team: str, channel: str, thread: str) -> list[Request]:
        """Those whose question was passed on by the message that begins a thread, or asked aloud in it."""
        return self._where(
            "q.team = ? AND ((r.channel = ? AND r.ts = ?) OR "
            "(q.channel = ? AND q.thread = ? AND q.via <> 'shortcut'))",
            (team, channel, thread, channel, thread),
        )

    def begins(self, team: str, channel: str, thread: str) -> bool:
        """Whether a thread began with a question that was passed on."""
        found = self._where("q.team = ? AND r.channel = ? AND r.ts = ?", (team, channel, thread))
        return bool(found)

    def waiting(self) -> list[Request]:
        """Those who have no answer yet and whose words are kept."""
        return self._where("r.told_at IS NULL AND r.text <> ''", ())

    def claim(self, number: int) -> bool:
        """Somebody is about to have their answer; False: they have it already."""
        with self._database.writing() as db:
            where = "WHERE id = ? AND told_at IS NULL"
            told = db.execute(f"UPDATE requests SET told_at = ? {where}", (self._clock(), number))
            return told.rowcount == 1

    def release(self, number: int) -> None:
        """They could not be told."""
        with self._database.writing() as db:
            db.execute("UPDATE requests SET told_at = NULL WHERE id = ?", (number,))

    def told(self, number: int, *, pin: int, channel: str, ts: str) -> None:
        """They have their answer, in this message."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE requests SET told_pin = ?, told_in = ?, told_ts = ? WHERE id = ?",
                (pin, channel, ts, number),
            )

    def told_of_none(self, current: Collection[int], most: int) -> list[Told]:
        """Some of the messages that show another pin than these."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id, question_id, text, told_in, told_ts FROM requests WHERE told_ts IS NOT NULL "
                "AND told_pin NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
                (json_list(sorted(current)), most),
            ).fetchall()
        names = ("id", "question", "text", "channel", "ts")
        return [Told(**dict(zip(names, row, strict=True))) for row in rows]

    def taken_out(self, number: int) -> None:
        """The message that told them shows no pin any more."""
        with self._database.writing() as db:
            db.execute("UPDATE requests SET told_ts = NULL WHERE id = ?", (number,))

    def _where(self, where: str, values: Iterable[str | int]) -> list[Request]:
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT r.id, r.question_id, r.person, r.text, r.owner, r.channel, r.ts, r.at, "
                "r.told_at IS NOT NULL "
                f"FROM requests r JOIN questions q ON q.id = r.question_id WHERE {where} ORDER BY r.id",
                tuple(values),
            ).fetchall()
        names = ("id", "question", "person", "text", "owner", "channel", "ts", "at", "told")
        return [Request(**dict(zip(names, (*row[:-1], bool(row[-1])), strict=True))) for row in rows]
