"""The tables of the store, as migrations of sqlite-utils: applied once each, in order, never edited.

`documents` hold the text once; sections, blocks and passages are offsets into it.  `changes` is a
numbered log of touched documents, by which an index in another process follows the store.

But: the bot's own records (feedback, dedupe, answers) live in a second file.
"""

from __future__ import annotations

import sqlite_utils
from sqlite_utils import Migrations

MIGRATIONS = Migrations("quoth")

APPLICATION_ID = 0x51754F74  # "QuOt": tells a store of ours from any other SQLite file


@MIGRATIONS()
def documents_and_passages(db: sqlite_utils.Database) -> None:
    db.executescript(
        """
        CREATE TABLE collections (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        );
        CREATE TABLE documents (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            collection_id INTEGER NOT NULL REFERENCES collections(id),
            source TEXT NOT NULL,       -- absolute path
            path TEXT NOT NULL,         -- as shown: relative to the folder that was ingested
            title TEXT NOT NULL,
            url TEXT,
            size INTEGER NOT NULL,      -- of the source, in bytes
            mtime_ns INTEGER NOT NULL,  -- of the source
            sha256 TEXT NOT NULL,       -- of the source
            recipe TEXT NOT NULL,       -- what made the passages: readers, sizes, version
            ingested_at TEXT NOT NULL,  -- UTC, ISO 8601
            text TEXT NOT NULL,
            UNIQUE (collection_id, source)
        );
        CREATE TABLE sections (
            document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            heading_path TEXT NOT NULL, -- JSON list, outermost first
            anchor TEXT,
            PRIMARY KEY (document_id, number)
        ) WITHOUT ROWID;
        CREATE TABLE blocks (
            document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            kind TEXT NOT NULL,
            section INTEGER NOT NULL,
            line INTEGER,
            breaks TEXT NOT NULL,       -- JSON list of offsets
            PRIMARY KEY (document_id, start)
        ) WITHOUT ROWID;
        CREATE TABLE passages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            section INTEGER NOT NULL,
            sentences BLOB NOT NULL,    -- int32 pairs, offsets into the document's text
            postings BLOB NOT NULL      -- retrieval.postings.POSTING
        );
        CREATE INDEX passages_by_document ON passages(document_id);
        CREATE TABLE terms (
            id INTEGER PRIMARY KEY,
            term TEXT NOT NULL UNIQUE
        );
        CREATE TABLE changes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            document_id INTEGER NOT NULL
        );
        """
    )
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


@MIGRATIONS()
def vectors_of_passages(db: sqlite_utils.Database) -> None:
    db.execute(
        """
        CREATE TABLE encoders (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE   -- with the beginning of its weights' checksum
        )
        """
    )
    db.execute(
        """
        CREATE TABLE vectors (
            passage_id INTEGER PRIMARY KEY REFERENCES passages(id) ON DELETE CASCADE,
            encoder_id INTEGER NOT NULL REFERENCES encoders(id),
            vector BLOB NOT NULL        -- int8, stretched until the largest is 127
        )
        """
    )


@MIGRATIONS()
def collections_have_audiences(db: sqlite_utils.Database) -> None:
    # `restricted`: somebody has said who may see the collection; `grantee` is a word that only the bot reads.
    db.execute("ALTER TABLE collections ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE collections ADD COLUMN owner TEXT")
    db.execute(
        "CREATE TABLE grants ("
        "collection_id INTEGER NOT NULL REFERENCES collections(id) ON DELETE CASCADE, "
        "grantee TEXT NOT NULL, PRIMARY KEY (collection_id, grantee)) WITHOUT ROWID"
    )


@MIGRATIONS()
def places_and_notes(db: sqlite_utils.Database) -> None:
    db.executescript(
        """
        CREATE TABLE places (            -- pages, slides and sheets of documents that have them
            document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
            start INTEGER NOT NULL,     -- offset in the document's text
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            fragment TEXT,
            PRIMARY KEY (document_id, start)
        ) WITHOUT ROWID;
        ALTER TABLE documents ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'; -- JSON list: what was left out
        """
    )


@MIGRATIONS()
def near_duplicates(db: sqlite_utils.Database) -> None:
    db.executescript(
        """
        CREATE TABLE sketches (          -- retrieval.near_duplicates.sketch
            document_id INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
            hashes BLOB NOT NULL
        );
        CREATE TABLE superseded (        -- older versions, and the newest of their family
            document_id INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
            newest_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE
        );
        """
    )


@MIGRATIONS()
def pinned_answers(db: sqlite_utils.Database) -> None:
    db.executescript(
        """
        CREATE TABLE pins (              -- answers that people gave, each to one question
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            collection_id INTEGER REFERENCES collections(id) ON DELETE CASCADE, -- whose audience it has
            open_to TEXT,               -- else a word as in `grants`
            question TEXT NOT NULL,
            answer TEXT NOT NULL,
            author TEXT NOT NULL,       -- a name
            author_key TEXT,            -- who that is, in the same kind of words
            pinned_by TEXT,
            pinned_at REAL NOT NULL,    -- seconds since 1970
            until REAL,
            url TEXT,
            encoder TEXT,               -- whose vector of the question it is
            vector BLOB,                -- int8, stretched until the largest is 127
            CHECK ((collection_id IS NULL) <> (open_to IS NULL))
        );
        """
    )


@MIGRATIONS()
def synonyms(db: sqlite_utils.Database) -> None:
    db.execute(
        "CREATE TABLE synonyms ("
        "number INTEGER NOT NULL, place INTEGER NOT NULL, phrase TEXT NOT NULL UNIQUE, "
        "PRIMARY KEY (number, place)) WITHOUT ROWID"
    )


@MIGRATIONS()
def identity_of_the_store(db: sqlite_utils.Database) -> None:
    # What lies elsewhere refers to documents by id, and must notice that another store has come.
    db.execute("CREATE TABLE identity (name TEXT NOT NULL)")
    db.execute("INSERT INTO identity (name) VALUES (lower(hex(randomblob(16))))")


@MIGRATIONS()
def web_pages_and_dates(db: sqlite_utils.Database) -> None:
    db.executescript(
        """
        CREATE TABLE web_pages (         -- what the next visit to a page needs
            document_id INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
            root TEXT NOT NULL,         -- the address that led to it
            etag TEXT,
            modified TEXT,              -- Last-Modified as the server sent it
            links TEXT                  -- JSON list of addresses; NULL: nobody has looked
        );
        ALTER TABLE documents ADD COLUMN dated TEXT; -- ISO 8601: the day on which it says that it was updated
        """
    )


@MIGRATIONS()
def lists_of_blocks_and_passages(db: sqlite_utils.Database) -> None:
    # A JSON list: in which lists a block stands; documents that were read before do not know.
    db.execute("ALTER TABLE blocks ADD COLUMN lists TEXT NOT NULL DEFAULT '[]'")
    # Sentences before a passage that introduce the list amid which it begins, as `sentences`.
    db.execute("ALTER TABLE passages ADD COLUMN leads BLOB NOT NULL DEFAULT x''")


@MIGRATIONS()
def pages_that_are_led_to(db: sqlite_utils.Database) -> None:
    # Whether the start led to a page at the last visit; else it was asked for because it is stored.
    db.execute("ALTER TABLE web_pages ADD COLUMN is_led_to INTEGER NOT NULL DEFAULT 1")


def known_migrations(migrations: Migrations) -> set[str]:
    """The names of all migrations of this version."""
    with sqlite_utils.Database(memory=True) as nothing:
        return {migration.name for migration in migrations.pending(nothing)}
