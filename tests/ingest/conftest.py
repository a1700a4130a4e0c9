"""Three pages, an empty store, and readers that are counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.readers.pool import ReaderPool
from retrieval.store import Store
from tests.ingesting import Counting, started_pool, three_pages


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with started_pool() as opened:
        yield opened


@pytest.fixture
def reader(pool: ReaderPool) -> Counting:
    return Counting(pool)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return three_pages(tmp_path / "docs")
