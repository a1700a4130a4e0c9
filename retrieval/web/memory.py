"""What is remembered of web pages from visit to visit: their validators, where they were found, their links.

It lies beside the documents and goes with them.

But: the page's text and address are the document's own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from retrieval.database import Database
from retrieval.web.visits import Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A page of an earlier visit.  `root`: the start that led to it.  `links` None: nobody has looked.

    `is_led_to`: the start still did at its last visit.
    """

    root: str
    validators: Validators
    links: tuple[str, ...] | None = field(default=None, repr=False)
    is_led_to: bool = True


class Memory:
    """The pages of one collection; safe to share between threads."""

    def __init__(self, database: Database, collection: str) -> None:
        self._database = database
        self._collection = collection

    def pages(self) -> dict[str, Remembered]:
        """All of them, by their addresses."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT d.source, w.root, w.etag, w.modified, w.links, w.is_led_to FROM web_pages w "
                "JOIN documents d ON d.id = w.document_id JOIN collections c ON c.id = d.collection_id "
                "WHERE c.name = ? ORDER BY d.source",
                (self._collection,),
            ).fetchall()
        return {
            url: Remembered(
                root=root,
                validators=Validators(etag, modified),
                links=None if links is None else tuple(json.loads(links)),
                is_led_to=bool(is_led_to),
            )
            for url, root, etag, modified, links, is_led_to in rows
        }

    def remember(self, url: str, page: Remembered) -> None:
        """Keep what is known of a stored page; nothing happens for one that is not stored."""
        with self._database.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO web_pages (document_id, root, etag, modified, links, is_led_to) "
                "SELECT d.id, ?, ?, ?, ?, ? FROM documents d JOIN collections c ON c.id = d.collection_id "
                "WHERE c.name = ? AND d.source = ?",
                (
                    page.root, page.validators.etag, page.validators.modified,
                    None if page.links is None else json.dumps(page.links), page.is_led_to,
                    self._collection, url,
                ),
            )  # fmt: skip
