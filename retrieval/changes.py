"""The store's log of changes: which documents were put, changed or removed since somebody looked last.

But: what has changed in a document is not written down, only that something may have.
"""

from __future__ import annotations

import sqlite3

KEPT_CHANGES = 100_000
"""How far the log reaches back; whoever is further behind looks at everything anew."""


def log_change(db: sqlite3.Connection, document_id: int) -> None:
    """Note within a transaction that it touches a document."""
    number = db.execute("INSERT INTO changes (document_id) VALUES (?)", (document_id,)).lastrowid or 0
    db.execute("DELETE FROM changes WHERE number <= ?", (number - KEPT_CHANGES,))


def newest_change(db: sqlite3.Connection) -> int:
    """The number of the latest change; 0 where there was none."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").fetchone()
    return int(row[0]) if row else 0


def changed_since(db: sqlite3.Connection, change: int) -> list[int] | None:
    """The documents touched after `change`; None if the log does not tell: too far back, or never reached."""
    newest = newest_change(db)
    if change >= newest:
        return [] if change == newest else None  # an older copy of the store has taken its place
    oldest = db.execute("SELECT min(number) FROM changes").fetchone()[0]
    if oldest is None or oldest > change + 1:
        return None
    rows = db.execute("SELECT DISTINCT document_id FROM changes WHERE number > ?", (change,))
    return [row[0] for row in rows]
