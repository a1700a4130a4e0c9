"""An SQLite file of ours: opening, connections, transactions, and what can go wrong with them.

The store is one; the bot's own records are another, with tables and an application id of their own.

One writer at a time (`BEGIN IMMEDIATE`, since a deferred transaction that reads and then writes can
fail with BUSY_SNAPSHOT at once), WAL, and for every thread that reads a connection of its own.

But: what the tables mean is `store.py`'s to know.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlite_utils
from sqlite_utils import Migrations

from retrieval.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreTooNew
from retrieval.schema import APPLICATION_ID, MIGRATIONS, known_migrations

BUSY_SECONDS = 10.0
CLEARING_SECONDS = 0.1
"""How long `clear_log` waits for who reads: a listener of Slack's may be waiting for it."""


class Database:
    """An open file.  Any thread may read; writes wait for one another."""

    def __init__(
        self,
        path: Path,
        *,
        migrations: Migrations = MIGRATIONS,
        application_id: int = APPLICATION_ID,
        remedy: str = "ingest again",
    ) -> None:
        """Open the file, making or migrating it where needed; `remedy` is what mends a file beyond repair.

        Raises StoreCorrupt for a file that is no store of ours or is damaged, StoreTooNew for one that
        a newer version wrote, StoreBusy while another process holds it, StoreError otherwise.
        """
        self.path = path
        self._migrations, self._application_id, self._remedy = migrations, application_id, remedy
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._readers: dict[threading.Thread, sqlite3.Connection] = {}
        self._guard = threading.Lock()
        self._writing = threading.RLock()
        try:
            with self._explained():
                _make_private(path)
                self._writer = self.connect()
                self._open()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            while self._connections:
                self._connections.pop().close()
            self._readers.clear()
        self._local = threading.local()

    def connect(self) -> sqlite3.Connection:
        """A connection that any thread may use, one at a time; `close` closes it.

        `PRAGMA data_version` on it changes with every commit made by another connection.
        """
        with self._explained():
            connection = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            with self._guard:
                self._connections.append(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            # In WAL a power cut may lose the last transaction, never half of one.
            connection.execute("PRAGMA synchronous = NORMAL")
            # Else SQLite only forgets where deleted words lie; some builds do so by default.
            connection.execute("PRAGMA secure_delete = ON")
        return connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction, all of it or nothing; within another one of this thread a part of that."""
        with self._writing, self._explained():
            if self._writer.in_transaction:
                yield self._writer
                return
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            finally:
                self._writer.rollback()  # does nothing after the COMMIT

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One snapshot for several reads, on this thread's own connection."""
        with self._explained():
            connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = self.connect()
                self._note_reader(connection)
            with self.snapshot(connection):
                yield connection

    @contextmanager
    def snapshot(self, connection: sqlite3.Connection) -> Iterator[None]:
        """A read transaction on a connection of `connect`; within another one a part of that."""
        if connection.in_transaction:
            yield
            return
        with self._explained():
            connection.execute("BEGIN")
            try:
                yield
            finally:
                connection.rollback()

    def clear_log(self) -> None:
        """Empty the write-ahead log, where words that were deleted can be read while the file is open.

        As well as may be: where somebody reads or writes for long, they stay until the next time.
        """
        with self._writing, suppress(sqlite3.Error):
            if not self._writer.in_transaction:
                self._writer.execute(f"PRAGMA busy_timeout = {CLEARING_SECONDS * 1000:.0f}")
                try:
                    self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                finally:
                    self._writer.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")

    def check(self) -> list[str]:
        """What SQLite finds wrong with the file, a line each; nothing if it is sound."""
        with self.reading() as db:
            lines = [str(row[0]) for row in db.execute("PRAGMA integrity_check(10)")]
            lines += [
                f"a row of {row[0]} refers to nothing" for row in db.execute("PRAGMA foreign_key_check")
            ]
        return [line for line in lines if line != "ok"]

    def _note_reader(self, connection: sqlite3.Connection) -> None:
        """Note this thread's connection, and close those of threads that have ended.

        A server that has a thread for each request would else have a connection more with each.
        """
        with self._guard:
            for thread in [thread for thread in self._readers if not thread.is_alive()]:
                ended = self._readers.pop(thread)
                self._connections.remove(ended)
                ended.close()
            self._readers[threading.current_thread()] = connection

    def _open(self) -> None:
        tables = self._writer.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        owner = self._writer.execute("PRAGMA application_id").fetchone()[0]
        if tables and owner != self._application_id:
            raise StoreCorrupt(
                f"{self.path} is an SQLite file but no store of Quoth's; name another folder with --home."
            )
        self._write_ahead()
        db = sqlite_utils.Database(self._writer, execute_plugins=False)
        unknown = {migration.name for migration in self._migrations.applied(db)} - known_migrations(
            self._migrations
        )
        if unknown:
            raise StoreTooNew(
                f"{self.path} was written by a newer Quoth (found {', '.join(sorted(unknown))}); "
                "install that version or name another folder with --home."
            )
        if self._migrations.pending(db):
            with self.writing():
                self._migrations.apply(db)

    def _write_ahead(self) -> None:
        """Turn the journal to WAL, once for the file.

        While another one that opens the new file is about to do the same, SQLite fails at once, whatever the
        timeout, since waiting with a shared lock in hand would be a deadlock.
        """
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._writer.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Foreign exceptions become ours here, each with what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                raise StoreBusy(
                    f"Another process is writing to {self.path}; waited {BUSY_SECONDS:.0f} s, try again."
                ) from error
            if _code(error) == sqlite3.SQLITE_FULL:
                raise StoreFull(
                    f"The disk that holds {self.path} is full; nothing of the last document was stored."
                ) from error
            raise StoreError(_OPERATIONAL.get(_code(error), "{path} cannot be used: {error}.").format(
                path=self.path, error=error
            )) from error  # fmt: skip
        except sqlite3.IntegrityError as error:
            raise StoreError(f"{self.path} does not take what was to be stored ({error}).") from error
        except sqlite3.ProgrammingError as error:
            raise StoreError(f"{self.path} cannot be used any more ({error}).") from error
        except sqlite3.DatabaseError as error:
            raise StoreCorrupt(
                f"{self.path} is damaged or no SQLite file ({error}); "
                f"restore it from a backup, or move it away and {self._remedy}."
            ) from error
        except FileExistsError as error:
            raise StoreError(
                f"{error.filename} is a file; expected a folder. Name another one with --home."
            ) from error
        except OSError as error:
            raise StoreError(
                f"{error.filename or self.path}: {error.strerror}; name another folder with --home."
            ) from error


def _make_private(path: Path) -> None:
    """Where there is no file yet, make one that only its owner may read, before SQLite makes it otherwise.

    What SQLite puts beside it has the same mode.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):  # SQLite says what is wrong
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def _code(error: sqlite3.OperationalError) -> int:
    """The primary code of what may be an extended one; 0 where there is none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


_OPERATIONAL = {
    sqlite3.SQLITE_READONLY: "{path} is read-only; make it writable or name another folder with --home.",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened; it must be a file, in a folder that may be written.",
    sqlite3.SQLITE_IOERR: "The disk that holds {path} reports an error ({error}).",
}


def json_list(values: Iterable[int] | Iterable[str] | None) -> str | None:
    """A list as one parameter of `json_each`: any length, no SQL put together from values."""
    return None if values is None else json.dumps(list(values))
