"""Collections and to whom each is opened, beside its documents in the store.

To whom: words that whoever asks can make sense of, as a channel's or a person's.  They live in the file of
the documents that they guard, so that no copy, backup or clean-up has the ones without the others.

But: what the words mean, and who a question stands for, is not known here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRecord:
    """A collection.  `grantees`: to whom it is opened; None: nobody has said.

    `owner`: who answers for it, in the same kind of words.
    """

    name: str
    documents: int
    grantees: frozenset[str] | None
    owner: str | None = None


class Collections:
    """The collections of a store; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[CollectionRecord]:
        """Every collection, in the order of names, those without documents included."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT c.id, c.name, c.restricted, c.owner, "
                "(SELECT count(*) FROM documents d WHERE d.collection_id = c.id) "
                "FROM collections c ORDER BY c.name"
            ).fetchall()
            grants: dict[int, set[str]] = {row[0]: set() for row in rows}
            for collection, grantee in db.execute("SELECT collection_id, grantee FROM grants").fetchall():
                grants[collection].add(grantee)
        return [
            CollectionRecord(
                name=name,
                documents=documents,
                grantees=frozenset(grants[number]) if restricted else None,
                owner=owner,
            )
            for number, name, restricted, owner, documents in rows
        ]

    def find(self, name: str) -> CollectionRecord | None:
        """The collection of that name, or None."""
        return next((record for record in self.all() if record.name == name), None)

    def add(self, name: str) -> None:
        """Make a collection that has no documents yet; nothing happens if it is there."""
        with self._database.writing() as db:
            db.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (name,))

    def open_to(self, name: str, grantees: Iterable[str] | None) -> None:
        """Open a collection to these and to nobody else; None: as if nobody had ever said."""
        with self._database.writing() as db:
            number = _number(db, name)
            db.execute("DELETE FROM grants WHERE collection_id = ?", (number,))
            db.execute("UPDATE collections SET restricted = ? WHERE id = ?", (grantees is not None, number))
            db.executemany(
                "INSERT OR IGNORE INTO grants (collection_id, grantee) VALUES (?, ?)",
                [(number, grantee) for grantee in grantees or ()],
            )

    def give(self, name: str, owner: str | None) -> None:
        """Name who answers for a collection; None: nobody."""
        with self._database.writing() as db:
            db.execute("UPDATE collections SET owner = ? WHERE id = ?", (owner, _number(db, name)))

    def remove(self, name: str) -> None:
        """Forget a collection that has no documents."""
        with self._database.writing() as db:
            db.execute("DELETE FROM collections WHERE id = ?", (_number(db, name),))


def _number(db: sqlite3.Connection, name: str) -> int:
    """The collection's id.  Raises KeyError where there is none."""
    row = db.execute("SELECT id FROM collections WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise KeyError(name)
    return int(row[0])
