"""The store: documents, their passages and terms, put in whole and read back with what a citation needs.

One transaction a document: a killed ingest leaves whole documents only, and a question sees the old
document or the new one, never half.  The text is kept once; everything else is offsets into it.

But: nothing is ranked here; `live_index.py` keeps the index that follows this file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from retrieval.changes import changed_since, log_change, newest_change
from retrieval.database import Database, json_list
from retrieval.dates import last_changed
from retrieval.documents import Block, BlockKind, Document, Place, Section
from retrieval.lists import ListAround, list_around
from retrieval.near_duplicates import older_versions, sketch
from retrieval.stored import DocumentRecord, PassageTerms, Source, StoredPassage
from retrieval.vectors import Encoded
from retrieval.writing import clear, put_document, put_parts, put_superseded, put_vectors, sketches, states


class Store:
    """An open store; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open or make the store at `path`.  Raises the StoreErrors of `Database`."""
        self.database = Database(path)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of all threads."""
        self.database.close()

    def put(
        self,
        document: Document,
        source: Source,
        passages: Sequence[PassageTerms],
        vectors: Encoded | None = None,
    ) -> int:
        """Store a document in place of the one from the same source; returns its id, which stays the same.

        `vectors`: one a passage, or None for a document that is found by its words alone.
        """
        hashes = sketch(document.text)  # before the transaction, which others wait for
        with self.database.writing() as db:
            document_id = put_document(db, document, source)
            clear(db, document_id)
            put_parts(db, document_id, document, passages, hashes)
            if vectors is not None:
                put_vectors(db, _passage_ids(db, document_id), vectors)
            log_change(db, document_id)
        return document_id

    def put_vectors(self, document_id: int, passage_ids: Sequence[int], vectors: Encoded) -> bool:
        """Give the passages of a document their vectors.

        False, and nothing is stored, if by now they are others: the document has changed or is gone.
        """
        with self.database.writing() as db:
            if _passage_ids(db, document_id) != list(passage_ids):
                return False
            put_vectors(db, passage_ids, vectors)
            log_change(db, document_id)
        return True

    def without_vectors(self, encoder: str) -> list[int]:
        """The documents with a passage that has no vector of this encoder's, by id."""
        with self.database.reading() as db:
            rows = db.execute(
                f"SELECT DISTINCT p.document_id FROM passages p {_VECTORS} WHERE v.passage_id IS NULL "
                "ORDER BY p.document_id",
                {"encoder": encoder},
            )
            return [row[0] for row in rows]

    def encoded_otherwise(self, encoder: str) -> list[int]:
        """The documents with a passage that has a vector of another encoder's, by id."""
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT DISTINCT p.document_id FROM passages p JOIN vectors v ON v.passage_id = p.id "
                "JOIN encoders e ON e.id = v.encoder_id WHERE e.name <> ? ORDER BY p.document_id",
                (encoder,),
            )
            return [row[0] for row in rows]

    def vector_counts(self, encoder: str) -> tuple[int, int]:
        """How many passages have a vector of this encoder's, and how many passages there are."""
        with self.database.reading() as db:
            row = db.execute(
                f"SELECT count(v.passage_id), count(*) FROM passages p {_VECTORS}", {"encoder": encoder}
            ).fetchone()
        return int(row[0]), int(row[1])

    def passages_of(self, document_id: int) -> list[StoredPassage]:
        """The passages of a document, in order; none if it is gone."""
        with self.database.reading() as db:
            return self.passages(_passage_ids(db, document_id))

    def touch(self, document_id: int, *, size: int, mtime_ns: int) -> None:
        """Note that a source has a new time stamp but the same content."""
        with self.database.writing() as db:
            db.execute(
                "UPDATE documents SET size = ?, mtime_ns = ? WHERE id = ?", (size, mtime_ns, document_id)
            )

    def move(self, document_id: int, *, source: str, path: str, url: str | None) -> None:
        """Note that a document's file has another place; the document stays the same one."""
        with self.database.writing() as db:
            db.execute(
                "UPDATE documents SET source = ?, path = ?, url = ? WHERE id = ?",
                (source, path, url, document_id),
            )

    def remove(self, document_id: int) -> None:
        """Remove a document and all that was made of it; nothing happens if it is not there."""
        with self.database.writing() as db:
            clear(db, document_id)
            db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
            log_change(db, document_id)

    def remove_all(self, document_ids: Collection[int]) -> None:
        """Remove documents, and find anew which versions of those that stay are the newest."""
        for document_id in document_ids:
            self.remove(document_id)
        if document_ids:
            self.find_superseded()

    def find_superseded(self) -> None:
        """Find anew which documents are older versions of others of their collection."""
        with self.database.reading() as db:
            seen, hashes = states(db), sketches(db)
        older = older_versions(seen, hashes)  # before the transaction, which others wait for
        with self.database.writing() as db:
            put_superseded(db, older, seen)

    def superseded(self, document_ids: Collection[int]) -> dict[int, int]:
        """Those of the documents that have a newer version, and which one that is."""
        with self.database.reading() as db:
            return dict(
                db.execute(
                    "SELECT document_id, newest_id FROM superseded "
                    "WHERE document_id IN (SELECT value FROM json_each(?))",
                    (json_list(document_ids),),
                ).fetchall()
            )

    @cached_property
    def identity(self) -> str:
        """What tells this store and its copies from any other, where its ids of documents mean nothing."""
        with self.database.reading() as db:
            return str(db.execute("SELECT name FROM identity").fetchone()[0])

    def changes(self, since: int | None) -> tuple[int, list[int] | None]:
        """The number of the latest change, and the documents touched after `since`.

        None: all of them may have been.
        """
        with self.database.reading() as db:
            return newest_change(db), None if since is None else changed_since(db, since)

    def collections(self) -> dict[str, int]:
        """How many documents each collection holds."""
        with self.database.reading() as db:
            return dict(
                db.execute(
                    "SELECT c.name, count(*) FROM documents d JOIN collections c ON c.id = d.collection_id "
                    "GROUP BY c.name ORDER BY c.name"
                ).fetchall()
            )

    def documents(self, collections: Collection[str] | None = None) -> list[DocumentRecord]:
        """The documents of some collections (None: of all), by collection and path."""
        with self.database.reading() as db:
            rows = db.execute(
                f"{_RECORDS} WHERE {_IN_COLLECTIONS} ORDER BY c.name, d.path, d.id",
                {"collections": json_list(collections)},
            ).fetchall()
        return [_record(row) for row in rows]

    def document(self, document_id: int) -> DocumentRecord | None:
        """One document, or None."""
        with self.database.reading() as db:
            row = db.execute(f"{_RECORDS} WHERE d.id = ?", (document_id,)).fetchone()
        return None if row is None else _record(row)

    def content(self, document_id: int) -> Document | None:
        """A document as its reader made it, or None."""
        with self.database.reading() as db:
            row = db.execute(
                "SELECT title, text, url, notes, dated FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
            if row is None:
                return None
            sections = db.execute(
                "SELECT heading_path, anchor FROM sections WHERE document_id = ? ORDER BY number",
                (document_id,),
            ).fetchall()
            blocks = db.execute(f"{_BLOCKS} WHERE document_id = ? ORDER BY start", (document_id,)).fetchall()
            places = db.execute(f"{_PLACES} WHERE document_id = ? ORDER BY start", (document_id,)).fetchall()
        return Document(
            title=row[0],
            text=row[1],
            sections=tuple(Section(tuple(json.loads(path)), anchor) for path, anchor in sections),
            blocks=tuple(_block(block) for block in blocks),
            url=row[2],
            places=tuple(Place(*place) for place in places),
            notes=tuple(json.loads(row[3])),
            dated=None if row[4] is None else date.fromisoformat(row[4]),
        )

    def passages(
        self, ids: Sequence[int], *, collections: Collection[str] | None = None
    ) -> list[StoredPassage]:
        """Passages in the order of `ids`; those of other collections, and those gone, are left out."""
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT d.dated, d.mtime_ns, p.id, p.document_id, c.name, d.title, d.path, d.url, d.sha256, "
                's.heading_path, s.anchor, p.start, p."end", p.sentences, p.leads FROM passages p '
                "JOIN documents d ON d.id = p.document_id JOIN collections c ON c.id = d.collection_id "
                "JOIN sections s ON s.document_id = p.document_id AND s.number = p.section "
                f"WHERE p.id IN (SELECT value FROM json_each(:ids)) AND {_IN_COLLECTIONS}",
                {"ids": json_list(ids), "collections": json_list(collections)},
            ).fetchall()
            texts: dict[int, str] = dict(
                db.execute(
                    "SELECT id, text FROM documents WHERE id IN (SELECT value FROM json_each(?))",
                    (json_list({row[3] for row in rows}),),
                ).fetchall()
            )
        found = {row[2]: _stored_passage(row, texts[row[3]]) for row in rows}
        return [found[passage_id] for passage_id in ids if passage_id in found]

    def text(self, document_id: int, start: int, end: int) -> str | None:
        """A slice of a document's text as it stands now; None if the document is gone."""
        with self.database.reading() as db:
            row = db.execute(
                "SELECT substr(text, ?, ?) FROM documents WHERE id = ?", (start + 1, end - start, document_id)
            ).fetchone()
        return None if row is None else str(row[0])

    def line_at(self, document_id: int, offset: int) -> int | None:
        """The line of the source on which the character at `offset` stands; None where it has no lines."""
        row = self._nearest(_BLOCKS, document_id, offset)
        return None if row is None else _block(row).line_at(offset)

    def place_at(self, document_id: int, offset: int) -> Place | None:
        """The page, slide or sheet of the character at `offset`; None where there are no such things."""
        row = self._nearest(_PLACES, document_id, offset)
        return None if row is None else Place(*row)

    def list_around(self, document_id: int, start: int, end: int) -> ListAround:
        """The list in which the text between two offsets stands, or that it introduces."""
        with self.database.reading() as db:
            up = db.execute(
                f"{_BLOCKS} WHERE document_id = ? AND start <= ? ORDER BY start DESC", (document_id, start)
            )
            down = db.execute(
                f'{_BLOCKS} WHERE document_id = ? AND "end" >= ? ORDER BY start', (document_id, end)
            )
            return list_around(
                end,
                map(_block, up),
                map(_block, down),
                lambda block: self.text(document_id, block.start, block.end) or "",
            )

    def _nearest(self, rows: str, document_id: int, offset: int) -> Any:
        """The last of some rows of a document that begins at `offset` or before, or None."""
        with self.database.reading() as db:
            return db.execute(
                f"{rows} WHERE document_id = ? AND start <= ? ORDER BY start DESC LIMIT 1",
                (document_id, offset),
            ).fetchone()


_RECORDS = (
    "SELECT d.id, c.name, d.source, d.path, d.title, d.url, d.size, d.mtime_ns, d.dated, d.sha256, d.recipe, "
    "d.ingested_at, (SELECT count(*) FROM passages p WHERE p.document_id = d.id) "
    "FROM documents d JOIN collections c ON c.id = d.collection_id"
)
_BLOCKS = 'SELECT start, "end", kind, section, line, breaks, lists FROM blocks'
_VECTORS = (
    "LEFT JOIN vectors v ON v.passage_id = p.id "
    "AND v.encoder_id = (SELECT id FROM encoders WHERE name = :encoder)"
)
_PLACES = "SELECT start, kind, name, fragment FROM places"
# The audience filter: in the statement itself, so that no caller can forget it after the fact.
_IN_COLLECTIONS = "(:collections IS NULL OR c.name IN (SELECT value FROM json_each(:collections)))"


def _record(row: tuple[object, ...]) -> DocumentRecord:
    return DocumentRecord(**dict(zip(DocumentRecord.__slots__, row, strict=True)))  # type: ignore[arg-type]


def _block(row: tuple[int, int, BlockKind, int, int | None, str, str]) -> Block:
    start, end, kind, section, line, breaks, lists = row
    return Block(start, end, kind, section, line, tuple(json.loads(breaks)), tuple(json.loads(lists)))


def _stored_passage(row: tuple[Any, ...], text: str) -> StoredPassage:
    dated, mtime_ns, *facts, heading_path, anchor, start, end, sentences, leads = row
    names = ("id", "document_id", "collection", "title", "path", "url", "version")
    return StoredPassage(
        **dict(zip(names, facts, strict=True)),
        heading_path=tuple(json.loads(str(heading_path))),
        anchor=anchor,
        start=start,
        end=end,
        sentences=_spans(sentences),
        text=text[start:end],
        lead=" ".join(text[first:last] for first, last in _spans(leads)),
        changed=last_changed(dated, mtime_ns),
    )


def _spans(pairs: bytes) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in np.frombuffer(pairs, "<i4").reshape(-1, 2).tolist())


def _passage_ids(db: sqlite3.Connection, document_id: int) -> list[int]:
    """The passages of a document in the order of their coming, which is that of the text."""
    rows = db.execute("SELECT id FROM passages WHERE document_id = ? ORDER BY id", (document_id,))
    return [row[0] for row in rows]
