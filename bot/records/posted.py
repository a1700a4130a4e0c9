"""Answers that stand in Slack for all, and the documents and the pinned answer whose words they show.

Each change of the store makes those answers due for a look that cite a document it touched, and so do pins
that hold no longer; a restart takes up where it was.  They go with their questions, when these are forgotten
or taken back.

But: whether a document is still what it was is not known here, and nothing is said in Slack.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.database import Database, json_list

Mark = Literal["stands", "changed", "gone", "ended"]
"""A cited document has changed, but the quoted words stand in it; has changed; was removed; a pin ended."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A document whose words an answer shows, and in which state it was then."""

    document_id: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A posted answer that has to be looked at, by its question's number.  `since`: from when on.

    `mark`: what its message says already.  `pin`: the id of the pinned answer that it shows.
    """

    number: int
    since: float
    mark: Mark | None
    cited: tuple[Cited, ...]
    pin: int | None = None


class Posted:
    """The posted answers of the records; safe to share between threads."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def replace(
        self, db: sqlite3.Connection, number: int, cited: Collection[Cited], pin: int | None = None
    ) -> None:
        """Note within a transaction what a question's message shows by now; nothing: nobody's words.

        It is due at once: a document may have changed while the answer was on its way.
        """
        db.execute("DELETE FROM posted WHERE question_id = ?", (number,))
        if cited or pin is not None:
            db.execute(
                "INSERT INTO posted (question_id, due, pin) VALUES (?, ?, ?)", (number, self._clock(), pin)
            )
            db.executemany(
                "INSERT INTO cited (question_id, document_id, version) VALUES (?, ?, ?)",
                [(number, each.document_id, each.version) for each in cited],
            )

    def reached(self, store: str) -> int | None:
        """The last change of that store that was followed; None where none ever was."""
        with self._database.reading() as db:
            row = db.execute("SELECT change FROM followed WHERE store = ?", (store,)).fetchone()
        return None if row is None else int(row[0])

    def follow(self, store: str, change: int, documents: Sequence[int] | None) -> None:
        """The log was read up to that change, which touched these documents (None: perhaps any).

        Of another store's documents nothing can be known: what cites them is never due again.
        """
        with self._database.writing() as db:
            if db.execute("SELECT 1 FROM followed WHERE store <> ?", (store,)).fetchone():
                db.execute("DELETE FROM posted")
            db.execute("DELETE FROM followed")
            db.execute("INSERT INTO followed (store, change) VALUES (?, ?)", (store, change))
            db.execute(
                "UPDATE posted SET due = :now WHERE :ids IS NULL OR question_id IN (SELECT question_id "
                "FROM cited WHERE document_id IN (SELECT value FROM json_each(:ids)))",
                {"now": self._clock(), "ids": json_list(documents)},
            )

    def pins_are(self, current: Collection[int]) -> None:
        """These pins hold; an answer with another one has to be looked at."""
        ids = json_list(sorted(current))
        with self._database.reading() as db:
            where = "pin IS NOT NULL AND due IS NULL AND pin NOT IN (SELECT value FROM json_each(?))"
            ended = db.execute(f"SELECT question_id FROM posted WHERE {where}", (ids,)).fetchall()
        if ended:
            now = self._clock()
            with self._database.writing() as db:
                db.executemany(
                    "UPDATE posted SET due = ? WHERE question_id = ?", [(now, number) for (number,) in ended]
                )

    def due(self, most: int) -> list[Due]:
        """Some answers that have to be looked at now, those that have waited longest."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT question_id, due, mark, pin FROM posted WHERE due <= ? "
                "ORDER BY due, question_id LIMIT ?",
                (self._clock(), most),
            ).fetchall()
            return [
                Due(
                    number=number,
                    since=since,
                    mark=mark,
                    pin=pin,
                    cited=tuple(
                        Cited(*row)
                        for row in db.execute(
                            "SELECT document_id, version FROM cited WHERE question_id = ?", (number,)
                        )
                    ),
                )
                for number, since, mark, pin in rows
            ]

    def looked(self, due: Due, mark: Mark | None) -> None:
        """The message of an answer says this now; it stays due if a document was touched meanwhile."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE posted SET mark = :mark, due = CASE WHEN due = :since THEN NULL ELSE due END "
                "WHERE question_id = :number",
                {"mark": mark, "since": due.since, "number": due.number},
            )

    def later(self, due: Due, seconds: float) -> None:
        """An answer cannot be dealt with now."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE posted SET due = ? WHERE question_id = ?", (self._clock() + seconds, due.number)
            )

    def drop(self, number: int) -> None:
        """A message is gone, or nobody's words are left in it."""
        with self._database.writing() as db:
            db.execute("DELETE FROM posted WHERE question_id = ?", (number,))
