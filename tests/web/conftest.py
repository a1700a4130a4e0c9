"""A site, an empty store, and visits from the one to the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.readers.pool import ReaderPool
from retrieval.store import Store
from tests.site_visits import Visit, visits
from tests.web_site import Site, site


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as opened:
        yield opened


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderPool]:
    with ReaderPool() as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def visit(web: Site, store: Store, reader: ReaderPool) -> Visit:
    return visits(web, store, reader)
