"""The statements that put a document into the store's tables, each within a transaction of its caller's.

But: when one begins and what the log of changes says of it is decided in `store.py`, the only caller.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from retrieval.database import json_list
from retrieval.documents import Document
from retrieval.near_duplicates import State
from retrieval.postings import count_postings
from retrieval.stored import PassageTerms, Source
from retrieval.vectors import Encoded


def put_document(db: sqlite3.Connection, document: Document, source: Source) -> int:
    """The document itself, in place of the one from the same source; returns its id, which stays the same."""
    db.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (source.collection,))
    row = db.execute(
        "INSERT INTO documents (collection_id, source, path, title, url, size, mtime_ns, sha256, recipe, "
        "ingested_at, text, notes, dated) "
        "VALUES ((SELECT id FROM collections WHERE name = :collection), :source, :path, :title, :url, :size, "
        ":mtime_ns, :sha256, :recipe, :ingested_at, :text, :notes, :dated) "
        "ON CONFLICT (collection_id, source) DO UPDATE SET path = :path, title = :title, url = :url, "
        "size = :size, mtime_ns = :mtime_ns, sha256 = :sha256, recipe = :recipe, "
        "ingested_at = :ingested_at, text = :text, notes = :notes, dated = :dated RETURNING id",
        {
            "collection": source.collection,
            "source": source.source,
            "path": source.path,
            "title": document.title,
            "url": source.url,
            "size": source.size,
            "mtime_ns": source.mtime_ns,
            "sha256": source.sha256,
            "recipe": source.recipe,
            "ingested_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "text": document.text,
            "notes": json.dumps(document.notes),
            "dated": None if document.dated is None else document.dated.isoformat(),
        },
    ).fetchone()
    return int(row[0])


def clear(db: sqlite3.Connection, document_id: int) -> None:
    """Take away all that was made of a document; vectors go with their passages."""
    for table in ("passages", "blocks", "sections", "places", "sketches"):
        db.execute(f"DELETE FROM {table} WHERE document_id = ?", (document_id,))


def put_parts(
    db: sqlite3.Connection,
    document_id: int,
    document: Document,
    passages: Sequence[PassageTerms],
    hashes: bytes,
) -> None:
    """What is made of a document: sections, blocks, places, its sketch, its passages with their terms."""
    db.executemany(
        "INSERT INTO sections (document_id, number, heading_path, anchor) VALUES (?, ?, ?, ?)",
        [
            (document_id, number, json.dumps(section.heading_path), section.anchor)
            for number, section in enumerate(document.sections)
        ],
    )
    db.executemany(
        'INSERT INTO blocks (document_id, start, "end", kind, section, line, breaks, lists) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                document_id,
                b.start,
                b.end,
                b.kind,
                b.section,
                b.line,
                json.dumps(b.breaks),
                json.dumps(b.lists),
            )
            for b in document.blocks
        ],
    )
    db.executemany(
        "INSERT INTO places (document_id, start, kind, name, fragment) VALUES (?, ?, ?, ?, ?)",
        [(document_id, p.start, p.kind, p.name, p.fragment) for p in document.places],
    )
    db.execute("INSERT INTO sketches (document_id, hashes) VALUES (?, ?)", (document_id, hashes))
    number = _term_numbers(db, {term for each in passages for term in each.all()})
    db.executemany(
        'INSERT INTO passages (document_id, start, "end", section, sentences, leads, postings) '
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                document_id,
                each.passage.start,
                each.passage.end,
                each.passage.section,
                np.array(each.passage.sentences, "<i4").tobytes(),
                np.array(each.passage.leads, "<i4").tobytes(),
                count_postings(
                    [number[term] for term in each.body],
                    heading=[number[term] for term in each.heading],
                    title=[number[term] for term in each.title],
                ).tobytes(),
            )
            for each in passages
        ],
    )


def put_vectors(db: sqlite3.Connection, passage_ids: Sequence[int], vectors: Encoded) -> None:
    """A vector for each of the passages, with its encoder."""
    db.execute("INSERT OR IGNORE INTO encoders (name) VALUES (?)", (vectors.encoder,))
    encoder_id = db.execute("SELECT id FROM encoders WHERE name = ?", (vectors.encoder,)).fetchone()[0]
    db.executemany(
        "INSERT OR REPLACE INTO vectors (passage_id, encoder_id, vector) VALUES (?, ?, ?)",
        [
            (passage_id, encoder_id, vector.tobytes())
            for passage_id, vector in zip(passage_ids, vectors.vectors, strict=True)
        ],
    )


def states(db: sqlite3.Connection) -> dict[int, State]:
    """The state of each document, by id."""
    rows = db.execute(
        "SELECT id, collection_id, dated, mtime_ns, sha256, recipe, title, source FROM documents"
    ).fetchall()
    return {row[0]: State(row[1], row[2], row[3], (row[4], row[5]), row[6], row[7]) for row in rows}


def sketches(db: sqlite3.Connection) -> dict[int, bytes]:
    """The sketch of each document, by id."""
    return dict(db.execute("SELECT document_id, hashes FROM sketches").fetchall())


def put_superseded(db: sqlite3.Connection, older: set[tuple[int, int]], seen: Mapping[int, State]) -> None:
    """Note which documents are older versions of others, as was found when they were as `seen`.

    Of those that have changed or gone since nothing is said: whoever changed them looks for versions next.
    """
    now = states(db)
    same = {document for document, state in seen.items() if now.get(document) == state}
    noted = set(db.execute("SELECT document_id, newest_id FROM superseded").fetchall())
    db.executemany(
        "DELETE FROM superseded WHERE document_id = ? AND newest_id = ?",
        [pair for pair in noted - older if same.issuperset(pair)],
    )
    db.executemany(
        "INSERT OR IGNORE INTO superseded (document_id, newest_id) VALUES (?, ?)",
        [pair for pair in older - noted if same.issuperset(pair)],
    )


def _term_numbers(db: sqlite3.Connection, terms: Collection[str]) -> dict[str, int]:
    """The ids of terms, new ones given out; a rolled back transaction takes its new ones with it."""
    wanted = json_list(sorted(terms))
    db.execute("INSERT OR IGNORE INTO terms (term) SELECT value FROM json_each(?)", (wanted,))
    return dict(
        db.execute(
            "SELECT term, id FROM terms WHERE term IN (SELECT value FROM json_each(?))", (wanted,)
        ).fetchall()
    )
