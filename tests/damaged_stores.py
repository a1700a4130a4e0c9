"""Files that are no store of ours, or none any more, and how they came to be.

But: what is said of them is for the tests.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from retrieval.store import Store
from tests.stores import put


def garbage(path: Path) -> None:
    """No database."""
    path.write_bytes(b"This is no database at all. " * 400)


def truncated(path: Path) -> None:
    """Cut in half."""
    with Store(path) as store:
        for number in range(30):
            put(store, f"{number}.md", f"Page {number}. " * 50)
    os.truncate(path, path.stat().st_size // 2)


def damaged_page(path: Path) -> None:
    """Overwritten from the second page on."""
    with Store(path) as store:
        for number in range(30):
            put(store, f"{number}.md", f"Page {number}. " * 50)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


def of_another_program(path: Path) -> None:
    """A sound database with songs in it."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE songs (name TEXT)")
    db.close()


def of_a_newer_version(path: Path) -> None:
    """With a table that this version does not know."""
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('quoth', 'moons', '')"
        )
    db.close()
