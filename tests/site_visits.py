"""Visits of the small website of `web_site.py`: an ingest from one of its pages, and what came of each.

But: what should come of it is for the tests to say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from retrieval.ingest import ingest
from retrieval.intake import PassageSettings
from retrieval.passages import estimate
from retrieval.readers.pool import ReaderPool
from retrieval.report import Report
from retrieval.store import Store
from retrieval.stored import DocumentRecord
from retrieval.web.fetch import Manners
from retrieval.web.start import Start
from tests.web_site import Site

MANNERS = Manners(agent="Quoth/test", timeout=5, page_seconds=10, page_bytes=1 << 20, delay=0)
SETTINGS = PassageSettings(measure=estimate)
Visit = Callable[..., Report]


def visits(web: Site, store: Store, reader: ReaderPool) -> Visit:
    """Ingest from a start of the site; `prune` as `quoth sync` does."""

    def visited(path: str, *, depth: int = 0, limit: int = 500, **options: Any) -> Report:
        start = Start(url=web.url(path), depth=depth, limit=limit)
        given: dict[str, Any] = {"settings": SETTINGS, "manners": MANNERS, "prune": True} | options
        return ingest([], pages=[start], store=store, reader=reader, **given)

    return visited


def statuses(report: Report) -> dict[str, str]:
    """By path within the site."""
    return {f"/{row.path.partition('/')[2]}": row.status for row in report.rows}


def reason(report: Report) -> str:
    (row,) = report.rows
    return row.reason or ""


def only(store: Store) -> DocumentRecord:
    (record,) = store.documents()
    return record


def text(store: Store) -> str:
    content = store.content(only(store).id)
    assert content is not None
    return content.text
